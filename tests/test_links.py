"""Linked series: by returns and never by level, joined where the docstrings say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smallcaps import links
from smallcaps.errors import InputError
from smallcaps.panel import Panel
from smallcaps.snapshot import current


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: current().table(name).frame for name in ("index_levels", "etf_total_returns", "dollar_index")}


def rebased(frame: pd.DataFrame, column: str, factor: float) -> pd.DataFrame:
    return frame.assign(**{column: frame[column] * factor})


def ratio(frame: pd.DataFrame, column: str, month: str) -> float:
    at = pd.Period(month, freq="M")
    return frame[column][at] / frame[column][at - 1] - 1


@pytest.mark.parametrize("column", ["ru2000pr_fred", "russell2000_close"])
def test_the_base_of_a_price_index_does_not_matter(tables, column):
    levels = tables["index_levels"]
    linked = links.russell2000_price(levels).values
    np.testing.assert_allclose(links.russell2000_price(rebased(levels, column, 7.5)).values, linked, atol=1e-12)


def test_the_base_of_the_total_return_index_does_not_matter(tables):
    levels, etfs = tables["index_levels"], tables["etf_total_returns"]
    linked = links.russell2000_total(levels, etfs).values
    again = links.russell2000_total(rebased(levels, "ru2000tr_fred", 0.01), etfs).values
    np.testing.assert_allclose(again, linked, atol=1e-12)


@pytest.mark.parametrize("column", ["TWEXBMTH", "TWEXBGSMTH"])
def test_the_base_of_a_dollar_index_does_not_matter(tables, column):
    dollar = tables["dollar_index"]
    np.testing.assert_allclose(links.broad_dollar(rebased(dollar, column, 3)), links.broad_dollar(dollar), atol=1e-12)


def test_price_returns_come_from_their_sides_of_1987_09(tables):
    levels, linked = tables["index_levels"], links.russell2000_price(tables["index_levels"])
    assert (linked.kind, linked.tables, str(linked.first)) == ("price", ("index_levels",), "1979-01")
    assert linked.values["1987-09"] == pytest.approx(ratio(levels, "ru2000pr_fred", "1987-09"))
    assert linked.values["1987-10"] == pytest.approx(ratio(levels, "russell2000_close", "1987-10"))
    assert "1984" in linked.note and "1987-09" in linked.note


def test_total_returns_come_from_their_sides_of_2001_04(tables):
    levels, etfs = tables["index_levels"], tables["etf_total_returns"]
    linked = links.russell2000_total(levels, etfs)
    assert (linked.kind, linked.tables) == ("total", ("index_levels", "etf_total_returns"))
    assert linked.values["2001-04"] == pytest.approx(ratio(levels, "ru2000tr_fred", "2001-04"))
    assert linked.values["2001-05"] == pytest.approx(etfs["IWM"][pd.Period("2001-05", freq="M")] / 100)
    assert "0.19 %" in linked.note


def test_the_dollar_comes_from_its_sides_of_2006_01(tables):
    dollar, linked = tables["dollar_index"], links.broad_dollar(tables["dollar_index"])
    assert linked["2006-01"] == pytest.approx(ratio(dollar, "TWEXBMTH", "2006-01"))
    assert linked["2006-02"] == pytest.approx(ratio(dollar, "TWEXBGSMTH", "2006-02"))
    # The two indexes stand on different bases: a ratio across the join would be no return.
    assert linked.abs().max() < 0.1


@pytest.mark.parametrize("name", ["r2000_price", "r2000_total"])
def test_linked_series_have_no_gap_and_no_jump(name):
    values = Panel(current()).returns(name).values
    assert len(pd.period_range(values.index[0], values.index[-1], freq="M").difference(values.index)) == 0
    assert values.index.is_unique
    assert values.abs().max() < 0.32  # the worst month is 1987-10; a join by level would show as a larger jump


def test_total_is_price_and_dividends():
    panel = Panel(current())
    gap = (panel.returns("r2000_total").values - panel.returns("r2000_price").values).dropna() * 1200
    assert 0.8 < gap[:"2001-04"].mean() < 2.5  # percent a year
    assert 0.8 < gap["2001-05":].mean() < 2.0


def test_a_missing_join_is_named(tables):
    levels = tables["index_levels"].copy()
    levels.loc["1987-09", "ru2000pr_fred"] = np.nan
    levels.loc["1987-10":, "ru2000pr_fred"] = np.nan
    with pytest.raises(InputError, match=r"cannot link at 1987-09: the early series has no return for 1987-09"):
        links.russell2000_price(levels)
