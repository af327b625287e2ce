"""The quick start, and "Try it" of the README, as they are written, on the real demo and in a real browser.

Whatever the page names in bold is pressed under that name, and what it quotes is what the campus says.
"""

from __future__ import annotations

import re
import sys
import time

import pytest

from tests.shell import ROOT, serving
from tests.snippets import DOCS

pytestmark = [pytest.mark.documentation, pytest.mark.timeout(180)]


class Reader:
    """Somebody who has the three pages open and does what a section of the quick start says."""

    def __init__(self, browser, campus, receiver):
        context = browser.new_context(viewport={"width": 800, "height": 900})
        context.set_default_timeout(10_000)
        self.address, self.section = campus, ""
        self.campus, self.receiver, self.admin = (context.new_page() for _ in range(3))
        self.campus.goto(campus)
        self.receiver.goto(receiver)

    def turns_to(self, title):
        text = (DOCS / "quickstart.rst").read_text(encoding="utf-8")
        found = re.search(rf"^{title}\n\*+\n(.*?)(?=^[^\n]+\n\*\*\*+\n|\Z)", text, re.DOTALL | re.MULTILINE)[1]
        self.section = " ".join(found.split())

    def takes_step(self, number):
        """The step of the README's "Try it" with this number."""
        text = (ROOT / "README.rst").read_text(encoding="utf-8")
        found = re.search(rf"^{number}\. (.*?)(?=^\d\. |^\w[^\n]*\n\*\*\*)", text, re.DOTALL | re.MULTILINE)[1]
        self.section = " ".join(found.split())

    def presses(self, button):
        assert f"**{button}**" in self.section
        self.campus.get_by_role("button", name=button, exact=True).click()

    def chooses(self, label):
        assert f"**{label}**" in self.section
        with self.receiver.expect_response("**/choice"):
            self.receiver.get_by_role("radio", name=label, exact=True).check()

    def reads(self, words):
        assert f"*{words}*" in self.section or f'"{words}"' in self.section
        self.campus.get_by_role("status").get_by_text(words).wait_for()

    def ticks(self, box, webfilter):
        assert f"*{webfilter}*" in self.section
        assert f"**{box}**" in self.section
        self.admin.goto(f"{self.address}admin/")
        self.admin.get_by_label("Username").fill("admin")
        self.admin.get_by_label("Password").fill("admin")
        self.admin.get_by_role("button", name="Log in").click()
        self.admin.get_by_role("link", name="Webfilters", exact=True).first.click()
        self.admin.locator("#result_list").get_by_role("link", name=webfilter).click()
        self.admin.get_by_role("checkbox", name=box, exact=True).check()
        self.admin.get_by_role("button", name="Save", exact=True).click()
        self.admin.get_by_text("was changed successfully").wait_for()

    def shown(self):
        """The calls that the receiver shows, the newest first."""
        return self.receiver.locator(".call summary").all_inner_texts()


@pytest.fixture
def reader():
    from demo.check import browser

    command = f"{sys.executable} demo/run.py"
    with serving(command, ROOT, seconds=60) as server, browser() as chromium:
        pages = server.addresses
        campus = next(page.removesuffix("admin/") for page in pages if page.endswith("/admin/"))
        yield Reader(chromium, campus, next(page for page in pages if not page.startswith(campus)))
        server.interrupt()


def test_everything_happens_as_the_quick_start_says(reader):
    reader.turns_to("See the first delivery")
    reader.presses("Log in")
    reader.reads("Welcome back, Jane Doe!")
    for name in ("StudentLoginRequested", "SESSION_LOGIN_COMPLETED"):
        assert f"``{name}``" in reader.section
        reader.campus.get_by_text(name, exact=True).wait_for()
    reader.receiver.get_by_text("POST /webhook").wait_for()
    assert [re.search(r"/web\w+", call)[0] for call in reader.shown()] == ["/webhook", "/webfilter"]

    reader.turns_to("Refuse a login")
    reader.presses("Log out")
    reader.chooses("Refuse with a message")
    reader.presses("Log in")
    reader.reads("Please ask your school first.")
    reader.campus.get_by_role("button", name="Log in", exact=True).wait_for()

    reader.turns_to("Change a name")
    reader.chooses("Change the name")
    reader.presses("Register")
    reader.reads("Welcome, Dr. Sam Lee!")

    reader.turns_to("Let the receiver fail")
    reader.chooses("403")
    reader.presses("Enrol")
    reader.campus.get_by_text("You are enrolled, mode verified").wait_for()
    reader.ticks("Halt on 4xx", "Course unenrollment started")
    reader.presses("Leave")
    reader.reads("This action cannot be completed at the moment. Please try again later.")
    reader.campus.get_by_text("You are enrolled, mode verified").wait_for()

    reader.turns_to("Let the receiver hang")
    reader.chooses("Hang")
    began = time.monotonic()
    reader.presses("Get certificate")
    reader.campus.get_by_text("Your certificate is made out to").first.wait_for()
    assert 2.9 < time.monotonic() - began < 5
    reader.chooses("Say yes")


def test_everything_happens_as_the_readme_says(reader):
    reader.takes_step(1)
    reader.presses("Log in")
    reader.campus.get_by_text("Welcome back, Jane Doe!").wait_for()
    reader.receiver.get_by_text("POST /webhook").wait_for()
    lower, upper = (re.search(rf"The {place} one, to ``(/\w+)``", reader.section)[1] for place in ("lower", "upper"))
    assert [re.search(r"/web\w+", call)[0] for call in reader.shown()] == [upper, lower]

    reader.takes_step(2)
    reader.presses("Log out")
    reader.chooses("Refuse with a message")
    reader.presses("Log in")
    reader.reads("Please ask your school first.")
    reader.campus.get_by_role("button", name="Log in", exact=True).wait_for()
    reader.receiver.locator(".call .reply").first.get_by_text("PreventLogin").wait_for()

    reader.takes_step(3)
    reader.chooses("Change the name")
    reader.presses("Register")
    assert "Dr. Sam Lee" in reader.section
    reader.campus.get_by_text("Welcome, Dr. Sam Lee!").wait_for()

    reader.takes_step(4)
    reader.presses("Log out")
    reader.chooses("403")
    reader.presses("Log in")
    reader.campus.get_by_text("Welcome back, Jane Doe!").wait_for()
    reader.ticks("Halt on 4xx", "Student login requested")
    assert "Log out, and log in once more: now it is refused." in reader.section
    reader.campus.get_by_role("button", name="Log out", exact=True).click()
    reader.presses("Log in")
    reader.campus.locator(".told.refused").wait_for()
