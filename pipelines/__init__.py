"""Lasting Homes: a monitoring warehouse for joint care-leaver housing protocols."""

__version__ = "0.1.0"
