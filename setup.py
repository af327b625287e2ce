"""Package metadata.

A ``setup.py``, because the images of Ulmo build sources with setuptools 69.1.1, which refuses the licence of a newer
``[project]`` table; ``pyproject.toml`` names the build system and configures the tools.
"""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent


def version() -> str:
    """``openedx_webhooks.__version__``, read as text: importing it would need what is being installed."""
    source = (ROOT / "openedx_webhooks" / "__init__.py").read_text(encoding="utf-8")
    match = re.search(r'^__version__ = "([^"]+)"$', source, re.MULTILINE)
    if match is None:
        raise RuntimeError("openedx_webhooks/__init__.py has no __version__.")
    return match[1]


setup(
    name="openedx-webhooks",
    version=version(),
    description="Webhooks and webfilters for Open edX: HTTP calls on its events and inside its filters.",
    long_description=(ROOT / "README.rst").read_text(encoding="utf-8"),
    long_description_content_type="text/x-rst",
    author="The openedx-webhooks maintainers",
    url="https://github.com/aulasneo/openedx-webhooks",
    project_urls={
        "Source": "https://github.com/aulasneo/openedx-webhooks",
        "Issues": "https://github.com/aulasneo/openedx-webhooks/issues",
        "Changelog": "https://github.com/aulasneo/openedx-webhooks/blob/main/CHANGELOG.rst",
    },
    license="AGPL-3.0",
    license_files=["LICENSE.txt"],
    packages=find_packages(include=["openedx_webhooks", "openedx_webhooks.*"]),
    package_data={"openedx_webhooks": ["py.typed", "templates/**/*", "static/**/*", "locale/**/*"]},
    zip_safe=False,
    python_requires=">=3.11",
    # Nothing constrains what is installed beside the platform, so a bound here would up- or downgrade the platform
    # itself. Each is one that every supported release satisfies: the versions of Redwood, and no upper bounds.
    install_requires=[
        "attrs>=23",
        "Django>=4.2",
        "django-model-utils>=4.3",
        "edx-opaque-keys>=2.9.0",
        "openedx-events>=9.10.0",
        "openedx-filters>=1.8.1",
        "requests>=2.31",
    ],
    entry_points={
        "lms.djangoapp": ["webhooks = openedx_webhooks.apps:WebhooksConfig"],
        "cms.djangoapp": ["webhooks = openedx_webhooks.apps:WebhooksConfig"],
    },
    keywords="Open edX, openedx, webhooks, hooks, events, filters, Django",
    classifiers=[
        "Development Status :: 5 - Production/Stable",
        "Environment :: Web Environment",
        "Framework :: Django",
        "Framework :: Django :: 4.2",
        "Framework :: Django :: 5.2",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        "Natural Language :: English",
        "Operating System :: POSIX",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Topic :: Internet :: WWW/HTTP",
        "Typing :: Typed",
    ],
)
