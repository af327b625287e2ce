"""The plugin at work, on SQLite and nothing else: ``make demo``, and ``make demo-check`` where nobody watches."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demo.receiver.server import Receiver

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo.settings")

WEBHOOKS = (
    "STUDENT_REGISTRATION_COMPLETED",
    "SESSION_LOGIN_COMPLETED",
    "COURSE_ENROLLMENT_CREATED",
    "COURSE_UNENROLLMENT_COMPLETED",
    "CERTIFICATE_CREATED",
)
WEBFILTERS = (
    "StudentRegistrationRequested",
    "StudentLoginRequested",
    "CourseEnrollmentStarted",
    "CourseUnenrollmentStarted",
    "CertificateCreationRequested",
)


def main() -> None:
    """Set everything up, and serve it until somebody stops it; or go through it in a browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8000, help="of the campus; the receiver has the next (default: 8000)"
    )
    parser.add_argument(
        "--check", action="store_true", help="go through every page in a browser, and fail if one fails"
    )
    parser.add_argument("--screenshots", type=Path, metavar="FOLDER", help="with --check: keep pictures of the pages")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DEMO_DATABASE"] = str(Path(folder) / "demo.sqlite3")
        # Pictures show the addresses that everybody sees; a check must not mind whether they are taken.
        campus, receiver = start(0 if options.check and not options.screenshots else options.port)
        if options.check:
            from demo.check import check

            check(campus, receiver, options.screenshots)
        else:
            serve(campus, receiver)


def start(port: int) -> tuple[str, Receiver]:
    """Campus and receiver at work: the campus's address, and the receiver."""
    from demo.receiver.server import Receiver

    receiver = Receiver(free_port(port and port + 1)).start()
    os.environ["DEMO_RECEIVER"] = receiver.address
    set_up(receiver)
    receiver.campus = serve_campus(free_port(port))
    return receiver.campus, receiver


def free_port(wanted: int) -> int:
    """That port, or any other if it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            print(f"Port {wanted} is taken: another one serves here.")
            probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def set_up(receiver: Receiver) -> None:
    """A new database with an administrator, a learner, and webhooks and webfilters that call the receiver."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from demo.campus.models import UserProfile
    from demo.receiver.server import WEBFILTER, WEBHOOK
    from openedx_webhooks.models import Webfilter, Webhook

    call_command("migrate", run_syncdb=True, verbosity=0)
    users = get_user_model().objects
    users.create_superuser("admin", "admin@example.com", "admin")
    UserProfile.objects.create(user=users.create_user("jane", "jane@example.com", "jane"), name="Jane Doe")
    for model, events, path in ((Webhook, WEBHOOKS, WEBHOOK), (Webfilter, WEBFILTERS, WEBFILTER)):
        for event in events:
            model.objects.create(event=event, webhook_url=receiver.address + path, description="The demo's receiver")


def serve_campus(port: int) -> str:
    """The campus and the admin, in a thread; the address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: object) -> None:
            """The terminal is the receiver's."""

    server = ThreadedWSGIServer(("127.0.0.1", port), Quiet)
    server.daemon_threads = True
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def serve(campus: str, receiver: Receiver) -> None:
    """Say where everything is, and wait until somebody stops it."""
    print(
        f"""
  Campus    {campus}/          a learner's view: log in as jane (password: jane), or register
  Receiver  {receiver.address}/          what arrives at the other end, and how it answers
  Admin     {campus}/admin/    who is called for what: log in as admin (password: admin)

Open the campus, press a button, and look at the receiver. Everything starts afresh with each run.
What arrives is listed here too. Ctrl-C stops it.
""",
        flush=True,
    )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    print("\nBye.")


if __name__ == "__main__":
    main()
