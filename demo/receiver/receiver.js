// Asks the receiver twice a second what has arrived, and tells it how to answer.
"use strict";

const SHOWN_HEADERS = ["Content-Type", "User-Agent", "webhook-id", "webhook-timestamp", "webhook-signature"];
const byId = (id) => document.getElementById(id);
const known = new Map(); // number of a call -> its element

function shown(call) {
  const element = byId("call").content.cloneNode(true).querySelector("details");
  element.dataset.number = call.number;
  const headers = new Map(Object.entries(call.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const lines = SHOWN_HEADERS.filter((name) => headers.has(name.toLowerCase()));
  const text = (name, value) => { element.querySelector(name).textContent = value; };
  text(".path", `POST ${call.path}`);
  text(".at", call.at);
  text(".name", call.name);
  text(".headers", lines.map((name) => `${name}: ${headers.get(name.toLowerCase())}`).join("\n"));
  text(".payload", typeof call.payload === "string" ? call.payload : JSON.stringify(call.payload, null, 2));
  return element;
}

function answered(element, call) {
  const badge = element.querySelector(".status");
  const waiting = call.status === null;
  badge.textContent = waiting ? "…" : call.status || "no answer";
  badge.classList.toggle("fine", call.status >= 200 && call.status < 300);
  badge.classList.toggle("failed", !waiting && !(call.status >= 200 && call.status < 300));
  let reply = call.reply === null ? "(empty)" : JSON.stringify(call.reply, null, 2);
  if (waiting) reply = "(it hangs)";
  if (call.status === 0) reply = "(none)";
  element.querySelector(".reply").textContent = reply;
}

function show(state) {
  const input = document.querySelector(`input[value="${state.choice}"]`);
  if (!input.checked) input.checked = true;
  byId("meaning").textContent = input.dataset.meaning;
  byId("nothing").hidden = state.calls.length > 0;
  const numbers = new Set(state.calls.map((call) => call.number));
  for (const [number, element] of known) {
    if (!numbers.has(number)) { element.remove(); known.delete(number); }
  }
  for (const call of [...state.calls].reverse()) {
    if (!known.has(call.number)) {
      const element = shown(call);
      const newest = byId("calls").firstElementChild;
      if (newest && !newest.dataset.touched) newest.open = false;
      element.open = true;
      element.querySelector("summary").addEventListener("click", () => { element.dataset.touched = "yes"; });
      known.set(call.number, element);
      byId("calls").prepend(element);
    }
    answered(known.get(call.number), call);
  }
}

async function refresh() {
  try {
    show(await (await fetch("/state")).json());
  } catch {
    byId("meaning").textContent = "The receiver does not run any more.";
  }
}

document.querySelectorAll("input[name=choice]").forEach((input) => {
  input.addEventListener("change", async () => {
    await fetch("/choice", { method: "POST", body: input.value });
    await refresh();
  });
});
byId("clear").addEventListener("click", async () => {
  await fetch("/clear", { method: "POST" });
  await refresh();
});

(async function follow() {
  await refresh();
  setTimeout(follow, 500);
})();
