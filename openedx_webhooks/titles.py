"""Words for people: how the admin and the documentation call an event or a filter."""

from __future__ import annotations

import re

#: Words of the platform that are not written like others.
SPELLINGS = {
    word.lower(): word for word in ("API", "CCX", "IDV", "LMS", "LTI", "MFE", "ORA", "URL", "XBlock")
} | {"queryset": "query set"}  # fmt: skip


def title_of(name: str) -> str:
    """``COURSE_ENROLLMENT_CREATED`` and ``CourseEnrollmentCreated`` both read "Course enrollment created".

    In ``SSOLoginRequested``, which another package may define, the capitals tell an abbreviation; in a constant, where
    all letters are capitals, only those of the table are known.
    """
    is_constant = name.isupper() or "_" in name
    if is_constant:
        words = re.split(r"[._]+", name)
    else:
        words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name.replace("XBlock", "Xblock"))
    sentence = " ".join(SPELLINGS.get(word.lower(), _plain(word, keep=not is_constant)) for word in words)
    return sentence[:1].upper() + sentence[1:]


def _plain(word: str, *, keep: bool) -> str:
    return word if keep and word.isupper() and len(word) > 1 else word.lower()


def domain_of(of_type: str, module: str) -> str:
    """``org.openedx.content_authoring.course.created.v1`` is of "Content authoring"; others go by their package."""
    parts = of_type.split(".")
    subdomain = parts[2] if parts[:2] == ["org", "openedx"] and len(parts) > 3 else module.partition(".")[0]
    return subdomain.replace("_", " ").capitalize()
