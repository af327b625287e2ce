"""The Sphinx side of the generated reference: writes its pages before Sphinx looks for sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)

GENERATED = ("reference/events/", "reference/filters/", "reference/settings")


def generate(app: Sphinx) -> None:
    """Write the pages that have changed into ``reference/``; needs ``DJANGO_SETTINGS_MODULE``."""
    from webhooks_reference.pages import write

    written = write(Path(app.srcdir) / "reference")
    log.info("generated reference: %s pages written", len(written))


def without_source(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """A generated page is in no repository: nobody can edit it there."""
    if pagename.startswith(GENERATED):
        context.pop("page_source_suffix", None)


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx calls this: https://www.sphinx-doc.org/en/master/extdev/."""
    django.setup()
    call_command("migrate", verbosity=0)
    app.connect("builder-inited", generate)
    app.connect("html-page-context", without_source)  # before the theme's own, which makes the buttons
    return {"parallel_read_safe": True, "parallel_write_safe": True}
