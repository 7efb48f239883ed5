"""Runs of elections that give a claimed share, counted again by plain loops."""

from __future__ import annotations

import pandas as pd
import pytest
from own_data import write_table
from panels import panel
from scipy.stats import binom

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.pairs import OwnPair
from smallcaps.panel import Panel
from smallcaps.returns import window_gap
from smallcaps.snapshot import current
from smallcaps.studies.election_runs import BASES, ElectionRuns, election_runs, figure_counts


@pytest.fixture(scope="module")
def found() -> ElectionRuns:
    return election_runs(panel())


def test_only_these_counts_round_to_83():
    counts = {n: wins for n in range(1, 26) if (wins := figure_counts(n, claimed=83))}
    assert counts == {6: [5], 12: [10], 18: [15], 23: [19], 24: [20]}


def test_halves_round_up():
    assert figure_counts(8, claimed=63) == [5]  # 62.5
    assert figure_counts(8, claimed=62) == []


def test_runs_are_those_of_a_plain_count(found):
    expected = set()
    for pair in ("price", "total", "french"):
        gap = window_gap(*panel().pair(pair), horizon=12)
        for base, later in BASES.items():
            years = [y for y in range(1928, 2025, 4) if pd.Period(f"{y}-10", freq="M") + later in gap.index]
            won = [gap[pd.Period(f"{y}-10", freq="M") + later] > 0 for y in years]
            for first in range(len(years)):
                for last in range(first, len(years)):
                    part = won[first : last + 1]
                    if f"{100 * sum(part) / len(part):.0f}" == "83":
                        expected.add((pair, base, str(years[first]), str(years[last])))
    assert {(run.pair, run.base, run.first, run.last) for run in found.found.itertuples()} == expected


def test_the_first_calendar_is_the_real_one(found):
    assert found.placebo.loc[0].tolist() == [len(found.runs), len(found.found)]
    assert found.placebo.index.tolist() == list(range(48))


def test_a_shifted_calendar_by_hand(found):
    """All dates 24 months later, by pair and base month, counted without the library's phases."""
    gives = 0
    for pair in ("price", "total", "french"):
        gap = window_gap(*panel().pair(pair), horizon=12)
        for later in BASES.values():
            bases = [pd.Period(f"{year}-10", freq="M") + later for year in range(1926, 2027, 4)]
            won = [gap[base] > 0 for base in bases if base in gap.index]
            for n in (6, 12, 18, 23, 24):
                gives += sum(round(100 * sum(won[i : i + n]) / n) == 83 for i in range(len(won) - n + 1))
    assert found.placebo.loc[24, "gives"] == gives


def test_p_and_chance_follow_from_the_placebo(found):
    gives = found.placebo["gives"]
    assert found.p == pytest.approx((gives >= gives[0]).mean())
    assert found.chance == pytest.approx(gives[1:].mean())
    assert found.smallest_p == pytest.approx(1 / 48)


def test_the_expected_number_is_a_sum_of_binomials(found):
    total = 0.0
    for pair, runs in found.runs.groupby("pair"):
        share = float((window_gap(*panel().pair(pair), horizon=12) > 0).mean())
        total += sum(binom.pmf(figure_counts(n, claimed=83)[0], n, share) for n in runs["length"])
    assert found.expected == pytest.approx(total)


def test_newest_runs_end_with_the_election_of_2020(found):
    newest = found.runs[found.runs["newest"]]
    assert set(newest.loc[newest["base"] == "October", "last"]) == {"2020"}  # the year after 2024 ends in October 2025


def test_one_election_more(found):
    run = pd.Series({"pair": "price", "base": "October", "first": "2000", "last": "2020"})
    row = found.wins.loc[("price", "October")]
    longer = found.extended(run)
    assert longer["earlier"] == (int(row["1996":"2020"].sum()), 7)
    assert longer["later"] == (int(row["2000":"2024"].sum()), 7)
    assert "earlier" not in found.extended(pd.Series({**run, "first": "1980"}))


def test_pairs_that_the_window_does_not_reach_are_left_out():
    assert set(election_runs(panel(end="1960-12")).runs["pair"]) == {"french"}


def test_too_few_elections_for_any_run():
    with pytest.raises(TooFewEvents, match="elections in the window; at least 6 can give 83 %"):
        election_runs(panel("1990-01", "2005-12"))


def test_no_election_known():
    with pytest.raises(NotCovered, match="no presidential election before the end of the window"):
        election_runs(panel(end="1928-09"))


def test_an_own_pair_is_one_more(tmp_path, monkeypatch):
    write_table(tmp_path, "mine", kind="price", seed=3)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    found = election_runs(Panel(current(), own=OwnPair(small="own:mine")))
    assert list(dict.fromkeys(found.wins.index.get_level_values("pair"))) == ["price", "total", "french", "own"]
    book = election_runs(panel())
    assert found.wins.loc[["price", "total", "french"]].equals(book.wins.reindex(columns=found.wins.columns))
