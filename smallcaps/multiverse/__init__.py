"""The multiverse: every defensible way to measure a headline claim, all at once, against placebos."""

from __future__ import annotations

from smallcaps.multiverse.curve import Curve
from smallcaps.multiverse.headline import HEADLINES, curve
from smallcaps.multiverse.overview import MOST, overview, overview_title, placebo_title, pointing, standing_out
from smallcaps.multiverse.prose import answer, counted

__all__ = [
    "HEADLINES",
    "MOST",
    "Curve",
    "answer",
    "counted",
    "curve",
    "overview",
    "overview_title",
    "placebo_title",
    "pointing",
    "standing_out",
]
