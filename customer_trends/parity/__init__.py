"""Write core and marts as canonical text, and compare two such dumps."""
