"""What a visitor of the demo does, step by step, and what must come of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from demo.receiver.replies import CHOICES, REFUSAL

if TYPE_CHECKING:
    from demo.receiver.server import Receiver

NEUTRAL = "This action cannot be completed at the moment. Please try again later."


def promise(holds: Any, what: str) -> None:
    """Say what was checked."""
    if not holds:
        raise AssertionError(what)
    print(f"ok: {what}", flush=True)


class Story:
    """A visitor with the campus and the receiver in two tabs, and the admin in a third."""

    def __init__(self, chromium: Browser, campus: str, receiver: Receiver) -> None:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(10_000)
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.address, self.context = campus, context
        self.campus, self.receiver = self._open(campus), self._open(receiver.address)

    def _open(self, address: str) -> Page:
        page = self.context.new_page()
        page.goto(address)
        return page

    def tell(self) -> None:
        """All of it."""
        self.first_delivery()
        self.everything_a_learner_does()
        self.a_name_is_changed()
        self.everything_is_refused()
        self.a_redirect()
        self.broken_receivers()
        self.the_admin()
        promise(self.hosts <= {"127.0.0.1", ""}, f"nothing is loaded from elsewhere ({', '.join(sorted(self.hosts))})")
        promise(not self.errors, f"no script fails {self.errors or ''}")

    # --- what a visitor does ---

    def choose(self, key: str) -> None:
        """Choose how the receiver answers."""
        with self.receiver.expect_response("**/choice"):
            self.receiver.get_by_role("radio", name=CHOICES[key].label, exact=True).check()

    def press(self, button: str, **fields: str) -> None:
        """Fill in the form of a button of the campus, and press it."""
        card = self.campus.locator("section", has=self.campus.get_by_role("button", name=button, exact=True))
        for label, value in fields.items():
            card.get_by_label(label.replace("_", " ")).fill(value)
        card.get_by_role("button", name=button, exact=True).click()

    def told(self, words: str, what: str) -> None:
        """The page tells the learner these words."""
        expect(self.campus.get_by_role("status"), what).to_contain_text(words)
        promise(True, what)

    def steps(self) -> list[str]:
        """What the campus says that the platform did."""
        return [" ".join(text.split()) for text in self.campus.locator(".steps li").all_inner_texts()]

    def clear(self) -> None:
        """Empty the receiver's list."""
        self.receiver.get_by_role("button", name="Clear").click()
        expect(self.receiver.get_by_text("Nothing yet.")).to_be_visible()

    def arrived(self, *names: str) -> None:
        """The receiver shows these calls, oldest first, each answered."""
        calls = self.receiver.locator(".call")
        expect(calls, f"the receiver shows {len(names)} calls").to_have_count(len(names))
        shown = list(reversed(calls.locator(".name").all_inner_texts()))
        promise(shown == list(names), f"the receiver shows {', '.join(names)}")

    # --- the story ---

    def first_delivery(self) -> None:
        """A login: one webfilter, one webhook, both shown with headers and body."""
        self.press("Log in", User_name="jane", Password="jane")
        self.told("Welcome back, Jane Doe!", "jane logs in")
        self.arrived("StudentLoginRequested", LOGIN)
        newest = self.receiver.locator(".call").first
        promise("204" in newest.locator(".status").inner_text(), "the webhook is answered")
        for header in ("webhook-id", "webhook-timestamp", "openedx-webhooks/", "application/json"):
            expect(newest.locator(".headers"), f"the receiver shows {header}").to_contain_text(header)
        for words in ('"email": "jane@example.com"', '"event_metadata"', '"name": "Jane Doe"'):
            expect(newest.locator(".payload"), f"the receiver shows {words}").to_contain_text(words)
        promise(True, "the receiver shows headers and body")
        beside = self.campus.frame_locator("iframe").locator(".call")
        expect(beside, "the campus shows the receiver at its side").to_have_count(2)
        promise(
            "filter StudentLoginRequested nothing changed" in self.steps(), "the campus shows what the platform did"
        )

    def everything_a_learner_does(self) -> None:
        """Enrol, earn a certificate, leave, log out, register: each runs its filter and sends its event."""
        self.clear()
        self.press("Enrol")
        self.told("you are enrolled in Demonstration Course", "jane enrols")
        self.press("Get certificate")
        self.told("made out to Jane Doe", "jane earns a certificate")
        self.press("Leave")
        self.told("You have left", "jane leaves")
        self.press("Log out")
        self.told("You are logged out", "jane logs out")
        self.press("Register", Full_name="Ana Ruiz", User_name="ana", **{"E-mail": "ana@example.com"})
        self.told("Welcome, Ana Ruiz!", "ana registers")
        learning = "org.openedx.learning."
        self.arrived(
            "CourseEnrollmentStarted", learning + "course.enrollment.created.v1",
            "CertificateCreationRequested", learning + "certificate.created.v1",
            "CourseUnenrollmentStarted", learning + "course.unenrollment.completed.v1",
            "StudentRegistrationRequested", learning + "student.registration.completed.v1",
        )  # fmt: skip
        self.press("Log out")
        self.press("Register", User_name="ana")
        expect(self.campus.get_by_text("This user name is taken.")).to_be_visible()
        self.campus.goto(self.address)

    def a_name_is_changed(self) -> None:
        """By the reply to a registration, and by the reply to a login."""
        self.choose("name")
        self.press("Register", Full_name="Sam Lee")
        self.told("Welcome, Dr. Sam Lee!", "a registration gets another name")
        promise("changed name from “Sam Lee” to “Dr. Sam Lee”" in self.steps()[0], "the campus says so")
        self.press("Log out")
        self.press("Log in", User_name="jane", Password="jane")
        self.told("Welcome back, Dr. Jane Doe!", "a login changes the profile's name")
        self.choose("yes")
        self.clear()
        self.press("Enrol")
        self.arrived("CourseEnrollmentStarted", ENROLLED)
        payload = self.receiver.locator(".call .payload").first
        expect(payload, "the event has the new name").to_contain_text('"name": "Dr. Jane Doe"')

    def everything_is_refused(self) -> None:
        """Each of the five, with the receiver's own words and the platform's status."""
        self.choose("refuse")
        for button in ("Get certificate", "Leave"):
            self.press(button)
            self.refused(REFUSAL, 400, f"{button} is refused")
        self.choose("yes")
        self.press("Leave")
        self.choose("refuse")
        self.press("Enrol")
        self.refused(REFUSAL, 400, "Enrol is refused")
        self.press("Log out")
        self.press("Log in", User_name="jane", Password="jane")
        self.refused(REFUSAL, 400, "a login is refused")
        self.press("Register")
        self.refused(REFUSAL, 403, "a registration is refused")
        promise(self.steps() == ["filter StudentRegistrationRequested stopped by PreventRegistration"],
                "what is refused sends no event")  # fmt: skip

    def refused(self, words: str, status: int, what: str) -> None:
        """The page tells the learner why not, and with which status."""
        self.told(words, what)
        expect(self.campus.locator(".told .badge"), what).to_have_text(f"HTTP {status}")

    def a_redirect(self) -> None:
        """A login goes where the receiver says."""
        self.choose("redirect")
        self.press("Log in", User_name="jane", Password="jane")
        expect(self.campus, "a login is redirected").to_have_url(self.address + "/elsewhere/")
        self.refused(REFUSAL, 400, "a login is redirected")
        self.campus.get_by_role("link", name="Back to the campus").click()

    def broken_receivers(self) -> None:
        """Without a halt flag, the platform goes on as if there were no webfilter."""
        logged = {"403": "HTTP 403", "500": "HTTP 500", "302": "redirected", "hang": "timeout"}
        for key, words in logged.items():
            self.choose(key)
            self.clear()
            started = time.monotonic()
            self.press("Log in", User_name="jane", Password="jane")
            self.told("Welcome back", f"{CHOICES[key].label}: the login goes on")
            promise(words in self.steps()[0], f"{CHOICES[key].label}: the campus shows what the log says")
            if key == "hang":
                promise(2.5 < time.monotonic() - started < 6, "Hang: it waits three seconds")
            status = "no answer" if key == "hang" else key
            expect(self.receiver.locator(".call .status").last, f"the receiver shows {status}").to_have_text(status)
            self.press("Log out")

    def the_admin(self) -> None:
        """Both sections, their forms, and a change that is obeyed at once."""
        admin = self._open(self.address + "/admin/")
        admin.get_by_label("Username").fill("admin")
        admin.get_by_label("Password").fill("admin")
        admin.get_by_role("button", name="Log in").click()
        for section, words in (("Webhooks", "Course enrollment created"), ("Webfilters", "Student login requested")):
            admin.goto(self.address + "/admin/openedx_webhooks/")
            admin.get_by_role("link", name=section, exact=True).first.click()
            listed = admin.locator("#result_list").get_by_role("link", name=words)
            expect(listed, f"the admin lists {section}").to_be_visible()
        listed.click()
        expect(admin.locator("#id_event optgroup").nth(1), "the form offers events by domain").to_be_attached()
        promise(True, "the form offers events by domain")
        self.choose("403")
        self._tick(admin, **{"Halt on 4xx": True})
        self.press("Log in", User_name="jane", Password="jane")
        self.refused(NEUTRAL, 400, "with Halt on 4xx, a 403 refuses the login")
        listed.click()
        self._tick(admin, **{"Halt on 4xx": False, "Use WWW form encoding": True})
        self.choose("refuse")
        self.press("Log in", User_name="jane", Password="jane")
        self.refused(REFUSAL, 400, "a form is understood too")
        expect(self.receiver.locator(".call .payload").first, "a form is shown as one").to_contain_text("user_id=")
        listed.click()
        self._tick(admin, **{"Use WWW form encoding": False, "Enabled": False})
        self.clear()
        self.press("Log in", User_name="jane", Password="jane")
        self.told("Welcome back", "disabled in the admin, the webfilter is not asked")
        promise("nobody is asked" in self.steps()[0], "the campus says so")
        self.arrived(LOGIN)
        listed.click()
        self._tick(admin, Enabled=True)
        admin.close()

    def _tick(self, admin: Page, **boxes: bool) -> None:
        for label, ticked in boxes.items():
            admin.get_by_label(label).set_checked(ticked)
        admin.get_by_role("button", name="Save", exact=True).click()
        expect(admin.get_by_text("was changed successfully")).to_be_visible()


LOGIN = "org.openedx.learning.auth.session.login.completed.v1"
ENROLLED = "org.openedx.learning.course.enrollment.created.v1"
