"""What the methods page says of this edition: how far an exact test of few events can get among many claims."""

from __future__ import annotations

import math

from smallcaps.book.results import Results
from smallcaps.case import ALPHA
from smallcaps.multiverse import placebo
from smallcaps.multiverse.headline import HEADLINES
from smallcaps.studies.election_cycles import TERM
from smallcaps.words import in_words, number, p_value

__all__ = ["FEW", "HEADLINES", "TERM", "few_events_among_many", "needed", "placebo"]

FEW = "rates-first-cut-gap"  # the claim with the exact test of the fewest events


def few_events_among_many(results: Results) -> str:
    """What the correction leaves to the exact test of FEW, in sentences; "" where this edition did not make it."""
    tested = [result for result in results.claims.values() if result.p_adjusted is not None]
    claim = results.claims.get(FEW)
    if claim is None or claim.p_adjusted is None:
        return ""
    n, count = claim.evidence.n, len(tested)
    patterns, least = number(2**n, 0), 0.5**n

    def corrected(p: float) -> str:
        return p_value(min(1.0, count * p))

    said = (
        f"{in_words(count).capitalize()} claims have one here. An exact test of {in_words(n)} events, as that of the "
        f"first cuts, knows {patterns} patterns of signs, so its p in one direction is 1/{patterns} ({p_value(least)}) "
        f"at the least; times {in_words(count)}, as a lone small p is corrected, {corrected(least)}. "
    )
    others = needed(least, count=count) - 1
    if others:
        return said + (
            f"So it cannot get below {ALPHA} by itself: at least {in_words(others)} other "
            f"claim{' has' if others == 1 else 's have'} to have a p about as small."
        )
    if needed(2 * least, count=count) > 1:
        return said + (
            f"So it stays below {ALPHA} by itself only if all {in_words(n)} events point the claimed way; the next "
            f"best pattern, with p = 2/{patterns}, comes to {corrected(2 * least)}."
        )
    return said + f"So it can stay below {ALPHA} by itself, also if not all events point the claimed way."


def needed(p: float, *, count: int) -> int:
    """How many of `count` p-values have to be as small as `p` for Benjamini and Hochberg's to be below ALPHA."""
    return math.floor(count * p / ALPHA) + 1
