"""How every page must look: nothing cut, nothing overlapping, readable, at two widths, light and dark.

With a folder, pictures of all of them are kept: those of the documentation are made so (``make screenshots``).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Frame, Page, expect

if TYPE_CHECKING:
    from demo.receiver.server import Receiver

WIDTHS = {"": 1280, "-narrow": 390}  # pixels
SCHEMES = {"": "light", "-dark": "dark"}
HEIGHT = 1100

#: What is wrong with the layout of a page: a list of sentences.
FAULTS = """() => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth} pixels wide`);
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const visible = [...document.body.querySelectorAll("*")].filter((element) =>
    element.checkVisibility({checkVisibilityCSS: true, checkOpacity: true}) && element.getClientRects().length
    && !element.closest(".visually-hidden"));  // those are for screen readers
  for (const element of visible) {
    const style = getComputedStyle(element);
    if (/hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1
        && element.clientWidth > 1 && element.textContent.trim())
      faults.push(`"${element.textContent.trim().slice(0, 40)}" is cut`);
  }
  for (const pane of document.querySelectorAll("pre")) {
    const shown = pane.clientHeight, all = pane.scrollHeight;
    if (pane.checkVisibility() && shown < all && shown < 100) faults.push(`"${pane.className}" shows too little`);
  }
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.checkVisibility() && getComputedStyle(frame).opacity !== "1") faults.push("a frame is hard to see");
  }
  const texts = [];
  for (const element of visible) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const control = element.matches("input, select, textarea, button");
    if (!own && !control) continue;
    let box = element.getBoundingClientRect();
    if (own && !control && !scrolls(element)) {
      const range = document.createRange();
      range.selectNodeContents(element);
      box = range.getBoundingClientRect();
    }
    let clip = element.parentElement;
    while (clip && !scrolls(clip)) clip = clip.parentElement;
    if (clip && clip !== document.body && clip !== root) continue;
    if (box.width > 2 && box.height > 2) texts.push([element, box]);
  }
  for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
    const [one, a] = texts[i], [other, b] = texts[j];
    if (one.contains(other) || other.contains(one)) continue;
    const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (width > 3 && height > 3) {
      const name = (element) => (element.textContent.trim() || element.name || element.tagName).slice(0, 30);
      faults.push(`"${name(one)}" and "${name(other)}" overlap`);
    }
  }
  return faults;
}"""


def look(chromium: Browser, campus: str, receiver: Receiver, screenshots: Path | None) -> None:
    """Look at every page in every way; ``AssertionError`` for the first that is not as it should be."""
    for (narrow, width), (dark, scheme) in product(WIDTHS.items(), SCHEMES.items()):
        receiver.choice = "yes"
        receiver.clear()
        context = chromium.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
        context.set_default_timeout(10_000)
        page = context.new_page()
        visitor = Visitor(page, campus, receiver)
        for name, show in (*OURS, *DJANGOS):
            show(visitor)
            faults = [fault for frame in shown_frames(page) for fault in frame.evaluate(FAULTS)]
            faults += _barriers(page) if (name, show) in OURS else []
            if screenshots and not (narrow and name in LISTS):
                _keep(page.screenshot(full_page=True), screenshots / f"{name}{narrow}{dark}.png")
            if faults:
                raise AssertionError(f"{name}, {width} pixels, {scheme}: " + "; ".join(faults[:5]))
        context.close()
        print(f"ok: every page at {width} pixels, {scheme}", flush=True)


def _keep(picture: bytes, path: Path) -> None:
    """Write it with 256 colours: pages have few, and a repository keeps every picture for ever."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def _barriers(page: Page) -> list[str]:
    """What keeps people from reading or using it, by the rules of WCAG 2.2 AA."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response["violations"]
    return [f"{one['help']} ({one['nodes'][0]['html'][:80]})" for one in found]


Show = Callable[["Visitor"], None]


class Visitor:
    """Goes from page to page, and waits until each is there."""

    def __init__(self, page: Page, campus: str, receiver: Receiver) -> None:
        self.page, self.campus, self.receiver = page, campus, receiver

    def go(self, address: str) -> None:
        """Open a page."""
        self.page.goto(address)
        self.settle()

    def press(self, button: str, choice: str = "yes") -> None:
        """Press a button of the campus, with this reply of the receiver."""
        self.receiver.choice = choice
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.get_by_role("status")).to_be_visible()
        self.settle()

    def log_in(self) -> None:
        """To the admin."""
        self.page.goto(self.campus + "/admin/")
        self.page.get_by_label("Username").fill("admin")
        self.page.get_by_label("Password").fill("admin")
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_text("OPENEDX_WEBHOOKS").first).to_be_visible()

    def settle(self) -> None:
        """Until the receiver's list, on its page and beside the campus, shows what has arrived."""
        self.page.mouse.move(0, 0)
        self.page.wait_for_load_state()
        for frame in shown_frames(self.page):
            frame.wait_for_load_state()
            frame.wait_for_function(LISTED, arg=len(self.receiver.calls))


LISTED = (
    """(count) => !document.getElementById("calls") || document.querySelectorAll(".call .status").length === count"""
)

#: Every page of the campus and the receiver: its name, and how one comes there from the page before.
OURS: tuple[tuple[str, Show], ...] = (
    ("campus", lambda visitor: visitor.go(visitor.campus)),
    ("campus-refused", lambda visitor: visitor.press("Log in", "refuse")),
    ("elsewhere", lambda visitor: (visitor.go(visitor.campus), visitor.press("Log in", "redirect"))),
    ("campus-welcome", lambda visitor: (visitor.go(visitor.campus), visitor.press("Register", "name"))),
    ("campus-course", lambda visitor: visitor.press("Enrol")),
    ("receiver", lambda visitor: visitor.go(visitor.receiver.address)),
)

ADMIN = "/admin/openedx_webhooks"

#: The admin's pages. Django lets its lists scroll sideways on a telephone, so their pictures are of the wide ones.
DJANGOS: tuple[tuple[str, Show], ...] = (
    ("admin", lambda visitor: visitor.log_in()),
    ("admin-webhooks", lambda visitor: visitor.go(f"{visitor.campus}{ADMIN}/webhook/")),
    ("admin-webfilters", lambda visitor: visitor.go(f"{visitor.campus}{ADMIN}/webfilter/")),
    ("admin-webhook-form", lambda visitor: visitor.go(f"{visitor.campus}{ADMIN}/webhook/1/change/")),
    ("admin-webfilter-form", lambda visitor: visitor.go(f"{visitor.campus}{ADMIN}/webfilter/2/change/")),
)
LISTS = {"admin-webhooks", "admin-webfilters"}


def shown_frames(page: Page) -> list[Frame]:
    """The page itself, and what is shown in it."""
    return [frame for frame in page.frames if frame == page.main_frame or frame.frame_element().is_visible()]
