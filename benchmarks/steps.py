"""A pipeline step to compare ours with."""

from __future__ import annotations

from typing import Any

from openedx_filters.filters import PipelineStep


class NoOpStep(PipelineStep):
    """The cheapest step there is."""

    def run_filter(self, **kwargs: Any) -> dict[str, Any]:
        """Change nothing."""
        return {}
