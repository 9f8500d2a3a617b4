"""The command line of customer trends: load files, build the warehouse, show what is in it."""

__version__ = "0.2.0"
