"""A receiver, as somebody else would write it: a small HTTP server that knows nothing of the platform."""
