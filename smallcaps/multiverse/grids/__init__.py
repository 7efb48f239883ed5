"""The declared grids, one module a claim: which choices are defensible, and why."""
