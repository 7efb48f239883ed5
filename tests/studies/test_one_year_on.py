"""What came after the articles: hand-computed paths and odds, the published closes, and what a window must hold."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from own_data import write_table
from panels import month
from panels import panel as real

from smallcaps import figures
from smallcaps.charts_one_year_on import since
from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.pairs import OwnPair
from smallcaps.panel import Panel
from smallcaps.snapshot import current
from smallcaps.studies import aftermath, one_year_on
from smallcaps.studies.outcomes import Outcome, luck_table
from smallcaps.studies.scoreboard import Forecast, Scoreboard, cut_odds, scoreboard

A, B = one_year_on.MONTH_A, one_year_on.DAY_B


def synthetic(after: list[tuple[float, float]], *, end: str | None = None, **tables: pd.DataFrame) -> Panel:
    """A panel of index levels: flat from 2020-12 to 2025-08, then the returns (small, large) of `after`, percent."""
    flat = pd.period_range("2020-12", A, freq="M")
    months = flat.append(pd.period_range(A + 1, periods=len(after), freq="M"))
    levels = {}
    for place, name in enumerate(("russell2000_close", "sp500_close")):
        grown = (1 + pd.Series([pair[place] for pair in after]) / 100).cumprod() * 100
        levels[name] = [100.0] * len(flat) + grown.tolist()
    frame = pd.DataFrame(levels, index=months)
    early = pd.period_range("1987-06", "2020-11", freq="M")
    frame = pd.concat([pd.DataFrame(100.0, index=early, columns=frame.columns), frame])
    frame["ru2000pr_fred"] = 100.0
    days = pd.DataFrame({"rut_close": [80.0], "spx_close": [90.0]}, index=[B])
    tables = {"index_levels": frame, "index_daily_facts": days, **tables}
    catalog = SimpleNamespace(tables=list(tables), table=lambda name: SimpleNamespace(columns=list(tables[name])))
    snapshot = SimpleNamespace(catalog=catalog, table=lambda name: SimpleNamespace(frame=tables[name]))
    return Panel(snapshot, end=month(end) if end else None)


# Paths since the articles


def test_the_path_since_a_month_end_compounds_by_hand():
    found = one_year_on.since_month(synthetic([(10, 5), (10, 0)]))
    assert found.path["small"].tolist() == pytest.approx([0, 10, 21])
    assert found.path["large"].tolist() == pytest.approx([0, 5, 5])
    assert (found.gap, found.months, found.month_ends_ahead) == (pytest.approx(16), 2, 2)
    assert [f"{day:%Y-%m-%d}" for day in found.path.index] == ["2025-08-31", "2025-09-30", "2025-10-31"]


def test_the_path_since_a_day_begins_at_its_close():
    # Levels 100 at the end of October 2025 against closes of 80 and 90, then a month of 10 and 20 percent.
    found = one_year_on.since_day(synthetic([(0, 0), (0, 0), (10, 20)]))
    assert found.path["small"].tolist() == pytest.approx([0, 25, 37.5])
    assert found.path["large"].tolist() == pytest.approx([0, 100 / 0.9 - 100, 120 / 0.9 - 100])
    assert found.months == 2  # 51 days are nearer to two months than to one
    assert found.gap == pytest.approx(37.5 - (120 / 0.9 - 100))


def test_the_claim_holds_only_if_both_dates_do():
    both = one_year_on.since_the_articles(synthetic([(0, 0), (0, 0), (10, 0)]))
    assert both.holds and both.evidence().holds is True
    # Ahead since article B, whose closes were low, but not since article A.
    one = one_year_on.since_the_articles(synthetic([(0, 0), (0, 1), (0, 0)]))
    assert one.b.gap > 0 > one.a.gap
    assert not one.holds and one.evidence().holds is False
    assert one.evidence().estimate == pytest.approx(-1)


def test_the_published_closes_give_the_published_returns():
    found = one_year_on.since_the_articles(real(end="2026-08"))
    assert found.a.small == pytest.approx((2956.45 / 2366.42 - 1) * 100)
    assert found.a.large == pytest.approx((7686.14 / 6460.26 - 1) * 100)
    assert found.b.small == pytest.approx((2956.45 / 2394.59 - 1) * 100)
    assert found.b.large == pytest.approx((7686.14 / 6552.51 - 1) * 100)
    assert (found.a.months, found.b.months) == (12, 11)


def test_with_dividends_the_path_is_that_of_the_funds():
    found = one_year_on.since_month(real(), pair="total")
    funds = current().table("etf_total_returns").frame.loc[A + 1 : found.last, ["IWM", "SPY"]]
    expected = ((1 + funds / 100).prod() - 1) * 100
    assert (found.kind, found.small, found.large) == (
        "total",
        pytest.approx(expected["IWM"]),
        pytest.approx(expected["SPY"]),
    )


def test_nothing_from_after_the_window_is_used():
    whole, cut = (one_year_on.since_month(real(end=end)) for end in ("2026-08", "2026-03"))
    assert str(cut.last) == "2026-03"
    pd.testing.assert_frame_equal(cut.path, whole.path.iloc[: len(cut.path)])
    assert cut.windows.index[-1] + cut.months == cut.last


@pytest.mark.parametrize("bounds", [("1990-01", "2005-12"), ("1990-01", "2025-08"), ("2025-11", "2026-08")])
def test_a_window_without_the_articles_is_not_covered(bounds):
    with pytest.raises(NotCovered, match="2025-09"):
        one_year_on.since_the_articles(real(*bounds))


def test_a_window_that_ends_before_article_b_names_its_day():
    with pytest.raises(NotCovered, match="2025-10-10"):
        one_year_on.since_the_articles(real(end="2025-09"))


def test_a_window_too_short_for_comparison_says_how_many_there_are():
    found = one_year_on.since_month(real("2025-01"))
    with pytest.raises(TooFewEvents, match="12-month windows: 9; at least 12"):
        found.outcome  # noqa: B018


# One outcome among all windows


def test_an_outcome_knows_its_place_by_hand():
    windows = pd.Series(range(-10, 10), dtype=float)  # -10 to 9: 20 windows
    found = Outcome(5.0, windows, months=4)
    assert found.percentile == pytest.approx(75)  # -10 to 4
    assert found.share_positive == pytest.approx(45)  # 1 to 9
    assert found.mean == pytest.approx(-0.5)
    assert found.p == pytest.approx(5 / 20)  # 5 to 9, itself among them
    assert found.usual == (pytest.approx(-9.05), pytest.approx(8.05))
    assert found.independent == 5  # 20 windows of 4 months need 23 months
    assert luck_table({"gap": found}).loc["gap", "Nine in ten"].split() == ["−9.1", "to", "+8.1"]


def test_an_outcome_that_is_no_window_is_added_to_them():
    assert Outcome(5.0, pd.Series(range(-10, 10), dtype=float), months=4, own=False).p == pytest.approx(6 / 21)


# Value, flows, the target


def test_value_minus_growth_and_flows_by_hand():
    months = pd.period_range("2023-01", "2025-10", freq="M")
    funds = pd.DataFrame(0.0, index=months, columns=["IWN", "IWO"])
    funds.loc["2025-09":, "IWN"] = 10.0
    funds.loc["2025-10":, "IWO"] = 5.0
    money = pd.DataFrame({"net_flow_musd": 0.0}, index=months)
    money.loc["2025-09":, "net_flow_musd"] = [-1500.0, 500.0]
    ends = pd.DataFrame({"nav_usd": 200.0, "shares": 1e8}, index=months)  # no change of shares: the daily rows decide
    panel = synthetic([(0, 0), (0, 0)], etf_total_returns=funds, iwm_flows_daily_method=money, iwm_month_end=ends)
    found = aftermath.leadership(panel, size="small")
    assert (found.value, found.months, found.n) == (pytest.approx(16), 2, len(months) - 1)
    assert aftermath.flows(panel).value == pytest.approx(-1.0)
    assert aftermath.flows(panel).percentile == pytest.approx(100 / 32)  # August with September: -1.5 bn
    with pytest.raises(NotCovered, match="nothing after 2025-10"):
        aftermath.flows(panel, base=one_year_on.MONTH_B)


def test_flows_and_leadership_of_the_snapshot_are_plain_sums_and_products():
    flows = current().table("iwm_flows_daily_method").frame["net_flow_musd"]
    assert aftermath.flows(real()).value == pytest.approx(flows.loc["2025-09":"2026-08"].sum() / 1000)
    paths, found = aftermath.leadership_paths(real()), aftermath.leadership(real(), size="large")
    assert paths["large"].iloc[-1] == pytest.approx(found.value)
    assert paths.iloc[0].tolist() == [0, 0]


def test_the_target_moved_four_times():
    found = aftermath.target_changes(real())
    assert [f"{day:%Y-%m-%d}" for day in found.index] == ["2025-09-17", "2025-10-29", "2025-12-10", "2026-09-16"]
    assert found.tolist() == [-25, -25, -25, 25]


def test_yields_since_are_differences_of_the_table():
    ends = current().table("treasury_yields_month_end").frame["DGS10"]
    row = aftermath.yields_since(real()).loc["10-year, month end"]
    assert row.iloc[0] == pytest.approx((ends["2026-05"] - ends["2025-08"]) * 100)
    assert row.iloc[1] == pytest.approx((ends["2026-05"] - ends["2025-10"]) * 100)


def test_a_window_before_the_series_says_so():
    for end in ("1933-12", "1950-12", "2025-10"):  # no series at all, only some, none beyond October 2025
        with pytest.raises(NotCovered, match=f"no yield after 2025-10 in a window that ends {end}"):
            aftermath.yields_since(real(end=end))
    with pytest.raises(NotCovered, match="ends in 1950-12, before the first core PCE inflation"):
        one_year_on.core_inflation(real(end="1950-12"))


# The rise, told


def test_the_rise_of_2026_comes_after_the_last_prices():
    found = one_year_on.since_the_rise(real())
    assert (f"{found.date:%Y-%m-%d}", found.change, found.target, found.months_since_cut) == ("2026-09-16", 25, 4, 9)
    assert (str(found.base), found.months_after, found.after) == ("2026-08", 0, None)
    since_a = one_year_on.since_month(real())
    assert found.before.loc[12, "gap"] == pytest.approx(since_a.gap)
    assert found.moves.loc[A].tolist() == [0, 0, 0]


def test_a_window_before_the_rise_says_that_none_came():
    found = one_year_on.since_the_rise(real(end="2026-06"))
    assert (found.date, found.change, str(found.base), found.months_since_cut) == (None, 0, "2026-06", None)
    with pytest.raises(NotCovered, match="2025-10-10"):
        one_year_on.since_the_rise(real(end="2025-09"))


def test_months_after_a_rise_are_told_when_prices_have_them():
    targets = pd.DataFrame(
        {"target": [4.25, 4.0, 4.25], "change": [0.25, -0.25, 0.25]},
        index=pd.to_datetime(["2023-07-26", "2025-09-17", "2025-11-05"]),
    )
    months = pd.period_range("2025-08", "2025-12", freq="M")
    rates = pd.DataFrame({"FEDFUNDS": range(5), "TB3MS": 1.0, "GS10": 2.0}, index=months)
    panel = synthetic([(1, 0), (2, 0), (10, 0), (10, 1)], fomc_target_changes=targets, fred_monthly=rates)
    found = one_year_on.since_the_rise(panel)
    assert (str(found.base), found.months_after, found.months_since_cut) == ("2025-10", 2, 2)
    assert found.after == pytest.approx(21 - 1)
    assert found.before.loc[1].tolist() == pytest.approx([2, 0, 2])
    assert found.moves["FEDFUNDS"].tolist() == [0, 100, 200, 300, 400]


# The scoreboard


def test_the_odds_of_a_cut_by_hand():
    changes = pd.Series([0.25, -0.25, -0.25], index=pd.to_datetime(["2000-01-10", "2000-03-10", "2000-04-20"]))
    # Months 1 to 6 with 0 0 1 1 0 0 cuts: five windows of two months, of which three hold a cut and one holds two.
    assert cut_odds(changes, months=2, end=month("2000-06")) == pytest.approx(60)
    assert cut_odds(changes, months=2, least=2, end=month("2000-06")) == pytest.approx(20)


def test_open_forecasts_are_not_counted_and_odds_add_up():
    board = Scoreboard(
        (
            Forecast("one", "A", "it came", True, 40.0),
            Forecast("two", "B", "it did not", False, 20.0),
            Forecast("three", "B", "it came", True),
            Forecast("four", "B", "later", None, 90.0),
        )
    )
    assert (len(board.graded), board.came_true, len(board.with_odds)) == (3, 2, 2)
    assert board.expected == pytest.approx(0.6)
    assert board.table()["Came true"].tolist() == ["yes", "no", "yes", "open"]


def test_each_row_of_the_scoreboard_follows_its_rule():
    board = scoreboard(real())
    state = {forecast.foreseen: forecast.true for forecast in board.forecasts}
    assert len(state) == len(board.forecasts)
    assert state["It is cut further in 2026"] is False
    assert state["The target is cut by 25 basis points in September 2025"] is True
    assert state["A warning: a reversal of policy ends the rally"] is None
    assert all(0 <= forecast.any_date <= 100 for forecast in board.with_odds)
    assert all(type(value) in (bool, type(None)) for value in state.values())


def test_what_a_shorter_edition_cannot_know_stays_open():
    state = {forecast.foreseen: forecast.true for forecast in scoreboard(real(end="2025-12")).forecasts}
    assert state["It is cut further in 2026"] is None
    assert state["The lead in the year after the cut is 12 pp or more"] is None
    assert state["A series of cuts, two or more after 10 October 2025"] is True


# With a series of one's own


def test_an_own_series_counts_from_month_ends(tmp_path, monkeypatch):
    write_table(tmp_path, "mine", kind="total", seed=3)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    panel = Panel(current(), own=OwnPair(large="own:mine", of="total"))
    found = one_year_on.since_the_articles(panel, pair="own")
    assert [f"{x.opened:%Y-%m-%d}" for x in (found.a, found.b)] == ["2025-08-31", "2025-10-31"]
    assert found.a.labels == ("Russell 2000", "The mine index (own)") and found.b.article == "B"
    large = (1 + panel.returns("own:mine").values.loc["2025-11":]).prod() - 1
    assert found.b.large == pytest.approx(large * 100)
    assert one_year_on.since_the_rise(panel, pair="own").before["large"].notna().all()
    foreseen = [forecast.foreseen for forecast in scoreboard(panel, pair="own").forecasts]
    assert "The The mine index (own) gains 15 % or more within a year of 31 October 2025" in foreseen
    book = one_year_on.since_the_articles(Panel(current()))
    assert not book.b.from_month_end and book.b.opened == B and book.a.labels == ("Russell 2000", "S&P 500")


# The figure


@pytest.mark.parametrize("variant", figures.VARIANTS)
def test_the_lines_since_are_drawn_in_every_variant(variant):
    path = pd.Series([0.0, 1.0, -2.0], index=pd.to_datetime(["2025-08-31", "2025-09-30", "2025-10-31"]))
    draw = since({"A": path}, colours={"A": "small"}, milestones=[(pd.Timestamp("2025-09-17"), "cut")])
    figure = figures.Figure("since", "t", "s", "a", "src", path.to_frame(), draw)
    assert "<svg" in figures.render(figure, **figures.VARIANTS[variant])
