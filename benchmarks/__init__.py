"""How fast the book is built against the plain way: ratios, both sides measured in one run."""
