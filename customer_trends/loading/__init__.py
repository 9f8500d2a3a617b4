"""Read files of people into raw tables."""
