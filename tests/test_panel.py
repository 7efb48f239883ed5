"""The panel: only declared tables, only the window, and nothing from after its end."""

from __future__ import annotations

import pandas as pd
import pytest
from complaints import complaint

from smallcaps.errors import InputError, NotCovered
from smallcaps.panel import PAIRS, Panel
from smallcaps.returns import same_kind
from smallcaps.snapshot import current


def panel(start: str | None = None, end: str | None = None, **options) -> Panel:
    bounds = {name: pd.Period(m, freq="M") if m else None for name, m in (("start", start), ("end", end))}
    return Panel(current(), **bounds, **options)


def raw(table: str) -> pd.DataFrame:
    return current().table(table).frame


# The window


def test_a_frame_is_cut_to_the_window():
    index = panel("1990-03", "1990-05").frame("ff_factors").index
    assert index.astype(str).tolist() == ["1990-03", "1990-04", "1990-05"]


def test_without_a_window_the_frame_is_whole():
    assert panel().frame("ff_factors").equals(raw("ff_factors"))


def test_days_of_the_first_and_last_month_are_inside():
    found = panel("1994-02", "1994-05").frame("fomc_target_changes")
    assert [f"{day:%Y-%m-%d}" for day in found.index] == ["1994-02-04", "1994-03-22", "1994-04-18", "1994-05-17"]


def test_an_annual_table_keeps_the_years_the_window_touches():
    assert panel("1990-06", "1991-02").frame("ff_beme_breakpoints").index.astype(str).tolist() == ["1990", "1991"]


def test_a_table_without_dates_is_never_cut():
    assert panel("1990-01", "1990-02").frame("other_funds").equals(raw("other_funds"))


@pytest.mark.parametrize(
    "name", ["r2000_price", "r2000_total", "sp500_price", "iwm", "market", "vw:lo_30", "six:big_hibm"]
)
def test_the_first_month_of_a_window_keeps_its_return(name):
    whole = panel().returns(name)
    cut = panel("2005-03", "2005-06").returns(name)
    assert cut.values.index.astype(str).tolist() == ["2005-03", "2005-04", "2005-05", "2005-06"]
    assert cut.values.equals(whole.values["2005-03":"2005-06"])


def test_a_window_wider_than_the_series_gives_the_series():
    series = panel("1900-01", "2099-12").returns("iwm")
    assert (str(series.first), str(series.last)) == ("2000-06", "2026-08")


@pytest.mark.parametrize("name", ["start", "end"])
@pytest.mark.parametrize(
    "month", ["1990-03", 1990, pd.Timestamp("1990-03-01"), pd.Period("1990", "Y"), pd.Period("1990-03-01", "D"), pd.NaT]
)
def test_a_bound_that_is_no_month_is_refused(name, month):
    text = complaint(InputError, lambda: Panel(current(), **{name: month}))
    assert text == f"{name}={month!r}: should be a month, such as pd.Period('1984-09', 'M'), or None"


# What lies outside


@pytest.mark.parametrize(
    ("name", "end", "span"),
    [("r2000_price", "1978-12", "1979-01 to 2026-08"), ("iwm", "2000-05", "2000-06 to 2026-08")],
)
def test_a_series_that_the_window_misses_names_its_span(name, end, span):
    with pytest.raises(NotCovered, match=rf"{name} covers {span}; .* the window the beginning to {end}"):
        panel(end=end).returns(name)


@pytest.mark.parametrize(
    ("table", "window", "span"),
    [
        ("treasury_yields", ("1950-01", "1961-12"), "1962-01 to 2026-05"),
        ("fomc_target_changes", ("1970-01", "1982-08"), "1982-09 to 2026-09"),
        ("ff_beme_breakpoints", ("2026-01", "2026-05"), "1926-12 to 2025-12"),
    ],
)
def test_a_table_that_the_window_misses_names_its_span(table, window, span):
    with pytest.raises(NotCovered) as caught:
        panel(*window).frame(table)
    start, end = window
    assert str(caught.value) == f"{table} covers {span}; nothing of it lies in the window {start} to {end}"


