"""The original's address of ``flatten_dict``, which other code may import."""

from .payloads import flatten_dict

__all__ = ["flatten_dict"]
