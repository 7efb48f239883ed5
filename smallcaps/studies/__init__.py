"""The tests of the claims: pure functions from a panel and a specification to a frozen result, one module a theme."""
