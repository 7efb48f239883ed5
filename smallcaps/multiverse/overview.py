"""The recorded curves of several claims side by side, as the robustness page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from smallcaps.errors import TooFewEvents
from smallcaps.multiverse.headline import HEADLINES
from smallcaps.words import in_words

NAMES = {
    "rates-first-cut-gap": "After the first cut",
    "rates-sensitivity": "When rates fall",
    "election-83": "After elections",
    "momentum-breakout": "After a breakout",
    "value-spread-pays": "After wide gaps",
    "flows-structural": "After inflows",
}
MOST = 0.8  # the share from which the rule for confidence counts the specifications as agreeing


def overview(curves: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """A row a recorded curve, by claim id: name, unit, count, shares in percent, median, joint p's, placebos.

    TooFewEvents where no chapter recorded a curve.
    """
    rows = {}
    for claim in HEADLINES:
        if claim not in curves:
            continue
        found, joint = curves[claim]["summary"], curves[claim]["joint"]
        held = found["share_holding_figure"]
        rows[claim] = {
            "Claim": NAMES[claim],
            "Unit": curves[claim]["unit"],
            "Specifications": found["count"],
            "Agree, %": found["share_agreeing"] * 100,
            "p, agree": joint["p_share_agreeing"],
            "Median": found["median"],
            "p, median": joint["p_median"],
            "Hold the figure, %": None if held is None else held * 100,
            "p, hold": joint["p_share_holding"],
            "Placebos": joint["placebos"],
            "Smallest p": joint["smallest_p"],
        }
    if not rows:
        raise TooFewEvents("no chapter of this edition has a specification curve")
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("id")
    held = ["Hold the figure, %", "p, hold"]
    return frame.astype(dict.fromkeys(held, float))


def pointing(table: pd.DataFrame) -> int:
    """For how many claims at least four in five specifications point the claimed way."""
    return int((table["Agree, %"] >= MOST * 100).sum())


def standing_out(table: pd.DataFrame) -> int:
    """For how many claims the real median stands out among those of placebo calendars, the claimed way (p < 0.05)."""
    return int((table["p, median"] < 0.05).sum())


def overview_title(table: pd.DataFrame) -> str:
    """The takeaway of the curves: for how many claims most specifications point the claimed way."""
    most = pointing(table)
    said = f"For {in_words(most)}" if most else "For none"
    return f"{said} of {in_words(len(table))} claims do four in five reasonable specifications point the claimed way"


def placebo_title(table: pd.DataFrame) -> str:
    """The takeaway of the placebos: how many real medians stand out in the claimed direction."""
    clear = standing_out(table)
    said = in_words(clear) if clear else "none"
    return f"Real dates stand out among placebo calendars, the claimed way, for {said} of {in_words(len(table))} claims"
