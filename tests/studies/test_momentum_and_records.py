"""August's facts, records, quoted figures and breakouts: hand-made samples, dated facts, faults."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from smallcaps import snapshot
from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.events import breakouts as dated
from smallcaps.figures import Figure, render
from smallcaps.panel import Panel
from smallcaps.studies import breakouts, records
from smallcaps.studies import momentum_and_records as study


def month(text: str) -> pd.Period:
    return pd.Period(text, freq="M")


def monthly(values: list[float], first: str) -> pd.Series:
    return pd.Series(values, index=pd.period_range(first, periods=len(values), freq="M"), dtype=float)


class Fake:
    """A snapshot of made-up tables."""

    def __init__(self, **frames: pd.DataFrame):
        self.frames = frames
        columns = {name: SimpleNamespace(columns=list(frame.columns)) for name, frame in frames.items()}
        self.catalog = SimpleNamespace(tables=columns, table=columns.__getitem__)

    def table(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(frame=self.frames[name])


DAYS = pd.DataFrame(
    {
        "rut_open": [99.0, 99.5, 100.5, 103.0, 2473.29],
        "rut_close": [100.0, 99.9, 101.0, 102.0, 99.0],
        "rut_volume_shown": [4e9, 5e9, 5e9, 5.385e9, np.nan],
        "spx_close": [200.0, 210.0, 220.0, 230.0, 225.0],
        "spx_volume_shown": [4e9, 5e9, 5e9, 5.385e9, 6.6e9],
    },
    index=pd.to_datetime(["2021-11-08", "2024-11-25", "2025-09-18", "2025-10-09", "2025-10-10"]),
)


def made_up(*, days: pd.DataFrame = DAYS, small: list[float] | None = None, **window: pd.Period) -> Panel:
    """A panel whose Russell 2000 has the given month-end closes from 2021-05 to 2025-09, 80 before."""
    if small is None:
        small = [90, 95, 92, 90, 91, 93, 94, *[80] * 36, 96, 90, 91, 92, 93, 97, 98, 99, 100.5, 104]
    first = month("1987-01")  # the link of the two sources at 1987-09 needs both
    flat = (month("2021-05") - first).n
    closes = monthly([80.0] * flat + [float(close) for close in small], "1987-01")
    levels = pd.DataFrame({"russell2000_close": closes, "ru2000pr_fred": closes, "sp500_close": closes * 2})
    etfs = pd.DataFrame({"IWM": closes.pct_change() * 100 + 0.1, "SPY": closes.pct_change() * 50 + 0.1}).iloc[1:]
    levels["ru2000tr_fred"] = closes.where(closes.index <= month("2001-04"))
    levels["russell2000_linked"] = closes
    return Panel(Fake(index_levels=levels, etf_total_returns=etfs, index_daily_facts=days), **window)


# August: returns, rank, run


def test_returns_of_one_month_by_hand():
    found = study.august_return(made_up(), at=month("2025-02"))
    assert found.loc["Russell 2000", "price"] == pytest.approx((91 / 90 - 1) * 100) == found.loc["S&P 500", "price"]
    assert found.loc["Russell 2000", "total"] == pytest.approx((91 / 90 - 1) * 100 + 0.1)
    assert found.loc["S&P 500", "total"] == pytest.approx((91 / 90 - 1) * 50 + 0.1)


def test_rank_counts_the_months_of_the_year_that_were_better():
    found = study.august_rank(made_up(), at=month("2025-05"))
    assert list(found.values.index.astype(str)) == ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]
    assert found.rank == 1
    assert study.august_rank(made_up(), at=month("2025-03")).rank == 2


def test_rank_sees_months_before_the_window():
    found = study.august_rank(made_up(start=month("2025-05")), at=month("2025-05"))
    assert len(found.values) == 5


def test_streak_by_hand():
    found = study.streak(made_up(), at=month("2025-05"))
    # rising: 2021-05 and 06; 2021-09, 10, 11; 2024-12; then from 2025-02 on
    assert found.runs["length"].tolist() == [2, 3, 1, 4]
    assert found.length == 4
    assert found.previous is None
    shorter = study.streak(made_up(), at=month("2025-04"))
    assert (shorter.length, str(shorter.previous["last"])) == (3, "2021-11")
    assert shorter.waits.to_dict() == {month("2025-04"): 41}
    assert study.streak(made_up(), at=month("2025-01")).length == 0


def test_a_month_without_change_ends_a_run():
    small = [90, 91, 92, 92, 93, *[93] * 51]
    assert study.streak(made_up(small=small), at=month("2021-09")).runs["length"].tolist() == [3, 1]


def test_august_needs_its_month_in_the_window():
    for window in ({"end": month("2025-07")}, {"start": month("2025-09")}):
        for call in (study.august_return, study.august_rank, study.streak):
            with pytest.raises(NotCovered, match="2025-08 lies outside the window"):
                call(made_up(**window))


# Records and quotes


def test_record_by_days_and_by_month_ends():
    found = records.record_close(made_up())
    assert found.holds
    assert found.days["against"].tolist() == pytest.approx([0, -0.1, 1, 2, -1])
    assert found.best_of_2021 == month("2021-06")
    assert found.passed == month("2024-12")
    assert found.first_month_end_above == month("2025-08")
    assert list(found.month_end_records.index.astype(str))[:3] == ["2021-05", "2021-06", "2024-12"]


def test_record_falls_with_its_days():
    for column_value in ({"2025-09-18": 99.99}, {"2024-11-25": 100.01}):
        days = DAYS.copy()
        for date, close in column_value.items():
            days.loc[date, "rut_close"] = close
        found = records.record_close(made_up(days=days))
        assert not found.holds
        assert records.record_evidence(found).holds is False


def test_record_is_not_in_an_earlier_or_later_window():
    for window in ({"end": month("2025-08")}, {"start": month("2025-10")}):
        with pytest.raises(NotCovered):
            records.record_close(made_up(**window))
    with pytest.raises(NotCovered):
        records.quoted_close(made_up(end=month("2025-09")))


def test_quoted_close_and_volume_do_not_hold():
    panel = made_up()
    found = records.quoted_evidence(records.quoted_close(panel), records.index_volume(panel))
    assert found["momentum-close"].holds is False
    assert found["momentum-close"].estimate == 99.0
    assert found["market-volume"].holds is False
    assert "5.385 bn" in found["market-volume"].why


def test_quoted_close_and_volume_hold_if_the_table_says_so():
    days = DAYS.copy()
    days.loc["2025-10-10", ["rut_close", "rut_volume_shown"]] = [2473.29, 5.38e9]
    panel = made_up(days=days)
    found = records.quoted_evidence(records.quoted_close(panel), records.index_volume(panel))
    assert found["momentum-close"].holds is True
    assert found["market-volume"].holds is True


def test_volume_of_the_whole_exchange_is_not_the_index_s_own():
    days = DAYS.copy()
    days.loc["2025-10-10", ["rut_volume_shown", "spx_volume_shown"]] = 5.38e9
    panel = made_up(days=days)
    found = records.quoted_evidence(records.quoted_close(panel), records.index_volume(panel))
    assert found["market-volume"].holds is False


def test_since_the_record_to_the_last_month_end():
    found = records.since_record(made_up(end=month("2025-09")))
    assert found.month == month("2025-09")
    assert found.gain == pytest.approx((208 / 220 - 1) * 100)


# Breakouts


def test_levels_begin_one_month_before_the_first_return():
    levels = breakouts.small_levels(made_up())
    assert levels.index[0] == month("1987-01")
    assert levels.iloc[0] == 1
    assert levels.iloc[-1] == pytest.approx(104 / 80)


def test_a_breakout_needs_quiet_month_ends_before_it():
    panel = made_up()
    assert [event.label for event in breakouts.breakout_events(panel, quiet=12)] == ["Dec 2024"]
    assert [event.label for event in breakouts.breakout_events(panel, quiet=4)] == ["Dec 2024", "May 2025"]
    assert breakouts.events_by_level(panel, quiet=4) == breakouts.breakout_events(panel, quiet=4)
    assert breakouts.latest_breakout(panel, quiet=4).base == month("2025-05")
    with pytest.raises(TooFewEvents, match="by 2024-11"):
        breakouts.latest_breakout(made_up(end=month("2024-11")), quiet=12)


def test_twelve_quiet_month_ends_and_not_eleven():
    for quiet, expected in ((11, []), (12, ["Mar 2001"]), (13, ["Apr 2001"])):
        closes = monthly([1, 2, *[1.5] * quiet, 3], "2000-01")
        assert [event.label for event in dated(closes)] == expected


def test_records_are_judged_by_what_came_before_the_window_and_never_by_what_came_after():
    whole = breakouts.breakout_events(made_up(), quiet=4)
    assert breakouts.breakout_events(made_up(start=month("2025-01")), quiet=4) == whole
    assert breakouts.breakout_events(made_up(end=month("2025-04")), quiet=4) == whole[:1]


def test_few_breakouts_are_an_error():
    with pytest.raises(TooFewEvents, match="breakouts with a whole 3-month window"):
        breakouts.breakout(made_up(), horizon=3, quiet=4, rng=np.random.default_rng(1))


def zigzag(start: str | None = None) -> Panel:
    """Six breakouts three years apart; large caps gain 1 % in each month, and 2 % in the year after a breakout."""
    months = pd.period_range("1987-01", "2006-12", freq="M")
    small, large = np.zeros(len(months)), np.full(len(months), 0.01)
    for place in range(12, len(months) - 24, 36):
        small[place], small[place + 1] = 0.2, -0.05
        large[place + 1 : place + 13] = 0.02
    levels = {name: (1 + pd.Series(x, index=months)).cumprod() for name, x in (("small", small), ("large", large))}
    frame = pd.DataFrame({"russell2000_close": levels["small"], "sp500_close": levels["large"]})
    frame["ru2000pr_fred"] = frame["russell2000_linked"] = frame["russell2000_close"]
    return Panel(Fake(index_levels=frame), start=start and month(start))


def test_breakout_study_by_hand():
    found = breakouts.breakout(zigzag(), rng=np.random.default_rng(1))
    # the first rise of the sample is no breakout: no record came before it
    assert found.n == len(found.table) == 5
    assert found.mean == pytest.approx((1.02**12 - 1) * 100)
    assert found.base_rate == pytest.approx(found.windows["large"].mean())
    assert found.base_rate < found.mean
    assert found.against_base.p == pytest.approx(0.5**5)
    assert breakouts.positive(found) == (5, 100.0)
    assert breakouts.shifted(found).p < 0.05
    row = breakouts.comparison({"price": found}).loc["price"]
    assert row["Difference, pp"] == pytest.approx(found.mean - found.base_rate)
    assert np.isnan(row["Low"])  # five events have no interval


def test_breakout_evidence_is_a_proxy_that_names_the_latest():
    panel = zigzag()
    found = breakouts.breakout(panel, rng=np.random.default_rng(1))
    evidence = breakouts.breakout_evidence(found, latest=breakouts.latest_breakout(panel))
    assert evidence.proxy
    assert evidence.n == 5
    assert "Jan 2003" in evidence.why


# Dated facts of the snapshot itself


@pytest.fixture(scope="module")
def panel() -> Panel:
    return Panel(snapshot.current(), end=month("2026-08"))


def test_august_2025(panel):
    found = study.august_return(panel)
    assert found.round(1).to_numpy().tolist() == [[7.0, 7.2], [1.9, 2.1]]
    run = study.streak(panel)
    assert (run.length, run.previous["length"], str(run.previous["last"])) == (4, 9, "2021-06")
    evidence = study.fact_evidence(found, study.august_rank(panel), run)
    assert evidence["value-streak"].holds is True
    assert evidence["value-august-best"].estimate == 1.0


def test_record_and_quote_of_2025(panel):
    found = records.record_close(panel)
    assert found.holds
    assert (str(found.best_of_2021), str(found.passed)) == ("2021-06", "2024-11")
    assert found.first_month_end_above == month("2025-10")
    quotes = records.quoted_close(panel)
    assert quotes.loc[records.QUOTED_DAY].tolist() == [records.QUOTED_CLOSE, 2394.59]
    volumes = records.index_volume(panel).dropna()
    assert (volumes["rut"] == volumes["spx"]).all()


def test_breakouts_of_the_index(panel):
    found = breakouts.breakout(panel, rng=np.random.default_rng(1))
    assert (found.n, found.table.index[-1]) == (12, "Nov 2024")
    assert (found.table["base"].diff().dropna().map(lambda step: step.n) > 12).all()
    assert abs(found.mean - found.base_rate) < found.minimum_detectable_effect
    assert breakouts.latest_breakout(panel, pair="french").label == "Oct 2025"


def test_the_chapter_s_charts_draw_on_all_screens(panel):
    from smallcaps import charts_momentum_and_records as forms

    run, found = study.streak(panel), records.record_close(panel)
    draws = [
        forms.month_bars(run.values.loc["2024":], runs=[(month("2025-05"), month("2025-08"))], named=[study.AUGUST]),
        forms.against_record(
            found.month_ends["against"], days={"one day": (records.NEW_RECORD, 1.0)}, levels={"here": 0.0}
        ),
        forms.large_cap_bars(pd.Series({"a": 1.0, "b": -2.0}), marks={"mean": -0.5}),
    ]
    for draw in draws:
        figure = Figure("t", "t", "t", "t", "t", pd.DataFrame(), draw)
        for narrow in (False, True):
            assert render(figure, narrow=narrow).startswith("<?xml")
