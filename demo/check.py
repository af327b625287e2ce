"""Everything the demo promises, once, in a real browser: ``make demo-check``.

``Story`` is what a visitor does, step by step; ``Looks`` is how every page must look, at two widths, light and dark.
A promise that does not hold ends it with status 1.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Error, expect, sync_playwright

from demo.looks import look
from demo.story import Story

if TYPE_CHECKING:
    from demo.receiver.server import Receiver

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def check(campus: str, receiver: Receiver, screenshots: Path | None) -> None:
    """Go through it; leave with an error as soon as something is not as promised."""
    expect.set_options(timeout=10_000)
    try:
        with browser() as chromium:
            Story(chromium, campus, receiver).tell()
            look(chromium, campus, receiver, screenshots)
    except (AssertionError, Error) as failure:
        print(f"FAILED: {failure}", flush=True)
        sys.exit(1)
    print("\nThe demo works.")


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium, or the one that Playwright has installed."""
    installed = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=installed, args=list(QUIET))
        try:
            yield chromium
        finally:
            chromium.close()
