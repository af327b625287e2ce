"""The envelope ``typed`` is what the original 22.0.0 sent, byte for byte.

Where the libraries are those that the original was recorded with, every byte is compared; elsewhere every event that
still has the same fields, by its names and the types of its values.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import openedx_events
import pytest

from openedx_webhooks import catalogue, samples
from openedx_webhooks.payloads import TYPED, event_body
from tests import typed

RECORDED = json.loads(typed.RECORDED.read_text(encoding="utf-8"))
SAME_LIBRARY = openedx_events.__version__ == "11.2.0"
CONTEXT = "context of "

#: Where ours is another value than the original's, and the JSON of ours. In all of them the original's is no data.
DIFFERENT = {
    "lazy text": '"Hi"',  # {}
    "nan": "null",  # NaN, which is no JSON
    "enum": '"red"',  # {}
    "enum key": '{"red": 1}',  # "Colour.RED"
    "tuple key": "{}",  # "(1, 2)"
    "bytes": '"\\ufffd"',  # b'\xff'
    "frozenset": "[2]",  # frozenset({2})
    "range": "[0, 1]",  # range(0, 2)
    "read-only": '{"a": 1}',  # a text with an object in it
    "surrogate": '{"text": "?"}',  # "\ud800", which is no UTF-8; as a form nothing was sent
    "large": '{"n": "%s"}' % hex(10**400),  # noqa: UP031 - a number that most readers make infinity of
    "function": "null",  # <built-in function len>
    "class": "null",  # {}
    "error": "null",  # {}
    "api key": "{}",  # {"api_key": "x"}
}

#: A certificate's signatories have an open file, of which the original made an empty object.
FILE = ('"image": {}', '"image": null')
FILE_IN_FORM = ("%27image%27%3A+%7B%7D", "%27image%27%3A+None")

#: Fields that had another type in older releases of openedx-events.
CHANGED = {("openedx_events.learning.data.DiscussionThreadData", "id")}

#: Where the JSON is the same, and the form is not.
DIFFERENT_FORM = {"text enum": "dark"}  # Shade.DARK


@cache
def bodies() -> dict[str, dict[str, str]]:
    """What we send for each case: its JSON and its form."""
    return {
        name: {
            kind: event_body(event, arguments, typed.metadata(event.event_type), TYPED, form=kind == "form").content
            for kind in ("json", "form")
        }
        for name, event, arguments in typed.cases(catalogue, samples)
    }


def context_of(body: str) -> str:
    """The JSON of the value under test, as it was written."""
    start = '"context": {"value": '
    return body[body.index(start) + len(start) : body.index('}}, "event_metadata"')]


EVENTS = [name for name in RECORDED if not name.startswith(CONTEXT)]
VALUES = [name.removeprefix(CONTEXT) for name in RECORDED if name.startswith(CONTEXT)]
SAME = [name for name in VALUES if name not in DIFFERENT and name != "deep"]


def test_all_events_of_the_original_were_recorded():
    assert len(EVENTS) == 66
    assert set(VALUES) == set(typed.values())
    assert set(DIFFERENT) <= set(VALUES)


@pytest.mark.parametrize("kind", ["json", "form"])
@pytest.mark.parametrize("name", EVENTS)
def test_an_event_goes_out_as_it_did(name, kind):
    if name not in bodies():
        assert not SAME_LIBRARY
    elif SAME_LIBRARY:
        theirs = RECORDED[name][kind].replace(*FILE).replace(*FILE_IN_FORM)
        assert bodies()[name][kind].decode() == theirs
    elif kind == "json":
        ours, theirs = (dict(leaves(json.loads(body[kind]))) for body in (bodies()[name], RECORDED[name]))
        common = (ours.keys() & theirs.keys()) - CHANGED
        assert {path: ours[path] for path in common} == {path: theirs[path] for path in common}


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type]]:
    """The path and the type of each value in a payload."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    else:
        yield path, type(value)


@pytest.mark.parametrize("kind", ["json", "form"])
@pytest.mark.parametrize("name", [name for name in SAME if name not in DIFFERENT_FORM])
def test_a_value_goes_out_as_it_did(name, kind):
    assert bodies()[CONTEXT + name][kind].decode() == RECORDED[CONTEXT + name][kind]


@pytest.mark.parametrize("name", DIFFERENT_FORM)
def test_a_value_goes_out_as_it_did_in_json(name):
    assert bodies()[CONTEXT + name]["json"].decode() == RECORDED[CONTEXT + name]["json"]
    assert f"context_value={DIFFERENT_FORM[name]}&".encode() in bodies()[CONTEXT + name]["form"]


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_was_no_data_is_data_now(name):
    theirs = RECORDED[CONTEXT + name]["json"]

    ours = bodies()[CONTEXT + name]["json"].decode()

    assert context_of(ours) == DIFFERENT[name]
    assert ours == theirs.replace(context_of(theirs), DIFFERENT[name])


def test_what_is_too_deep_is_left_out_rather_than_a_text():
    ours, theirs = (body[CONTEXT + "deep"]["json"] for body in (bodies(), RECORDED))

    assert "! Depth limit reached !" in theirs
    assert b"Depth limit" not in ours
    assert json.loads(ours)["event_metadata"]["truncated"] is True
