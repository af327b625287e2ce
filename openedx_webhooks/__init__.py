"""Webhooks and webfilters for Open edX: HTTP calls on its events and inside its filters."""

__version__ = "23.0.0"
