"""A Tableau workbook and its extract."""
