"""Windows and compounding: hand-computed cases, and properties that hold for any returns."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from complaints import complaint
from hypothesis import given, settings
from hypothesis import strategies as st

from smallcaps.errors import InputError, NotCovered, ReturnKindError
from smallcaps.returns import (
    ReturnSeries,
    link,
    monthly_gap,
    path,
    percent,
    same_kind,
    simple_returns,
    window_gap,
    window_return,
)


def months(values, start: str = "2000-01") -> pd.Series:
    return pd.Series(list(values), index=pd.period_range(start, periods=len(values), freq="M"), dtype=float)


def asset(values, *, name: str = "small", kind: str = "price", start: str = "2000-01") -> ReturnSeries:
    return ReturnSeries(name, name.title(), kind, months(values, start), ("a_table",))


def month(text: str) -> pd.Period:
    return pd.Period(text, freq="M")


def naive_product(values: list[float]) -> float:
    wealth = 1.0
    for value in values:
        wealth *= 1 + value
    return wealth - 1


monthly = st.lists(st.floats(-0.9, 3.0), min_size=1, max_size=30)


# What a series is


def test_a_series_knows_its_span():
    series = asset([0.01, 0.02, 0.03])
    assert (str(series.first), str(series.last)) == ("2000-01", "2000-03")


def test_a_part_keeps_what_it_is():
    part = asset([0.01, 0.02, 0.03], kind="total").between(month("2000-02"), None)
    assert part.values.tolist() == [0.02, 0.03]
    assert (part.name, part.kind, part.tables) == ("small", "total", ("a_table",))


def test_an_empty_series_is_refused():
    with pytest.raises(InputError, match=r"'small' is empty"):
        asset([])


def test_a_gap_is_refused_with_its_month():
    with pytest.raises(InputError, match=r"'small' has no value for 2000-02"):
        asset([0.01, math.nan, 0.03])


def test_a_kind_that_is_none_is_refused():
    text = complaint(InputError, lambda: asset([0.01], kind="net"))
    assert text == "return series 'small': kind='net'; allowed: price, total"


def at(*when: str) -> pd.Series:
    return pd.Series(0.01, index=pd.PeriodIndex(when, freq="M"))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([0.01, 0.02], "should be a Series on a monthly PeriodIndex, got list"),
        (pd.Series([0.01, 0.02]), "should be a Series on a monthly PeriodIndex, got RangeIndex"),
        (months([0.01]).to_timestamp(), "got DatetimeIndex"),
        (pd.Series(0.01, index=pd.period_range("2000-01-03", periods=3, freq="D")), "frequency D; allowed: M, monthly"),
        (months([0.01, 0.02]).astype(str), "its values are of type"),
        (months([0.01, 0.02]) > 0, "its values are of type bool; allowed: numbers"),
        (months([0.01, 0.02]) * 1j, "its values are of type complex128; allowed: numbers"),
        (at("2000-01", "2000-02", "2000-05", "2000-09"), "has no month 2000-03; allowed: each month once, in order"),
        (at("2000-01", "2000-02", "2000-02", "2000-03"), "has 2000-02 twice; allowed"),
        (at("2000-03", "2000-02", "2000-01"), "has 2000-02 after a later month; allowed"),
        (months([0.01, math.inf, -math.inf]), "has inf for 2000-02; allowed: decimals above -1"),
        (months([0.01, 0.02, -1.5, -20]), "has -1.5 for 2000-03; allowed: decimals above -1, 0.01 for one percent"),
    ],
)
def test_values_that_are_no_monthly_returns_are_refused(values, words):
    text = complaint(InputError, lambda: ReturnSeries("small", "Small", "price", values, ("a_table",)))
    assert text.startswith("return series 'small'") and words in text


def test_nothing_grows_again_from_a_total_loss_so_it_is_refused():
    with pytest.raises(InputError, match="has -1 for 2000-01; allowed: decimals above -1"):
        asset([-1.0, 0.0])


def test_whole_numbers_are_returns():
    assert ReturnSeries("s", "S", "price", months([0, 1]).astype(int), ()).values.tolist() == [0, 1]


# From levels and percent to decimals


def test_simple_returns_by_hand():
    found = simple_returns(months([100, 110, 99]))
    assert found.index.astype(str).tolist() == ["2000-02", "2000-03"]
    assert found.tolist() == pytest.approx([0.10, -0.10])


def test_percent_cuts_the_empty_ends_and_keeps_the_middle():
    found = percent(months([np.nan, 1.5, np.nan, -2.0, np.nan]))
    assert found.index.astype(str).tolist() == ["2000-02", "2000-03", "2000-04"]
    assert found.iloc[[0, 2]].tolist() == pytest.approx([0.015, -0.02])
    assert math.isnan(found.iloc[1])


@given(levels=st.lists(st.floats(0.5, 5000), min_size=2, max_size=20), base=st.sampled_from([0.25, 2.0, 1024.0]))
@settings(deadline=None)  # a busy machine is no fault
def test_a_change_of_base_changes_no_return(levels, base):
    assert simple_returns(months(levels) * base).tolist() == pytest.approx(simple_returns(months(levels)).tolist())


# Windows


def test_window_return_by_hand():
    found = window_return(months([0.10, 0.20, -0.50]), horizon=2)
    assert found.index.astype(str).tolist() == ["1999-12", "2000-01"]
    assert found.tolist() == pytest.approx([1.1 * 1.2 - 1, 1.2 * 0.5 - 1])


@given(values=monthly, horizon=st.integers(1, 12))
@settings(deadline=None)  # a busy machine is no fault
def test_window_return_is_the_product_for_every_base(values, horizon):
    series = months(values)
    found = window_return(series, horizon=horizon)
    assert len(found) == max(len(values) - horizon + 1, 0)
    for position, (base, value) in enumerate(found.items()):
        assert base + 1 == series.index[position]
        assert value == pytest.approx(naive_product(values[position : position + horizon]), rel=1e-9, abs=1e-9)


@given(values=monthly)
@settings(deadline=None)  # a busy machine is no fault
def test_a_window_of_one_month_is_the_monthly_return(values):
    found = window_return(months(values), horizon=1)
    assert (found.index + 1).equals(months(values).index)
    assert found.tolist() == pytest.approx(values, rel=1e-12, abs=1e-12)


@given(values=monthly.filter(lambda values: len(values) > 1), data=st.data())
@settings(deadline=None)  # a busy machine is no fault
def test_windows_add_up_in_logs(values, data):
    first = data.draw(st.integers(1, len(values) - 1))
    whole = window_return(months(values), horizon=len(values)).iloc[0]
    early = window_return(months(values), horizon=first).iloc[0]
    late = window_return(months(values[first:]), horizon=len(values) - first).iloc[0]
    assert math.log1p(whole) == pytest.approx(math.log1p(early) + math.log1p(late), abs=1e-9)


@given(values=monthly, later=st.lists(st.floats(-0.9, 3.0), max_size=12), horizon=st.integers(1, 12))
@settings(deadline=None)  # a busy machine is no fault
def test_later_months_change_no_earlier_window(values, later, horizon):
    before = window_return(months(values), horizon=horizon)
    after = window_return(months(values + later), horizon=horizon)
    assert before.tolist() == after.iloc[: len(before)].tolist()


@pytest.mark.parametrize("horizon", [0, -1])
def test_a_window_needs_a_month(horizon):
    with pytest.raises(InputError, match=rf"at least 1 month, got {horizon}"):
        window_return(months([0.1]), horizon=horizon)


@pytest.mark.parametrize("horizon", [1.5, 2.0, "12", None, True])
def test_a_window_is_a_whole_number_of_months(horizon):
    text = complaint(InputError, lambda: window_return(months([0.1, 0.1]), horizon=horizon))
    assert text == f"horizon must be a whole number, at least 1 month, got {horizon!r}"


def test_a_numpy_number_is_a_whole_number_too():
    assert window_return(months([0.1, 0.1]), horizon=np.int64(2)).tolist() == pytest.approx([0.21])


def test_no_month_is_nothing_to_compound():
    assert "no month" in complaint(NotCovered, lambda: window_return(months([]), horizon=1))


def test_a_series_shorter_than_the_window_gives_none():
    assert window_return(months([0.1, 0.1]), horizon=3).empty


# Two series


def test_window_gap_compounds_first_and_subtracts_then():
    small, large = asset([0.10, 0.10]), asset([0.0, 0.20], name="large")
    found = window_gap(small, large, horizon=2)
    assert found.tolist() == pytest.approx([0.21 - 0.20])  # compounding the gaps would give 0.10 - 0.10 - 0.01


def test_window_gap_needs_months_that_both_have():
    small, large = asset([0.1, 0.2, 0.3], start="2000-01"), asset([0.1, 0.1, 0.1], name="large", start="2000-02")
    found = window_gap(small, large, horizon=1)
    assert found.index.astype(str).tolist() == ["2000-01", "2000-02"]
    assert found.tolist() == pytest.approx([0.1, 0.2])


def test_window_gap_without_a_common_month_names_both_spans():
    small, large = asset([0.1, 0.2]), asset([0.1], name="large", start="2010-05")
    text = complaint(NotCovered, lambda: window_gap(small, large, horizon=1))
    assert text == (
        "'small' covers 2000-01 to 2000-02 and 'large' covers 2010-05 to 2010-05; they have no month in common"
    )


def test_monthly_gap_over_common_months():
    found = monthly_gap(asset([0.1, 0.2]), asset([0.05, 0.5], name="large", start="2000-02"))
    assert found.index.astype(str).tolist() == ["2000-02"]
    assert found.tolist() == pytest.approx([0.15])


@pytest.mark.parametrize(
    "meet", [monthly_gap, lambda a, b: window_gap(a, b, horizon=1), lambda a, b: same_kind([a, b])]
)
def test_price_never_meets_total(meet):
    price, total = asset([0.1, 0.2]), asset([0.1, 0.2], name="fund", kind="total")
    with pytest.raises(ReturnKindError, match=r"'small' is a price return and 'fund' a total return"):
        meet(price, total)


def test_same_kind_names_the_first_that_differs():
    series = [asset([0.1], kind="total"), asset([0.1], name="b", kind="total"), asset([0.1], name="c")]
    assert same_kind(series[:2]) == "total"
    with pytest.raises(ReturnKindError, match=r"'small' is a total return and 'c' a price return"):
        same_kind(series)


# Linking


def test_link_takes_each_month_from_its_side():
    early, late = months([0.01, 0.02, 0.03]), months([0.5, 0.6, 0.7], start="2000-02")
    found = link(early, late, last_early="2000-02")
    assert found.index.astype(str).tolist() == ["2000-01", "2000-02", "2000-03", "2000-04"]
    assert found.tolist() == [0.01, 0.02, 0.6, 0.7]


@pytest.mark.parametrize(
    ("join", "side", "missing"),
    [("2000-04", "early", "2000-04"), ("2000-03", "late", "2000-04"), ("1999-12", "early", "1999-12")],
)
def test_link_needs_the_months_at_the_join(join, side, missing):
    early, late = months([0.01, 0.02, 0.03]), months([0.5], start="2000-02")
    with pytest.raises(InputError, match=rf"cannot link at {join}: the {side} series has no return for {missing}"):
        link(early, late, last_early=join)


# Paths


def test_path_by_hand():
    found = path(months([0.10, 0.20, -0.50, 1.00]), base=month("2000-02"), before=1, after=2)
    assert found.index.tolist() == [-1, 0, 1, 2]
    assert found.tolist() == pytest.approx([1 / 1.2 - 1, 0.0, -0.5, 0.0])
    assert found.name == "2000-02"


@given(values=monthly, data=st.data())
@settings(deadline=None)  # a busy machine is no fault
def test_path_is_zero_at_its_base_and_the_window_return_after(values, data):
    base = data.draw(st.integers(-1, len(values) - 1))
    before, after = data.draw(st.integers(0, 15)), data.draw(st.integers(0, 15))
    start = month("2000-01")
    found = path(months(values), base=start + base, before=before, after=after)
    assert found.index.tolist() == list(range(-before, after + 1))
    assert found.loc[0] == 0
    for step in range(1, after + 1):
        if base + step < len(values):
            assert found[step] == pytest.approx(naive_product(values[base + 1 : base + step + 1]), rel=1e-9, abs=1e-9)
        else:
            assert math.isnan(found[step])
    for step in range(1, before + 1):
        if base - step >= -1:
            back = naive_product(values[base - step + 1 : base + 1])
            assert found[-step] == pytest.approx(1 / (1 + back) - 1, rel=1e-9, abs=1e-9)
        else:
            assert math.isnan(found[-step])


def test_a_path_ends_at_a_gap_on_either_side():
    found = path(months([0.1, np.nan, 0.1, 0.1, np.nan, 0.1]), base=month("2000-03"), before=3, after=3)
    assert found.isna().tolist() == [True, True, False, False, False, True, True]
