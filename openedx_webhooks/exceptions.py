"""What this package raises, and what each error means.

Nothing here ever leaves a receiver or a pipeline step: the only exceptions the platform sees are the ones a filter
itself defines, and only when a reply or a halt flag asks for them. ::

    WebhooksError
     +-- CallError                a call that got no intelligible answer; ``code`` is what ``Outcome.error`` holds
     |    +-- CallTimeout         "timeout"    the wall clock ran out, in whatever phase
     |    +-- ConnectionFailed    "connection" refused, reset, no such name
     |    +-- TlsFailed           "tls"        certificate or handshake
     |    +-- ReplyTooLarge       "too_large"  more than MAX_REPLY_BYTES, packed or unpacked
     |    +-- BadReply            "bad_reply"  broken HTTP, or an encoding we do not read
     |    +-- BadTarget           "bad_target" an address that cannot be called at all
     |    +-- PoolFull            "busy"       no thread was free to make the call
     +-- PayloadError             arguments that cannot be rendered
     +-- ReplyError               a reply that is not what a webfilter may answer
     +-- Skip                     one value of a reply that cannot be taken over; the rest of it applies
"""


class WebhooksError(Exception):
    """Base of everything this package raises."""


class CallError(WebhooksError):
    """A call that got no intelligible answer.

    It is neither an ``OSError`` nor an urllib3 error on purpose: both libraries pass it through untouched.
    """

    code = "error"


class CallTimeout(CallError):
    """The call's wall clock ran out."""

    code = "timeout"


class ConnectionFailed(CallError):
    """No connection, or it broke: refused, reset, no such name."""

    code = "connection"


class TlsFailed(CallError):
    """The TLS handshake or the certificate was no good."""

    code = "tls"


class ReplyTooLarge(CallError):
    """The reply holds more bytes than ``MAX_REPLY_BYTES``, as sent or unpacked."""

    code = "too_large"


class BadReply(CallError):
    """What came back is not HTTP, or is packed in a way we do not read."""

    code = "bad_reply"


class BadTarget(CallError):
    """The address cannot be called at all: no host, or neither http nor https."""

    code = "bad_target"


class PoolFull(CallError):
    """Every thread that may call was taken."""

    code = "busy"


class PayloadError(WebhooksError):
    """The arguments of an event or filter cannot be rendered."""


class ReplyError(WebhooksError):
    """A reply that is not a JSON object, empty or otherwise one a webfilter may answer."""


class Skip(WebhooksError):
    """One value of a reply that cannot be taken over; the text says why, for the operator."""
