"""A filter with an exception of its own, and one whose class name openedx-filters took first."""

from __future__ import annotations

from openedx_filters.exceptions import OpenEdxFilterException
from openedx_filters.tooling import OpenEdxPublicFilter


class BookLendingRequested(OpenEdxPublicFilter):
    filter_type = "com.example.library.book.lending.requested.v1"

    class PreventLending(OpenEdxFilterException):
        """The book stays."""

    @classmethod
    def run_filter(cls, title: str, days: int):
        data = super().run_pipeline(title=title, days=days)
        return data["title"], data["days"]


class StudentLoginRequested(OpenEdxPublicFilter):
    filter_type = "com.example.library.login.requested.v1"

    @classmethod
    def run_filter(cls, url: str):
        return super().run_pipeline(url=url)["url"]


#: Set by the fixture that installs this plugin, and taken away by it.
TYPES = {filter_: filter_.filter_type for filter_ in (BookLendingRequested, StudentLoginRequested)}
for _filter in TYPES:
    _filter.filter_type = ""
