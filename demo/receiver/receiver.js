// Asks the receiver twice a second what has arrived, and tells it how to answer.
"use strict";

const byId = (id) => document.getElementById(id);
const known = new Map(); // number of a call -> its element

const pretty = (value) => typeof value === "string" ? value : JSON.stringify(value, null, 2);
const fields = (form) => Object.entries(form).map(([name, value]) => `${name}=${value}`).join("\n");

function shown(call) {
  const element = byId("call").content.cloneNode(true).querySelector("details");
  element.dataset.number = call.number;
  const text = (name, value) => { element.querySelector(name).textContent = value; };
  text(".path", `POST ${call.path}`);
  text(".at", call.at);
  text(".name", call.name);
  text(".headers", Object.entries(call.headers).map(([name, value]) => `${name}: ${value}`).join("\n"));
  text(".payload", call.form ? fields(call.payload) : pretty(call.payload));
  return element;
}

function answered(element, call) {
  const badge = element.querySelector(".status");
  const waiting = call.status === null;
  badge.textContent = waiting ? "…" : call.status || "no answer";
  badge.classList.toggle("fine", call.status >= 200 && call.status < 300);
  badge.classList.toggle("failed", !waiting && !(call.status >= 200 && call.status < 300));
  let nothing = "(empty)";
  if (waiting) nothing = "(it hangs)";
  if (call.status === 0) nothing = "(none)";
  element.querySelector(".answer").textContent = call.reply === null ? nothing : JSON.stringify(call.reply);
  element.querySelector(".reply").textContent = call.reply === null ? nothing : pretty(call.reply);
}

function choose(choice) {
  const input = document.querySelector(`input[value="${choice}"]`);
  if (!input.checked) input.checked = true;
  byId("meaning").textContent = input.dataset.meaning;
}

function show(state) {
  byId("nothing").hidden = state.calls.length > 0;
  const numbers = new Set(state.calls.map((call) => call.number));
  for (const [number, element] of known) {
    if (!numbers.has(number)) { element.remove(); known.delete(number); }
  }
  for (const call of [...state.calls].reverse()) {
    if (!known.has(call.number)) {
      const element = shown(call);
      element.querySelector("summary").addEventListener("click", () => { element.dataset.touched = "yes"; });
      known.set(call.number, element);
      byId("calls").prepend(element);
    }
    answered(known.get(call.number), call);
  }
  open((state.calls.find((call) => call.path.startsWith("/webfilter")) || state.calls[0])?.number);
}

let opened; // the number of the call that was opened last

// The newest webfilter's call is open, because its reply decides; what somebody has clicked on stays as it is.
function open(number) {
  if (number === opened) return;
  opened = number;
  for (const [other, element] of known) if (!element.dataset.touched) element.open = other === number;
}

let told = 0; // how often something was told: a state from before must not undo a choice

async function refresh() {
  const before = told;
  try {
    const state = await (await fetch("/state")).json();
    if (told === before) choose(state.choice);
    show(state);
  } catch {
    byId("meaning").textContent = "The receiver does not run any more.";
  }
}

async function tell(path, words) {
  told += 1;
  try {
    await fetch(path, { method: "POST", body: words });
  } catch {
    // It does not run any more: refresh() says so.
  }
  told += 1;
  await refresh();
}

document.querySelectorAll("input[name=choice]").forEach((input) => {
  input.addEventListener("change", async () => {
    await tell("/choice", input.value);
  });
});
byId("clear").addEventListener("click", () => tell("/clear", ""));

(async function follow() {
  await refresh();
  setTimeout(follow, 500);
})();
