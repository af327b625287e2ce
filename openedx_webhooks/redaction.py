"""Names that never leave the platform, fields that a reply may not write, and addresses fit to be shown.

Three tables and the questions asked of them:

* ``is_credential(name)``: is a value under this name kept out of every payload?
* ``is_writable(...)``: may a webfilter's reply change this field?
* ``mask_url(url)``: the same address without what would let its reader call it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from .app_settings import app_settings

if TYPE_CHECKING:
    from django.db.models import Field, Model

MASK = "***"

#: Compared without case, punctuation and plural: ``csrf_token``, ``CSRF-Token`` and ``csrftokens`` are one word.
CREDENTIAL_NAMES = frozenset({
    "password1", "password2", "newpassword1", "newpassword2", "passwd", "passphrase", "pwd", "csrf",
    "csrfmiddlewaretoken", "authorization", "proxyauthorization", "httpauthorization", "credential", "otp",
    "onetimepassword", "recoverycode", "activationkey", "signingkey", "encryptionkey", "oauthsignature",
    "jwtcookiesignature", "jwtcookieheaderpayload", "edxjwtcookiesignature", "edxjwtcookieheaderpayload",
    "sessiondata",
})  # fmt: skip

#: A name that ends so is a credential whatever stands before it: ``zendesk_api_key``, ``password_reset_token``.
CREDENTIAL_ENDINGS = ("password", "passwordhash", "secret", "secretkey", "token", "jwt", "apikey", "privatekey",
                      "accesskey", "sessionkey", "sessionid", "cookie")  # fmt: skip

#: Who somebody is and what they may do: refused on every model of a user unless WRITABLE_FIELDS names them.
PROTECTED_USER_FIELDS = frozenset({"username", "email", "is_active", "last_login", "date_joined"})

#: The same on every model: no reply ever makes an administrator of anybody by accident.
#: ``meta`` of a profile holds the key of the learner's session.
PROTECTED_FIELDS = frozenset({"is_staff", "is_superuser", "meta"})

#: The same in a form that a learner sent: the address that was typed is the address that gets the activation mail.
PROTECTED_FORM_FIELDS = frozenset({"username", "email", "confirm_email"})


def _word(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold()).removesuffix("s")


@lru_cache(maxsize=4096)
def _is_credential(name: str, extra: tuple[str, ...]) -> bool:
    word = _word(name)
    if word in CREDENTIAL_NAMES or word.endswith(CREDENTIAL_ENDINGS):
        return True
    return any(word == _word(other) for other in extra if _word(other))


def is_credential(name: str) -> bool:
    """Whether a value under this name stays in the platform: the tables above, and the setting ``REDACTED_KEYS``."""
    return _is_credential(name, tuple(app_settings.REDACTED_KEYS))


def _allowed(owner: str, name: str) -> bool:
    return f"{owner}.{name}".lower() in {entry.lower() for entry in app_settings.WRITABLE_FIELDS}


def is_writable_field(model: type[Model], field: Field) -> bool:
    """Whether a reply may write this field of this model.

    Never a primary key, a relation or a credential; names of identity and privilege only when ``WRITABLE_FIELDS``
    says so, as ``"auth.user.email"``.
    """
    if field.primary_key or field.is_relation or is_credential(field.attname):
        return False
    if _allowed(model._meta.label_lower, field.name):
        return True
    if not field.editable or field.name in PROTECTED_FIELDS:
        return False
    return not (hasattr(model, "USERNAME_FIELD") and field.name in PROTECTED_USER_FIELDS)


def is_writable_item(owner: str, name: str) -> bool:
    """Whether a reply may write this item of the form ``owner``; ``"form_data.username"`` in ``WRITABLE_FIELDS``."""
    if is_credential(name):
        return False
    return name not in PROTECTED_FORM_FIELDS or _allowed(owner, name)


#: What of a path may be a key: a run of its characters, long and mixed, or very long.
_RUN = re.compile(r"[A-Za-z0-9_~.\-]{16,}")
_KEY = re.compile(r"(?=.*\d)(?=.*[A-Za-z]).+|[A-Za-z0-9_\-]{32,}")


def _mask_run(run: re.Match[str]) -> str:
    return MASK if _KEY.fullmatch(run[0]) else run[0]


def _mask_item(item: str) -> str:
    name, equals, _ = item.partition("=")
    return f"{name}={MASK}" if equals else MASK


def mask_url(url: str) -> str:
    """The address with its secrets masked: user and password, values of the query, parts of the path like keys.

    ``https://me:pw@hooks.example.com/catch/9f86d081884c7d65?token=abc`` becomes
    ``https://***@hooks.example.com/catch/***?token=***``. What is no address at all is masked whole.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    netloc = parts.netloc
    if url and not netloc and not url.startswith("/"):
        return MASK
    if "@" in netloc:
        netloc = f"{MASK}@{netloc.rpartition('@')[2]}"
    path = _RUN.sub(_mask_run, parts.path)
    query = "&".join(_mask_item(item) for item in parts.query.split("&")) if parts.query else ""
    return urlunsplit((parts.scheme, netloc, path, query, MASK if parts.fragment else ""))
