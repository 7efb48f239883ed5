"""The value spread: percentiles of its own past only, known in June, met by returns from July."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smallcaps.errors import NotCovered, ReturnKindError, TooFewEvents
from smallcaps.panel import Panel
from smallcaps.returns import ReturnSeries
from smallcaps.snapshot import current
from smallcaps.studies import value_spread as study


def month(text: str) -> pd.Period:
    return pd.Period(text, freq="M")


class Made:
    """A panel of spreads (80th over 20th percentile) by year from 1950 and monthly returns of value; growth earns 0."""

    def __init__(self, ratios, monthly=None, *, start=None, end=None, growth_kind="total"):
        years = pd.period_range("1950", periods=len(ratios), freq=pd.offsets.YearEnd(), name="year")
        self.table = pd.DataFrame({"p80": ratios, "p20": 1.0}, index=years)
        self.monthly = monthly
        self.start, self.end = (month(m) if m else None for m in (start, end))
        self.growth_kind = growth_kind

    def history(self, _table: str) -> pd.DataFrame:
        return self.table

    def returns(self, name: str) -> ReturnSeries:
        value = name == "six:small_hibm"
        values = self.monthly if value else self.monthly * 0.0
        return ReturnSeries(name, name, "total" if value else self.growth_kind, values, ("a_table",))


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


RATIOS = [1.5, 2.0, 1.2, 1.8, 2.5, 1.1, 1.4, 1.9, 2.2, 1.6, 2.1, 3.0, 1.0]  # 1950 to 1962


def test_percentile_and_deviation_by_hand():
    found = study.value_spread(Made(RATIOS))
    assert [period.year for period in found.index] == [1960, 1961, 1962]
    assert found["ratio"].tolist() == pytest.approx([2.1, 3.0, 1.0])
    assert found["percentile"].tolist() == pytest.approx([80, 100, 0])  # 8 of 10 earlier years; all; none
    logs = np.log(RATIOS[:11])
    assert found["sd"].iloc[0] == pytest.approx((logs[-1] - logs.mean()) / logs.std(ddof=1))


def test_later_years_change_nothing():
    pd.testing.assert_frame_equal(study.value_spread(Made(RATIOS)).iloc[:2], study.value_spread(Made(RATIOS[:12])))


def test_a_row_is_known_in_june_and_used_from_july():
    def years(**bounds):
        return [period.year for period in study.value_spread(Made(RATIOS, **bounds)).index]

    assert years(end="1961-05") == [1960]
    assert years(end="1961-06") == [1960, 1961]
    assert years(start="1961-07") == [1961, 1962]
    assert years(start="1961-08") == [1962]
    with pytest.raises(NotCovered, match="known from June of 1960 to June of 1962"):
        years(start="1962-08")
    with pytest.raises(TooFewEvents, match="10 years of book-to-market"):
        study.value_spread(Made(RATIOS[:10]))


def monthly(by_year: dict[int, float], *, first: str) -> pd.Series:
    """Monthly simple returns whose log return from July t to June t+1 is by_year[t]."""
    last = max(by_year) + 1
    index = pd.period_range(first, f"{last}-06", freq="M")
    return pd.Series([np.expm1(by_year[(m - 6).year] / 12) for m in index], index=index)


def test_years_to_june_are_whole():
    values = monthly({1959: 0.05, 1960: 0.12, 1961: -0.24}, first="1960-01")
    found = study.years_to_june(Made(RATIOS, values), value="six:small_hibm", growth="six:small_lobm")
    assert {period.year: value for period, value in found.items()} == pytest.approx({1961: 0.12, 1962: -0.24})


def test_value_and_growth_are_of_one_kind():
    made = Made(RATIOS, monthly({1960: 0.1}, first="1960-07"), growth_kind="price")
    with pytest.raises(ReturnKindError):
        study.years_to_june(made, value="six:small_hibm", growth="six:small_lobm")


@pytest.fixture(scope="module")
def long() -> Made:
    """Forty spreads, and returns of the year after each that are 3 % for one standard deviation, with little noise."""
    draw = np.random.default_rng(7)
    ratios = np.exp(1 + 0.2 * draw.standard_normal(50))
    sd = study.value_spread(Made(ratios))["sd"]
    by_year = {period.year: 0.01 + 0.03 * value + 1e-4 * draw.standard_normal() for period, value in sd.items()}
    return Made(ratios, monthly(by_year, first="1960-07"))


def test_the_spread_of_june_meets_the_returns_from_july(long):
    found = study.spread_pays(long, horizon=1, rng=rng())
    assert found.slope == pytest.approx(3, abs=0.02)
    assert found.greater.p < 0.01 < 0.9 < found.p_less
    assert found.n == found.independent == 39
    assert found.windows["after"].iloc[0] == pytest.approx(1 + 3 * found.windows["sd"].iloc[0], abs=0.05)


def test_longer_windows_by_hand(long):
    found = study.spread_pays(long, horizon=5, rng=rng())
    annual = study.years_to_june(long, value="six:small_hibm", growth="six:small_lobm")
    assert found.windows["after"].iloc[0] == pytest.approx(annual.iloc[:5].sum() / 5 * 100)
    assert found.n == len(annual) - 5 == 35
    assert found.independent == 39 // 5
    slope = np.polyfit(found.windows["sd"], found.windows["after"], 1)[0]
    assert found.slope == pytest.approx(slope)
    assert found.hodrick.params["predictor"] / 5 * 100 == pytest.approx(slope)
    assert found.hansen_hodrick.params["predictor"] / 5 * 100 == pytest.approx(slope)
    assert found.base_rate == pytest.approx(found.windows["after"].mean())
    wide = found.windows["percentile"] >= 80
    assert found.wide.estimate == pytest.approx(found.windows.loc[wide, "after"].mean())
    low, high = found.interval
    assert found.minimum_detectable_effect == pytest.approx((high - low) / 2 * 2.8016 / 1.96, rel=1e-3)


def test_evidence_counts_independent_windows(long):
    evidence = study.spread_pays(long, horizon=5, rng=rng()).evidence()
    assert (evidence.n, evidence.base_rate, evidence.proxy) == (7, 0.0, True)
    assert (evidence.sample_start, evidence.sample_end) == ("1960-07", "1999-06")
    assert evidence.interval[0] < evidence.estimate < evidence.interval[1]


def test_the_return_before_the_first_spread_plays_no_part():
    draw = np.random.default_rng(7)
    ratios = np.exp(1 + 0.2 * draw.standard_normal(50))
    by_year = {year: 0.1 * draw.standard_normal() for year in range(1959, 1999)}
    late = study.spread_pays(Made(ratios, monthly(by_year, first="1960-07")), horizon=3, rng=rng())
    early = study.spread_pays(Made(ratios, monthly(by_year, first="1959-07")), horizon=3, rng=rng())
    assert early.greater.p == late.greater.p
    assert (early.slope, *early.interval) == pytest.approx((late.slope, *late.interval), abs=1e-9)
    assert early.hodrick.t == pytest.approx(late.hodrick.t)


def test_too_few_years():
    made = Made(RATIOS, monthly({1960: 0.1, 1961: 0.1}, first="1960-07"))
    with pytest.raises(
        TooFewEvents, match="3 years with the value spread and returns; returns over 5 years need at least 12"
    ):
        study.spread_pays(made, rng=rng())


def test_runs_of_wide_years():
    index = pd.period_range("1998", "2006", freq=pd.offsets.YearEnd())
    spread = pd.DataFrame({"percentile": [10, 85, 90, 79.9, 80, 10, 10, 95, 99]}, index=index)
    assert study.wide_runs(spread) == ["1999–2000", "2002", "2005–2006"]
    assert study.wide_runs(spread.iloc[:1]) == []


def test_the_table_has_a_row_a_result(long):
    table = study.slopes_table({"one": study.spread_pays(long, horizon=1, rng=rng())})
    assert table.loc["one", "Windows"] == "39 of 39"
    assert table.loc["one", "p, 1B"] < 0.001


def test_the_snapshot_ends_with_prices_of_december_2024():
    found = study.value_spread(Panel(current()))
    assert found.index[-1].year == 2025
    assert found["ratio"].iloc[-1] == pytest.approx(4.486, abs=0.001)
