"""The scale of verdicts: the nine words, and which of them grade nothing."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """The scale; no other word is a verdict."""

    SUPPORTED = "supported"
    UNINFORMATIVE = "supported but uninformative"
    PARTLY = "partly supported"
    NOT_SUPPORTED = "not supported"
    CONTRADICTED = "contradicted"
    UNDERPOWERED = "underpowered"
    NOT_TESTABLE = "not testable"
    PENDING = "pending"
    OUTSIDE = "outside this edition"


UNGRADED = (Verdict.NOT_TESTABLE, Verdict.PENDING, Verdict.OUTSIDE)
