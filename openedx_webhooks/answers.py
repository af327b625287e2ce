"""The answer to a call: read and unpacked within bounds, and what it means when that fails."""

from __future__ import annotations

import http.client
import ssl
import zlib

import requests
import urllib3.exceptions

from .app_settings import app_settings
from .exceptions import BadReply, BadTarget, CallError, CallTimeout, ConnectionFailed, ReplyTooLarge, TlsFailed

# Bytes taken from an answer at a time: little, for http.client keeps every chunk of a chunked one in a list of its own.
PIECE = 16 * 1024

# The windows with which zlib understands a packing. A "deflate" should have the header of zlib, and often has none.
WINDOWS = {
    "gzip": (16 + zlib.MAX_WBITS,),
    "x-gzip": (16 + zlib.MAX_WBITS,),
    "deflate": (zlib.MAX_WBITS, -zlib.MAX_WBITS),
}

# What an error of a library says about the call; the first row that fits counts. An error that is a connection's end
# and broken HTTP at once (``RemoteDisconnected``) is the former.
MEANINGS: tuple[tuple[tuple[type[BaseException], ...], type[CallError]], ...] = (
    (
        (
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
            urllib3.exceptions.LocationValueError,
            http.client.InvalidURL,
        ),
        BadTarget,
    ),
    ((requests.Timeout, urllib3.exceptions.TimeoutError), CallTimeout),  # only of a tool that stands in for a receiver
    ((ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError), ConnectionFailed),
    ((ssl.SSLError,), TlsFailed),
    ((http.client.HTTPException, urllib3.exceptions.InvalidHeader), BadReply),
)

# Errors that libraries wrap round the one that happened.
WRAPPERS = (requests.RequestException, urllib3.exceptions.HTTPError)


def what_broke(error: BaseException) -> type[CallError] | None:
    """The ``CallError`` that ``error`` amounts to; None: no call should end like this, it is a mistake of ours."""
    if isinstance(error, CallError):
        return type(error)
    for kinds, meaning in MEANINGS:
        if isinstance(error, kinds):
            return meaning
    if isinstance(error, WRAPPERS):
        inner = error.__cause__ or error.__context__
        return (inner and what_broke(inner)) or ConnectionFailed
    return ConnectionFailed if isinstance(error, OSError) else None


def read_reply(response: requests.Response) -> bytes:
    """The body of ``response``, unpacked, or a ``CallError`` or an error of urllib3's."""
    if response.headers.get("Transfer-Encoding", "chunked").strip().lower() != "chunked":
        raise BadReply("The transfer coding is unknown.")
    packed = _read(response.raw, app_settings.MAX_REPLY_BYTES)
    return _unpacked(packed, response.headers.get("Content-Encoding", ""), app_settings.MAX_REPLY_BYTES)


def _read(raw: urllib3.HTTPResponse, most: int) -> bytes:
    """The body as sent. urllib3 1.26 does not mind that one ends early; we do."""
    if (getattr(raw, "length_remaining", None) or 0) > most:
        raise ReplyTooLarge("The reply is said to be too large.")
    read = bytearray()
    while piece := raw.read(PIECE, decode_content=False):
        read += piece
        if len(read) > most:
            raise ReplyTooLarge("The reply is too large.")
    if getattr(raw, "length_remaining", None):
        raise BadReply("The reply ended early.")
    return bytes(read)


def _unpacked(packed: bytes, encoding: str, most: int) -> bytes:
    """``packed`` without its one layer of gzip or deflate. We asked for none; some receivers pack all the same."""
    encoding = encoding.strip().lower()
    if not packed or encoding in ("", "identity"):
        return packed
    for window in WINDOWS.get(encoding, ()):
        unpacker = zlib.decompressobj(window)
        try:
            body = unpacker.decompress(packed, most + 1)
        except zlib.error:
            continue
        if len(body) > most:
            raise ReplyTooLarge("The unpacked reply is too large.")
        if not unpacker.eof or unpacker.unused_data:
            raise BadReply("The packed reply ends early, or goes on after its end.")
        return body
    raise BadReply("The reply is packed in a way that is not read.")
