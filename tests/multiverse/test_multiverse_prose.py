"""What curves say: shares and p's as computed, the side named rightly, and the page that sets them side by side."""

from __future__ import annotations

import numpy as np
import pytest

from smallcaps.errors import TooFewEvents
from smallcaps.multiverse import (
    HEADLINES,
    answer,
    counted,
    curve,
    overview,
    overview_title,
    placebo_title,
    pointing,
    standing_out,
)
from smallcaps.multiverse.prose import alt, subtitle, title
from smallcaps.panel import Panel
from smallcaps.snapshot import current


@pytest.fixture(scope="module")
def curves():
    return {
        claim: curve(Panel(current()), claim=claim, rng=np.random.default_rng(1), draws=99)
        for claim in ("election-83", "flows-structural")
    }


def test_sentences_carry_the_curves_numbers(curves):
    found = curves["election-83"]
    text = answer(found)
    share = f"{found.summary['share_agreeing'] * 100:.0f}\N{NARROW NO-BREAK SPACE}%"
    assert (
        f"Of {found.count:,} defensible specifications, {share} put the estimate on the claimed side of its own" in text
    )
    assert "the claimed 83\N{NARROW NO-BREAK SPACE}%" in text
    assert "Against 48 placebo calendars" in text and "smallest p that so many allow: 0.021" in text
    assert share in title(found)
    assert f"{found.count:,} estimates" in alt(found) and "58.3" in alt(found)
    assert "Clopper and Pearson" in subtitle(found)


def test_a_claim_without_a_figure_names_none_and_compares_with_zero(curves):
    text = answer(curves["flows-structural"])
    assert "side of zero" in text and "figure" not in text and "claimed the" not in text


def test_how_specifications_were_counted(curves):
    record = curves["flows-structural"].as_json()
    assert counted(record) == (
        "720 combinations declared; 180 left out, flows of several months have no single month's return to hold fixed; "
        f"{record['summary']['count']} remain"
    )
    bare = {"declared": 9, "left_out": [], "fell_together": 2, "summary": {"count": 7}}
    assert counted(bare) == "9 combinations declared; 2 that select the same events and series as another; 7 remain"


def test_side_by_side(curves):
    records = {claim: found.as_json() for claim, found in curves.items()}
    table = overview(records)
    assert list(table.index) == [claim for claim in HEADLINES if claim in records]
    row = table.loc["election-83"]
    assert row["Agree, %"] == pytest.approx(curves["election-83"].summary["share_agreeing"] * 100)
    assert (row["Placebos"], row["Smallest p"]) == (48, pytest.approx(1 / 48))
    assert np.isnan(table.loc["flows-structural", "Hold the figure, %"])
    assert (
        overview_title(table)
        == "For none of two claims do four in five reasonable specifications point the claimed way"
    )
    assert placebo_title(table.assign(**{"p, median": [0.01, 0.5]})).endswith("for one of two claims")
    assert (pointing(table), standing_out(table.assign(**{"p, median": [0.05, 0.049]}))) == (0, 1)
    assert pointing(table.assign(**{"Agree, %": [79.9, 80.0]})) == 1
    with pytest.raises(TooFewEvents, match="no chapter"):
        overview({})
