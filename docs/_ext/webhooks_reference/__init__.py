"""The pages of the reference: one for every event and filter of the installed libraries, and one for the settings.

Text in, text out: nothing here knows Sphinx (``generated_reference.py`` does), so the tests of every release read the
same pages. Django must be set up, with a database: what a reply may change is found by trying it on real rows.
"""
