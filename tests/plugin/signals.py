"""An event with three arguments, as openedx-core has them, and one whose name another package took first."""

from __future__ import annotations

import attrs
from openedx_events.tooling import OpenEdxPublicSignal


@attrs.frozen
class Book:
    title: str


@attrs.frozen
class Reader:
    user_id: int


BOOK_BORROWED = OpenEdxPublicSignal(
    event_type="com.example.library.book.borrowed.v1", data={"book": Book, "reader": Reader, "second_reader": Reader}
)

COURSE_CREATED = OpenEdxPublicSignal(event_type="com.example.library.course.created.v1", data={"book": Book})
