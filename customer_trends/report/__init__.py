"""The report: every chart on one HTML page."""
