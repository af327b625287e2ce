"""What may stand in an address column: absolute http(s) URLs, and for redirects also paths.

Django's ``URLValidator`` refuses single-label hosts (``http://n8n:5678/x``), which are what an Open edX network is made
of, and accepts ``ftp``. These functions are named in migrations: keep their names importable.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SCHEMES = frozenset({"http", "https"})
# Letters of any script (IDN), digits, hyphens and the underscore that container names have.
NAME = re.compile(r"[\w-]+(\.[\w-]+)*\.?")


#: Longer addresses are refused by browsers, and by Django when it redirects.
MAX_LOCATION = 2048

#: What ``is_location`` asks for, in words.
NO_LOCATION = "must be an http(s) address or a path such as /dashboard"


def is_location(value: str) -> bool:
    """Whether a browser may be sent there: what an operator may enter as a redirect, a reply may ask for too."""
    if len(value) > MAX_LOCATION:
        return False
    try:
        validate_redirect(value)
    except ValidationError:
        return False
    return True


def validate_url(value: str) -> None:
    """Refuse what is no absolute http or https URL with a host."""
    _refuse_odd_characters(value)
    parts = _split(value)
    if parts.scheme not in SCHEMES:
        raise ValidationError(_("Start the address with http:// or https://."), code="scheme")
    if not _is_host(parts.hostname or ""):
        raise ValidationError(
            _("Put a host name or an IP address after http:// or https://, such as https://example.com/hook."),
            code="host",
        )
    _refuse_bad_port(parts)


def validate_redirect(value: str) -> None:
    """Refuse what is neither an absolute http or https URL nor an absolute path of this site."""
    if value.startswith("//") or not value.lower().startswith(("/", "http://", "https://")):
        raise ValidationError(
            _("Enter an http or https address, or a path that starts with one slash, such as /dashboard."),
            code="redirect",
        )
    if value.startswith("/"):
        _refuse_odd_characters(value)
    else:
        validate_url(value)


def _refuse_odd_characters(value: str) -> None:
    """Blanks and invisible characters get lost on the way; a browser reads a backslash as a slash."""
    if not value.isprintable() or " " in value:
        raise ValidationError(
            _("Remove the blanks, line breaks and invisible characters; write %20 for a blank."), code="characters"
        )
    if "\\" in value:
        raise ValidationError(_("Replace the backslashes with slashes."), code="characters")


def _split(value: str) -> SplitResult:
    try:
        return urlsplit(value)
    except ValueError:  # unbalanced brackets, or characters that turn into a slash
        raise ValidationError(
            _("Correct the host: an IPv6 address stands in brackets, such as http://[2001:db8::1]/."), code="host"
        ) from None


def _is_host(host: str) -> bool:
    if ":" not in host:
        return NAME.fullmatch(host) is not None
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True


def _refuse_bad_port(parts: SplitResult) -> None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValidationError(_("Correct the port: a number from 1 to 65535, or none."), code="port")
