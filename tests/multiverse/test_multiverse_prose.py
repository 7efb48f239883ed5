"""What curves say: shares and p's as computed, the side named rightly, and the page that sets them side by side."""

from __future__ import annotations

from dataclasses import replace

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
    assert "computed for 48 placebo calendars, which shift all elections" in text
    assert "the smallest p that so many allow is 0.021" in text
    assert f"The choice that matters most is the one under *{found.telling()}*: the median runs from" in text
    assert share in title(found)
    assert f"{found.count:,} estimates" in alt(found) and "58.3" in alt(found)
    assert "Clopper and Pearson" in subtitle(found)


def test_a_claim_without_a_figure_names_none_and_compares_with_zero(curves):
    text = answer(curves["flows-structural"])
    assert "side of zero" in text and "figure" not in text and "claimed the" not in text


def test_a_joint_p_is_told_as_the_share_of_calendars_that_it_is(curves):
    found = curves["election-83"]

    def told(claim=found, **ps):
        chances = {"p_share_agreeing": 0.55, "p_median": 0.65, "p_median_opposite": 0.35, **ps}
        return answer(replace(claim, joint=replace(claim.joint, **chances))).replace("\N{NARROW NO-BREAK SPACE}", " ")

    assert (
        "With the real one counted, as large a share came up in 55 % of them (p = 0.55), as large a median in 65 % "
        "(p = 0.65) and as many intervals that hold the figure in 32 % (p = 0.32); the smallest p that so many allow "
        "is 0.021. The choice" in told(p_share_holding=0.32)
    )
    rare = told(p_share_agreeing=0.0996, p_median=0.0004, p_share_holding=0.0321, smallest_p=1 / 1001)
    assert "came up in 10.0 % of them (p = 0.100), as large a median in fewer than 0.1 % (p < 0.001) and" in rare
    assert "in 3.2 % (p = 0.032); the smallest p that so many allow is below 0.001. The choice" in rare
    assert "0.001. In the other direction, as low a median came up in 1.2 % (p = 0.012). The choice" in told(
        p_median_opposite=0.012, smallest_p=1 / 1001
    )
    falling = told(replace(curves["flows-structural"], direction="negative"), p_median=1.0, p_median_opposite=0.0004)
    assert "in 55 % of them (p = 0.55) and as low a median in 100 % (p = 1.00); the smallest" in falling
    assert "as high a median came up in fewer than 0.1 % (p < 0.001). The choice" in falling


def test_how_specifications_were_counted(curves):
    record = curves["flows-structural"].as_json()
    assert counted(record) == (
        "720 combinations declared; 180 left out (flows of several months have no single month's return to hold fixed)"
        f"; {record['summary']['count']} remain"
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
