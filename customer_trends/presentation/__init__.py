"""How words, numbers and dates look to people."""
