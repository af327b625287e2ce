"""Settings of the production stage: a YAML file may just have replaced what the common stage set up."""

from __future__ import annotations

from .common import plugin_settings

__all__ = ["plugin_settings"]
