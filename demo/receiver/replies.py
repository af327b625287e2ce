"""How the receiver answers a webfilter: one entry for each choice on its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Payload = Mapping[str, Any]

TITLE = "Dr. "
REFUSAL = "Please ask your school first."

#: The exception that stops each filter, by the ``event_type`` of its payload.
EXCEPTIONS = {
    "StudentRegistrationRequested": "PreventRegistration",
    "StudentLoginRequested": "PreventLogin",
    "CourseEnrollmentStarted": "PreventEnrollment",
    "CourseUnenrollmentStarted": "PreventUnenrollment",
    "CertificateCreationRequested": "PreventCertificateCreation",
}


@dataclass(frozen=True)
class Reply:
    """What goes back: a status, a JSON object or nothing, further headers. ``None`` for a reply is silence."""

    status: int = 200
    content: Any = None
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Choice:
    """One way to answer: its label, what to expect of it, and the reply it makes to a payload."""

    label: str
    meaning: str
    reply: Callable[[Payload, str], Reply | None]


def event_type(payload: Any) -> str:
    """What a payload is about, whether it came as JSON, as a form or as a CloudEvent; empty: nobody knows."""
    if not isinstance(payload, dict):
        return ""
    metadata = payload.get("event_metadata")
    of_json = metadata.get("event_type") if isinstance(metadata, dict) else None
    return str(of_json or payload.get("event_metadata_event_type") or payload.get("type") or "")


def _change_name(payload: Payload, campus: str) -> Reply:
    """A form has the name at its top level and takes it under ``form_data``; elsewhere it stands in the profile."""
    if event_type(payload) == "StudentRegistrationRequested":
        return Reply(content={"data": {"form_data": {"name": _titled(payload["name"])}}})
    profile = payload.get("profile")
    name = profile["name"] if isinstance(profile, dict) else payload.get("profile_name")
    if name is None:
        return Reply()  # a login of somebody whom the platform does not know
    return Reply(content={"data": {"profile": {"name": _titled(name)}}})


def _titled(name: str) -> str:
    return name if name.startswith(TITLE) else TITLE + name


def _refuse(payload: Payload, campus: str) -> Reply:
    return _stop(payload, REFUSAL)


def _redirect(payload: Payload, campus: str) -> Reply:
    return _stop(payload, {"message": REFUSAL, "redirect_to": campus + "/elsewhere/"})


def _stop(payload: Payload, details: Any) -> Reply:
    name = EXCEPTIONS.get(event_type(payload))
    return Reply(content={"exception": {name: details}}) if name else Reply()


CHOICES: Mapping[str, Choice] = {
    "yes": Choice("Say yes", "An empty reply changes nothing.", lambda payload, campus: Reply()),
    "name": Choice("Change the name", "The reply's data puts “Dr.” before the full name, for good.", _change_name),
    "refuse": Choice("Refuse with a message", "The reply's exception stops the action.", _refuse),
    "redirect": Choice(
        "Redirect the learner",
        "The exception has a redirect_to. The platform follows it for a login; elsewhere it shows the message.",
        _redirect,
    ),
    "403": Choice(
        "403",
        "The action goes on, unless Halt on 4xx is ticked in the admin.",
        lambda payload, campus: Reply(403, {"error": "forbidden"}),
    ),
    "500": Choice(
        "500",
        "The action goes on, unless Halt on 5xx is ticked in the admin.",
        lambda payload, campus: Reply(500, {"error": "broken"}),
    ),
    "302": Choice(
        "302",
        "A redirect of the call itself is not followed: it counts as no answer, so the action goes on, unless Halt on"
        " request exception is ticked.",
        lambda payload, campus: Reply(302, headers={"Location": campus + "/elsewhere/"}),
    ),
    "hang": Choice(
        "Hang",
        "The platform waits three seconds, then goes on, unless Halt on request exception is ticked.",
        lambda payload, campus: None,
    ),
}