# What a study may know


def test_known_events_begin_with_the_table_and_end_with_the_window():
    found = panel("2007-01", "2007-09").known_events("fomc_target_changes")
    assert found.index[0] == raw("fomc_target_changes").index[0]
    assert found.index[-1] == pd.Timestamp("2007-09-18")


def test_history_begins_with_the_table_and_ends_with_the_window():
    found = panel("2007-01", "2007-09").history("fred_monthly")
    assert (str(found.index[0]), str(found.index[-1])) == ("1926-07", "2007-09")
    years = panel("2007-01", "2007-09").history("ff_beme_breakpoints").index
    assert (str(years[0]), str(years[-1])) == ("1926", "2007")


# Declared tables


@pytest.mark.parametrize(
    "read",
    [
        lambda p: p.frame("ff_factors"),
        lambda p: p.history("ff_factors"),
        lambda p: p.known_events("ff_factors"),
        lambda p: p.returns("market"),
    ],
)
def test_an_undeclared_table_is_refused(read):
    with pytest.raises(InputError, match=r"'ff_factors' is not declared .* declared: index_levels, dollar_index"):
        read(panel(tables=("index_levels", "dollar_index")))


def test_a_linked_series_needs_both_its_tables():
    assert panel(tables=("index_levels",)).returns("r2000_price").kind == "price"
    with pytest.raises(InputError, match=r"'etf_total_returns' is not declared"):
        panel(tables=("index_levels",)).returns("r2000_total")


# Names


def test_an_unknown_series_lists_the_names():
    with pytest.raises(InputError, match=r"unknown return series 'r2000'; allowed: r2000_price, .*iwm, .*vw:COLUMN"):
        panel().returns("r2000")


@pytest.mark.parametrize("name", ["vw:", ":lo_30", "xx:lo_30", "IWM", ""])
def test_a_name_out_of_shape_is_unknown(name):
    with pytest.raises(InputError, match="unknown return series"):
        panel().returns(name)


def test_an_unknown_portfolio_lists_the_columns():
    with pytest.raises(InputError, match=r"unknown portfolio 'lo_25' in ff_size_portfolios; allowed: lo_30, med_40"):
        panel().returns("vw:lo_25")


def test_an_unknown_pair_lists_the_pairs():
    with pytest.raises(InputError, match=r"unknown pair 'prices'; allowed: price, total, french"):
        panel().pair("prices")


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_is_of_one_kind_and_small_comes_first(name):
    small, large = panel().pair(name)
    assert same_kind((small, large)) == ("price" if name == "price" else "total")
    assert "S&P" not in small.label and "largest" not in small.label
    assert small.values.std() > large.values.std()  # small caps move more


# Against the tables, by hand


def test_series_hold_decimals_of_the_tables_percent():
    month = pd.Period("2008-10", freq="M")
    assert panel().returns("market").values[month] == pytest.approx((-17.20 + 0.08) / 100, abs=2e-4)
    assert panel().returns("vw:lo_10").values[month] == raw("ff_size_portfolios")["lo_10"][month] / 100
    assert panel().returns("ew:lo_10").values[month] == raw("ff_size_portfolios_ew")["lo_10"][month] / 100
    assert panel().returns("six:small_hibm").values[month] == raw("ff_6_portfolios")["small_hibm"][month] / 100
    levels = raw("index_levels")["sp500_close"]
    assert panel().returns("sp500_price").values[month] == pytest.approx(levels[month] / levels[month - 1] - 1)


def test_every_series_names_the_tables_it_was_made_from():
    for name in ("r2000_price", "r2000_total", "sp500_price", "spy", "market", "vw:hi_30", "ew:hi_30", "six:big_lobm"):
        made_from = panel().returns(name).tables
        assert panel(tables=made_from).returns(name).values.equals(panel().returns(name).values)
