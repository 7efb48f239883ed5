"""Levels, decades and ratios of the value chapter, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.panel import Panel
from smallcaps.returns import ReturnSeries
from smallcaps.snapshot import current
from smallcaps.studies import value_history as study


class Steady:
    """A panel in which each series earns the same every month."""

    def __init__(self, rates, *, start="2000-01", months=48):
        self.index = pd.period_range(start, periods=months, freq="M")
        self.rates = rates

    def returns(self, name: str) -> ReturnSeries:
        return ReturnSeries(name, name, "total", pd.Series(self.rates[name], index=self.index), ("a_table",))


FOUR = {"six:small_hibm": 0.02, "six:small_lobm": 0.0, "six:big_hibm": 0.01, "six:big_lobm": -0.01}


def test_wealth_and_summary_by_hand():
    levels = study.wealth(Steady(FOUR))
    assert len(levels) == 49
    assert levels.iloc[0].tolist() == [1, 1, 1, 1]
    table = study.summary(levels)
    assert table.loc["six:small_hibm", "Return a year, %"] == pytest.approx((1.02**12 - 1) * 100)
    assert table.loc["six:big_lobm", "Deepest drawdown, %"] == pytest.approx((0.99**48 - 1) * 100)
    assert table.loc["six:big_hibm", "One dollar became, USD"] == pytest.approx(1.01**48)
    assert table["Volatility a year, %"].tolist() == pytest.approx([0, 0, 0, 0], abs=1e-9)


def test_decades_need_half_their_months():
    found = study.by_decade(Steady(FOUR, start="1994-01", months=12 * 6 + 60))
    assert found.index.tolist() == ["1994–99", "2000–04"]
    assert found.iloc[0] == pytest.approx((1.02**12 - 0.99**12) * 100)
    assert study.by_decade(Steady(FOUR, start="1990-01", months=120)).index.tolist() == ["1990s"]
    with pytest.raises(TooFewEvents, match="59 months"):
        study.by_decade(Steady(FOUR, start="2000-01", months=59))


def test_share_of_windows():
    panel = Steady(FOUR)
    assert study.share_of_windows(panel, value="six:small_hibm", growth="six:big_lobm") == 100
    assert study.share_of_windows(panel, value="six:big_lobm", growth="six:small_hibm") == 0


def test_funds_and_portfolios_begin_at_100():
    rates = {"iwn": 0.02, "iwo": 0.01, "six:small_hibm": 0.03, "six:small_lobm": 0.0}
    found = study.funds_against_portfolios(Steady(rates))
    assert found.iloc[0].tolist() == [100, 100]
    assert found.iloc[-1].tolist() == pytest.approx([100 * (1.02 / 1.01) ** 48, 100 * 1.03**48])


def test_too_short():
    with pytest.raises(TooFewEvents, match="35 months of the four portfolios; at least 36"):
        study.wealth(Steady(FOUR, months=35))
    with pytest.raises(NotCovered):
        study.funds_against_portfolios(Panel(current(), end=pd.Period("1999-12", freq="M")))


def test_the_funds_on_the_snapshot_begin_with_august_2000():
    assert str(study.funds_against_portfolios(Panel(current())).index[0]) == "2000-07"
