"""Who leads: the dating by hand and against its definition, no look ahead, and August 2025 on the snapshot."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import month, panel

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.returns import ReturnSeries
from smallcaps.snapshot import current
from smallcaps.studies import value_rotation as study
from smallcaps.studies.value_rotation import GROWTH, VALUE
from smallcaps.words import THIN


class Legs:
    """A panel of returns alone: relative wealth follows `path` (multiples, from 1), big growth stands still."""

    def __init__(self, path, *, start: str = "2025-01"):
        index = pd.period_range(start, periods=len(path), freq="M")
        levels = np.array([1.0, *path])
        self.series = {
            "six:small_hibm": pd.Series(levels[1:] / levels[:-1] - 1, index=index),
            "six:big_lobm": pd.Series(np.zeros(len(path)), index=index),
        }

    def returns(self, name: str) -> ReturnSeries:
        return ReturnSeries(name, name, "total", self.series[name], ("a_table",))


# Drawdown dating

PATH = [1.10, 1.20, 1.15, 1.05, 0.95, 0.90, 0.95, 1.10, 1.13, 1.20, 1.50, 1.30]  # January to December 2025


def test_turns_by_hand():
    """From 1.20 (February) 20 % down is 0.96: seen in May. From 0.90 (June) 25 % up is 1.125: seen in September."""
    found = study.regimes(Legs(PATH), fall=20.0)
    rows = [
        (row["leader"], str(row["since"]), str(row["known"]), str(row["until"])) for _, row in found.turns.iterrows()
    ]
    assert rows == [(GROWTH, "2025-02", "2025-05", "2025-06"), (VALUE, "2025-06", "2025-09", "2025-12")]
    assert found.turns["months"].tolist() == [4, 6]
    assert found.turns["gain"].tolist() == pytest.approx([(1.20 / 0.90 - 1) * 100, (1.30 / 0.90 - 1) * 100])
    assert found.needed == pytest.approx(25)
    assert found.peak == month("2025-11")


def test_other_legs_are_dated_by_the_same_rule():
    legs = Legs(PATH)
    legs.series["own:mine"] = legs.series["six:small_hibm"]
    legs.series["six:small_hibm"] = legs.series["six:big_lobm"]
    rng = np.random.default_rng(1)
    mine = ("own:mine", "six:big_lobm")
    assert study.regimes(legs, fall=20.0, legs=mine).turns.equals(study.regimes(Legs(PATH), fall=20.0).turns)
    assert study.by_fall(legs, falls=(20.0,), legs=mine).equals(study.by_fall(Legs(PATH), falls=(20.0,)))
    with pytest.raises(TooFewEvents, match="no fall of 20 percent"):
        study.regimes(legs, fall=20.0)
    with pytest.raises(TooFewEvents, match="regimes of small value"):
        study.after_known(legs, fall=20.0, legs=mine, rng=rng)


def test_leaders_known_and_with_hindsight():
    found = study.regimes(Legs(PATH), fall=20.0)
    with pytest.raises(NotCovered, match="no leader is known for 2025-04"):
        found.leader(month("2025-04"))
    assert [found.leader(month(m)) for m in ("2025-05", "2025-08", "2025-09")] == [GROWTH, GROWTH, VALUE]
    assert [found.dated(month(m)) for m in ("2025-03", "2025-06", "2025-07", "2025-12")] == [
        GROWTH,
        GROWTH,
        VALUE,
        VALUE,
    ]
    with pytest.raises(NotCovered, match="no regime is dated for 2025-02"):
        found.dated(month("2025-02"))
    assert found.spans(GROWTH) == ((month("2025-03"), month("2025-06")),)


def test_retreat_by_hand():
    """In August big growth is 0.90 / 1.10 of its best; in December small value 1.30 / 1.50 of its own."""
    retreat = study.regimes(Legs(PATH), fall=20.0).retreat
    assert retreat["2025-06"] == pytest.approx(0)
    assert retreat["2025-08"] == pytest.approx((1 - 0.90 / 1.10) * 100)
    assert retreat["2025-12"] == pytest.approx((1 - 1.30 / 1.50) * 100)
    assert retreat[:"2025-04"].isna().all()


def test_a_fall_just_short_is_no_turn():
    with pytest.raises(TooFewEvents, match="no fall of 20 percent"):
        study.regimes(Legs([1.2, 1.2 * 0.801, 1.1]), fall=20.0)
    assert len(study.regimes(Legs([1.2, 1.2 * 0.799, 1.1]), fall=20.0).turns) == 1


walks = st.lists(st.floats(-0.2, 0.2), min_size=5, max_size=80).map(
    lambda steps: pd.Series(
        np.cumsum([0.0, *steps]), index=pd.period_range("2000-01", periods=len(steps) + 1, freq="M")
    )
)


@given(walks)
@settings(max_examples=60, deadline=None)
def test_the_dating_never_looks_ahead_and_knows_no_sides(wealth):
    turns, known, _ = study._dated(wealth, threshold=0.2)
    half = len(wealth) // 2
    early, known_early, _ = study._dated(wealth.iloc[:half], threshold=0.2)
    assert known_early == known[:half]
    assert early == turns[: len(early)]
    swapped, _, _ = study._dated(-wealth, threshold=0.2)
    other = {VALUE: GROWTH, GROWTH: VALUE}
    assert [(other[leader], *when) for leader, *when in swapped] == turns


@given(walks)
@settings(max_examples=60, deadline=None)
def test_turns_are_what_the_rule_says(wealth):
    turns, _, _ = study._dated(wealth, threshold=0.2)
    assert all(first[0] != second[0] for first, second in pairwise(turns))
    begin = wealth.index[0]
    for leader, since, seen in turns:
        score = -wealth if leader == VALUE else wealth  # of the side that lost the lead
        assert score[since] == score.loc[begin:seen].max()
        fall = score[since] - score.loc[since:seen]  # subtracted as the rule does: a fall may end right on its bound
        assert fall.iloc[-1] >= 0.2
        assert (fall.iloc[:-1] < 0.2).all()
        begin = seen


def test_evidence_is_the_leader_known_in_august():
    assert study.regimes(Legs(PATH), fall=20.0).evidence().holds is False
    early = [1.3, 1.0, 0.9, 1.2, 1.3, 1.3, 1.3, 1.3]
    assert study.regimes(Legs(early), fall=20.0).evidence().holds is True
    with pytest.raises(NotCovered):
        study.regimes(Legs(early, start="2020-01"), fall=20.0).evidence()


def test_other_falls_leave_out_what_dates_nothing():
    table = study.by_fall(Legs(PATH), falls=(10.0, 20.0, 45.0))
    assert table.index.tolist() == [f"10{THIN}%", f"20{THIN}%"]
    with pytest.raises(NotCovered, match="no fall of 45 to 45 percent"):
        study.by_fall(Legs(PATH), falls=(45.0,))


def test_what_follows_a_dated_turn_needs_enough_of_them():
    with pytest.raises(TooFewEvents, match="regimes of small value"):
        study.after_known(Legs(PATH), fall=20.0, rng=np.random.default_rng(1))


def test_windows_after_a_turn_begin_when_it_is_known():
    found = study.after_known(panel(), fall=20.0, rng=np.random.default_rng(1))
    turns = study.regimes(panel(), fall=20.0).turns
    assert found.table["base"].tolist() == turns.loc[turns["leader"] == VALUE, "known"].tolist()[: found.n]


# August 2025


def test_august_on_the_snapshot():
    found = study.august_style(panel())
    assert found.legs.round(4).to_dict() == {
        "VTV": 3.4907,
        "VUG": 0.7557,
        "IWN": 8.5292,
        "IWO": 6.0486,
        "small value": 9.2436,
        "small growth": 5.7838,
    }
    assert found.gaps[study.FACTOR] == pytest.approx(4.46)
    assert found.evidence().holds is True


def test_cumulated_gaps_compound_each_leg_first():
    found = study.august_style(panel(end="2025-10"))
    etf = current().table("etf_total_returns").frame.loc["2025-08":"2025-10", ["IWN", "IWO"]]
    legs = (1 + etf / 100).prod() - 1
    assert found.cumulated["IWN minus IWO"].iloc[-1] == pytest.approx((legs["IWN"] - legs["IWO"]) * 100)
    assert found.cumulated.iloc[0].tolist() == [0, 0, 0, 0]
    assert str(found.cumulated.index[0]) == "2025-07"
    assert found.monthly.shape == (3, 4)


def test_august_has_to_lie_in_the_window():
    for bounds in ({"end": "2025-07"}, {"start": "2025-09"}):
        with pytest.raises(NotCovered):
            study.august_style(panel(**bounds))


def test_one_comparison_that_growth_won_contradicts():
    found = study.august_style(panel())
    monthly = found.monthly.copy()
    monthly.loc[study.AUGUST, "VTV minus VUG"] = -0.1
    lost = study.August(found.legs, monthly, found.cumulated, found.factor_share).evidence()
    assert lost.holds is False
    assert "VTV minus VUG" in lost.why


def test_the_value_factor_is_made_of_the_six_portfolios():
    """HML = mean of small and big value minus mean of small and big growth (French), to his rounding, to 2023-06."""
    six = current().table("ff_6_portfolios").frame
    made = (six["small_hibm"] + six["big_hibm"] - six["small_lobm"] - six["big_lobm"]) / 2
    difference = (made - current().table("ff_factors").frame["HML"]).loc[:"2023-06"]
    assert difference.abs().max() < 0.011
