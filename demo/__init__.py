"""The plugin at work on one machine: ``make demo``."""
