"""The errors of the project: one line each, naming the thing, its value and what is allowed."""

from __future__ import annotations

__all__ = [
    "BuildError",
    "DataError",
    "InputError",
    "NotCovered",
    "ReturnKindError",
    "SmallCapsError",
    "TooFewEvents",
]


class SmallCapsError(Exception):
    """Any error with a message meant for the person who made the call; the command line prints it alone."""


class InputError(SmallCapsError):
    """A parameter, a date or an argument that is not allowed."""


class DataError(SmallCapsError):
    """A table that is missing, altered, or not what the catalog promises."""


class ReturnKindError(SmallCapsError):
    """A price return and a total return met in one difference."""


class NotCovered(SmallCapsError):
    """No table that the study needs covers any month of the window."""


class TooFewEvents(SmallCapsError):
    """The window holds fewer events than the test can use."""


class BuildError(SmallCapsError):
    """A notebook, a page or the site could not be made; the site that stood before still stands."""
