"""The errors of a refresh: one line each, naming the publisher, what it answered and what is allowed."""

from __future__ import annotations

from smallcaps.errors import SmallCapsError

__all__ = ["RefreshRefusedError", "SourceError"]


class SourceError(SmallCapsError):
    """A publisher that cannot be reached, or whose answer is not what it promises. Nothing was written."""


class RefreshRefusedError(SmallCapsError):
    """Answers that read well but look wrong beside the snapshot, or a folder that cannot be written. Nothing was."""
