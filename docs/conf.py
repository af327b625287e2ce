"""How Sphinx builds the documentation: ``make docs``."""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

# The reference is made by running the code: on the small platform of the tests, with its database in memory.
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "_ext")]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["TEST_DATABASE"] = "sqlite"

project = "openedx-webhooks"
author = "the openedx-webhooks maintainers"
copyright = "the openedx-webhooks maintainers"  # noqa: A001  (Sphinx calls it so)
release = re.search(r'__version__ = "([^"]+)"', (ROOT / "openedx_webhooks" / "__init__.py").read_text())[1]
version = release

extensions = ["generated_reference", "sphinx_copybutton", "sphinx_design"]
exclude_patterns = ["_build", "_ext"]
nitpicky = True

html_static_path = ["_static"]
html_css_files = ["narrow.css"]
html_theme = "sphinx_book_theme"
html_title = f"openedx-webhooks {release}"
html_theme_options = {
    "repository_url": "https://github.com/aulasneo/openedx-webhooks",
    "repository_branch": "main",
    "path_to_docs": "docs",
    "use_repository_button": True,
    "use_issues_button": True,
    "use_edit_page_button": True,
    "home_page_in_toc": True,
}
