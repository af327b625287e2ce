"""The main job, on SQLite and nothing else: ``make demo``, and ``make demo-check`` where nobody watches."""

from __future__ import annotations

import argparse
import os
import re
import socket
import sys
import tempfile
import threading
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

if TYPE_CHECKING:
    from demo.receiver import Receiver

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo.settings")

WEBHOOK, WEBFILTER = "/webhook", "/webfilter"


def main() -> None:
    """Set everything up, show one event and one filter, and serve the admin; or check all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="go through it once, and fail if anything fails")
    parser.add_argument("--port", type=int, default=8000, help="where the pages are served (default: 8000)")
    options = parser.parse_args()
    if options.check:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DEMO_DATABASE"] = str(Path(folder) / "demo.sqlite3")
            check()
    else:
        demonstrate(options.port)


def free_port(wanted: int) -> int:
    """That port, or any other if it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def set_up() -> Receiver:
    """A migrated database with a user and two endpoints, and the receiver that they call."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from demo.receiver import Receiver
    from openedx_webhooks.models import Webfilter, Webhook

    call_command("migrate", verbosity=0)
    users = get_user_model().objects
    if not users.filter(username="admin").exists():
        users.create_superuser("admin", "admin@example.com", "admin")
    receiver = Receiver(free_port(8001))
    address = f"http://127.0.0.1:{receiver.server_port}"
    Webhook.objects.update_or_create(
        description="The demo's webhook",
        defaults={"event": "COURSE_ENROLLMENT_CREATED", "webhook_url": address + WEBHOOK},
    )
    Webfilter.objects.update_or_create(
        description="The demo's webfilter",
        defaults={"event": "StudentRegistrationRequested", "webhook_url": address + WEBFILTER},
    )
    return receiver


def serve(port: int) -> str:
    """The admin and the campus page, in a thread; the address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: object) -> None:
            """The terminal is the receiver's."""

    server = ThreadedWSGIServer(("127.0.0.1", port), Quiet)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def demonstrate(port: int) -> None:
    """One event and one filter, shown; then the pages, until somebody stops it."""
    set_up()
    from demo import campus

    print("\n1. A learner enrols. COURSE_ENROLLMENT_CREATED is sent, and the webhook hears of it:")
    campus.enrol("Jane Doe")
    print("\n2. A learner registers. StudentRegistrationRequested runs, and the webfilter changes the name:")
    print(f"\n      The platform goes on with: {campus.register('Jane Doe')}")
    print("\n3. Mallory registers, and is refused:")
    print(f"\n      The platform answers: {campus.register('Mallory')}")
    address = serve(free_port(port))
    print(
        f"\nYour turn: {address}/ is a campus, {address}/admin/ its admin (admin / admin). Ctrl-C stops it.", flush=True
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print("\nBye.")


def check() -> None:
    """The same, over HTTP, with an opinion."""
    receiver = set_up()
    address = serve(0)
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    expect("Jane Doe is enrolled" in submit(browser, f"{address}/", enrol="", name="Jane Doe"), "an enrolment")
    path, payload = receiver.received[-1]
    expect(path == WEBHOOK, "the webhook is called")
    expect(payload["enrollment"]["user"]["pii"]["name"] == "Jane Doe", "the webhook gets the enrolment")
    expect(payload["event_metadata"]["event_type"].startswith("org.openedx."), "the webhook gets the metadata")
    expect("Welcome, Dr. Jane Doe!" in submit(browser, f"{address}/", register="", name="Jane Doe"), "a name changes")
    refused = submit(browser, f"{address}/", register="", name="Mallory")
    expect("Please ask your school for an account. (HTTP 403)" in refused, "a registration is refused")
    expect(len(receiver.received) == 3, "nothing is sent twice")
    overview = submit(
        browser, f"{address}/admin/login/?next=/admin/openedx_webhooks/", username="admin", password="admin"
    )
    expect("Webhooks" in overview and "Webfilters" in overview, "the admin shows both sections")
    for page, words in {"webhook": "COURSE_ENROLLMENT_CREATED", "webfilter": "StudentRegistrationRequested"}.items():
        listed = browser.open(f"{address}/admin/openedx_webhooks/{page}/").read().decode()
        expect(words in listed, f"the admin lists the {page}")
        form = browser.open(f"{address}/admin/openedx_webhooks/{page}/add/").read().decode()
        expect("<optgroup" in form and words in form, f"the {page} form offers events by domain")
    print("\nThe demo works.")


def submit(browser: OpenerDirector, address: str, **fields: str) -> str:
    """Fill in the form of a page and send it, as a browser does; the page that comes back."""
    page = browser.open(address).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    expect(token is not None, f"{address} has a form")
    sent = urlencode({**fields, "csrfmiddlewaretoken": token[1] if token else ""}).encode()
    return browser.open(address, sent).read().decode()


def expect(holds: bool, what: str) -> None:
    """Say what was checked; leave with an error if it does not hold."""
    print(f"{'ok' if holds else 'FAILED'}: {what}", flush=True)
    if not holds:
        sys.exit(1)


if __name__ == "__main__":
    main()
