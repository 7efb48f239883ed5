"""Dated events: every part of each rule on a small case, then the real ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from complaints import complaint

from smallcaps.errors import InputError
from smallcaps.events import base_month, breakouts, elections, first_cuts, proxy_first_cuts, recession_spans
from smallcaps.snapshot import current


def targets(*changes: tuple[str, float]) -> pd.DataFrame:
    days, values = zip(*changes, strict=True)
    return pd.DataFrame({"change": values}, index=pd.DatetimeIndex(days, name="date"), dtype=float)


def labels(events) -> list[str]:
    return [event.label for event in events]


def monthly(values, start: str = "2000-01") -> pd.Series:
    return pd.Series(list(values), index=pd.period_range(start, periods=len(values), freq="M"), dtype=float)


def raw(table: str) -> pd.DataFrame:
    return current().table(table).frame


@pytest.mark.parametrize(
    ("day", "base"),
    [("2007-09-18", "2007-08"), ("2007-09-01", "2007-08"), ("2007-09-30", "2007-08"), ("2001-01-03", "2000-12")],
)
def test_the_base_is_the_last_month_end_before_the_day(day, base):
    assert base_month(pd.Timestamp(day)) == pd.Period(base, freq="M")


# First cuts


def test_a_cut_after_a_rise_is_a_first_cut():
    (event,) = first_cuts(targets(("2000-01-10", 0.25), ("2000-06-15", -0.25)))
    assert (event.date, str(event.base), event.label) == (pd.Timestamp("2000-06-15"), "2000-05", "Jun 2000")
    assert event.proxy is False


def test_a_cut_after_a_cut_is_none():
    rows = [("2000-01-10", 0.25), ("2000-06-15", -0.25), ("2002-06-15", -0.25)]
    assert labels(first_cuts(targets(*rows))) == ["Jun 2000"]


def test_a_cut_with_another_within_the_quiet_months_is_none():
    rows = [("2000-01-10", 0.25), ("2000-06-15", -0.25), ("2000-12-01", 0.25), ("2001-06-14", -0.25)]
    assert labels(first_cuts(targets(*rows))) == ["Jun 2000"]


def test_the_quiet_months_end_to_the_day():
    rows = [("2000-01-10", 0.25), ("2000-06-15", -0.25), ("2000-12-01", 0.25)]
    assert labels(first_cuts(targets(*rows, ("2001-06-15", -0.25)))) == ["Jun 2000", "Jun 2001"]
    assert labels(first_cuts(targets(*rows, ("2001-06-14", -0.25)), quiet_months=11)) == ["Jun 2000", "Jun 2001"]


def test_a_quiet_time_alone_is_not_enough():
    rows = [("2000-01-10", 0.25), ("2000-02-10", -0.25), ("2009-01-10", -0.5)]
    assert labels(first_cuts(targets(*rows))) == ["Feb 2000"]


def test_the_first_row_is_a_state_and_no_change():
    assert first_cuts(targets(("2000-01-10", np.nan), ("2000-06-15", -0.25))) == ()
    assert first_cuts(targets(("2000-06-15", -0.25))) == ()


def test_a_decision_without_change_between_is_no_rise():
    assert first_cuts(targets(("2000-01-10", 0.25), ("2000-03-10", 0.0), ("2000-06-15", -0.25))) == ()


def test_a_rise_is_no_cut():
    assert first_cuts(targets(("2000-01-10", 0.25), ("2000-06-15", 0.25))) == ()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([0.25, -0.25], "targets: should be a DataFrame on a DatetimeIndex, got list"),
        (pd.DataFrame({"change": [0.25]}), "targets: should be a DataFrame on a DatetimeIndex, got RangeIndex"),
        (targets(("2000-01-10", 0.25)).rename(columns={"change": "target"}), "has no column 'change'; it has: target"),
        (
            targets(("2000-06-15", -0.25), ("2000-01-10", 0.25)),
            "2000-01-10 follows 2000-06-15; allowed: each date once, in order",
        ),
        (targets(("2000-01-10", 0.25), ("2000-01-10", -0.25)), "2000-01-10 follows 2000-01-10; allowed"),
    ],
)
def test_a_table_that_holds_no_changes_in_order_is_refused(table, words):
    assert words in complaint(InputError, lambda: first_cuts(table))


@pytest.mark.parametrize("quiet_months", [-1, 1.5, "12", True])
def test_the_quiet_months_are_a_whole_number(quiet_months):
    table = targets(("2000-01-10", 0.25), ("2000-06-15", -0.25))
    text = complaint(InputError, lambda: first_cuts(table, quiet_months=quiet_months))
    assert text == f"quiet_months={quiet_months!r}; allowed: a whole number, 0 or more"


def test_without_quiet_months_a_rise_before_it_is_enough():
    rows = [("2000-01-10", 0.25), ("2000-06-15", -0.25), ("2000-12-01", 0.25), ("2000-12-20", -0.25)]
    assert labels(first_cuts(targets(*rows), quiet_months=0)) == ["Jun 2000", "Dec 2000"]


def test_later_changes_make_no_earlier_event():
    table = raw("fomc_target_changes")
    whole = first_cuts(table)
    for end in range(2, len(table), 23):
        known = first_cuts(table.iloc[:end])
        assert known == tuple(event for event in whole if event.date <= table.index[end - 1])


def test_the_eight_real_first_cuts():
    found = first_cuts(raw("fomc_target_changes"))
    assert labels(found) == [
        "Sep 1984",
        "Jun 1989",
        "Jul 1995",
        "Sep 1998",
        "Jan 2001",
        "Sep 2007",
        "Jul 2019",
        "Sep 2024",
    ]
    assert [str(event.base) for event in found][3:6] == ["1998-08", "2000-12", "2007-08"]


def test_the_table_begins_with_cuts_that_are_no_first_cuts():
    changes = raw("fomc_target_changes")["change"]
    assert changes[pd.Timestamp("1982-10-01")] < 0
    assert min(event.date for event in first_cuts(raw("fomc_target_changes"))) > pd.Timestamp("1984-01-01")


# First cuts by proxy


def rate(*runs: tuple[float, int]) -> pd.Series:
    return monthly([value for value, months in runs for _ in range(months)])


def test_a_fall_below_the_high_is_a_proxy_cut():
    (event,) = proxy_first_cuts(rate((5.0, 13), (3.9, 1)))
    assert (str(event.base), event.date, event.proxy) == ("2001-01", pd.Timestamp("2001-02-01"), True)


@pytest.mark.parametrize("low", [5.31, 5.32])
def test_a_fall_of_exactly_one_point_counts_and_less_does_not(low):
    found = proxy_first_cuts(rate((6.31, 13), (low, 1)))
    assert len(found) == (low == 5.31)


@pytest.mark.parametrize("high", np.arange(2.0, 12.0, 0.07).round(2))
def test_a_fall_of_one_point_counts_whatever_the_level(high):
    assert len(proxy_first_cuts(rate((high, 13), (round(high - 1, 2), 1)))) == 1


def test_the_high_is_that_of_the_last_twelve_months():
    assert len(proxy_first_cuts(rate((5.0, 13), (4.5, 11), (4.0, 1)))) == 1
    assert len(proxy_first_cuts(rate((5.0, 13), (4.5, 12), (4.0, 1)))) == 0


def test_a_proxy_cut_needs_a_full_look_back():
    assert proxy_first_cuts(rate((5.0, 11), (3.0, 1))) == ()


def test_a_fall_goes_on_and_is_counted_once():
    falling = rate((5.0, 13), (3.9, 1), (3.5, 6), (2.0, 6))
    assert labels(proxy_first_cuts(falling)) == ["Feb 2001"]


def test_a_new_cycle_needs_twelve_quiet_months():
    def cycles(quiet: int) -> list[str]:
        return labels(proxy_first_cuts(rate((5.0, 13), (4.0, 1), (5.0, quiet), (4.0, 1))))

    assert cycles(11) == ["Feb 2001"]
    assert cycles(12) == ["Feb 2001", "Mar 2002"]


def test_real_proxies_lie_near_the_first_cuts_they_stand_for():
    proxies = proxy_first_cuts(raw("fred_monthly")["FEDFUNDS"])
    real = first_cuts(raw("fomc_target_changes"))
    since = [event for event in proxies if event.base.year >= 1984]
    for proxy in since:
        assert any(-1 <= (proxy.base - event.base).n <= 9 for event in real), proxy.label
    assert labels(proxies)[-1] == "Jan 2025"


# Elections


def test_elections_are_counted_from_the_end_of_october():
    found = elections(raw("presidential_elections"))
    assert labels(found) == [str(year) for year in range(1928, 2025, 4)]
    assert {event.base.month for event in found} == {10}
    assert all(event.base.year == event.date.year for event in found)


# Breakouts


def test_a_breakout_needs_the_quiet_months():
    def found(quiet: int) -> list[str]:
        return labels(breakouts(monthly([1, 2, *[1.5] * quiet, 3])))

    assert found(12) == ["Mar 2001"]
    assert found(11) == []


def test_the_base_of_a_breakout_is_its_own_month():
    (event,) = breakouts(monthly([1, 2, 1, 1, 3]), quiet_months=2)
    assert (str(event.base), event.date) == ("2000-05", pd.Timestamp("2000-05-31"))


def test_a_tie_is_no_new_high():
    assert breakouts(monthly([1, 2, 1, 1, 2]), quiet_months=2) == ()


def test_the_first_level_is_no_record():
    assert breakouts(monthly([5, *[1] * 12, 6])) == ()


def test_the_base_of_the_index_does_not_matter():
    levels = raw("index_levels")["russell2000_linked"].dropna()
    assert breakouts(levels) == breakouts(levels * 0.01)


def test_the_last_real_breakout():
    levels = raw("index_levels")["russell2000_linked"].dropna()
    found = breakouts(levels)
    assert labels(found)[-1] == "Nov 2024"
    for event in found:
        quiet = levels[event.base - 12 : event.base - 1]
        assert levels[event.base] > levels[: event.base - 1].max()
        assert len(quiet) == 12 and quiet.max() < levels[: event.base - 13].max()


# Recessions


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([0, 1, 1, 0], [("2000-02", "2000-03")]),
        ([1, 0, 1], [("2000-01", "2000-01"), ("2000-03", "2000-03")]),
        ([1, np.nan, 1], [("2000-01", "2000-01"), ("2000-03", "2000-03")]),
        ([0, 1, np.nan, np.nan], [("2000-02", "2000-02")]),
        ([np.nan, 0, np.nan], []),
        ([], []),
    ],
)
def test_recession_spans(states, expected):
    found = recession_spans(monthly(states))
    assert [(str(first), str(last)) for first, last in found] == expected


def test_real_recessions():
    found = [(str(first), str(last)) for first, last in recession_spans(raw("fred_monthly")["USREC"])]
    assert ("2008-01", "2009-06") in found
    assert found[-1] == ("2020-03", "2020-04")
