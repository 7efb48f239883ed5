"""The rate chapter's studies on the snapshot: each against a plain computation, and none sees past its window."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from panels import month, panel
from scipy import stats

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.snapshot import current
from smallcaps.studies import rate_sensitivity as study


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.fixture(scope="module")
def targets() -> pd.DataFrame:
    return current().table("fomc_target_changes").frame


@pytest.fixture(scope="module")
def slopes() -> study.Sensitivity:
    return study.sensitivity(panel())


def plain_gap() -> pd.Series:
    """The monthly price gap in percentage points since 1987-10, without the library's linking."""
    levels = current().table("index_levels").frame
    return (
        100
        * (levels["russell2000_close"].pct_change(fill_method=None) - levels["sp500_close"].pct_change())["1987-10":]
    )


# Events


def test_direct_events_are_those_known_at_the_end_of_the_window():
    assert [event.label for event in study.direct_events(panel(end="2001-01"))][-2:] == ["Sep 1998", "Jan 2001"]
    assert [event.label for event in study.direct_events(panel(end="2000-12"))][-1] == "Sep 1998"


def test_a_late_start_does_not_make_a_cut_the_first():
    assert study.direct_events(panel(start="1991-01")) == study.direct_events(panel())


def test_proxies_end_where_the_target_begins():
    events = study.all_events(panel())
    proxies = [event for event in events if event.proxy]
    assert proxies and all(event.base < month("1982-09") for event in proxies)
    assert [event for event in events if not event.proxy] == list(study.direct_events(panel()))
    assert [event.base for event in events] == sorted(event.base for event in events)


# After first cuts


def test_only_the_long_pair_takes_proxies():
    assert not study.after_first_cut(panel(), rng=rng()).proxy
    long_view = study.after_first_cut(panel(), pair="french", rng=rng())
    assert long_view.proxy and long_view.kind == "total"
    assert long_view.n > study.after_first_cut(panel(), rng=rng()).n


def test_months_to_come_change_no_earlier_event():
    whole = study.after_first_cut(panel(), rng=rng()).table
    known = study.after_first_cut(panel(end="2008-08"), rng=rng()).table
    assert len(known) == 6  # the window of September 2007 ends with August 2008
    pd.testing.assert_frame_equal(known, whole.iloc[:6])
    assert len(study.after_first_cut(panel(end="2008-07"), rng=rng()).table) == 5


def test_too_few_cuts_are_refused_with_their_number():
    with pytest.raises(TooFewEvents, match=r"first cuts.*\b4\b|\b4\b.*first cuts"):
        study.after_first_cut(panel(end="2000-12"), rng=rng())


def test_around_the_cut_is_the_window_on_both_sides():
    found = study.around_first_cut(panel(), months_each_side=3, rng=rng())
    levels = current().table("index_levels").frame
    first, last = month("2007-05"), month("2007-11")  # three months before the end of August 2007, three after
    gap = 100 * (
        levels["russell2000_close"][last] / levels["russell2000_close"][first]
        - levels["sp500_close"][last] / levels["sp500_close"][first]
    )
    assert found.values["Sep 2007"] == pytest.approx(gap)
    assert found.against_base.p + found.against_base_opposite.p >= 1
    assert (found.mean < found.base_rate) == (found.against_base.p < found.against_base_opposite.p)  # claimed: less


def test_paths_end_at_the_gaps_of_the_study():
    paths = study.cut_paths(panel(), before=6, after=12)
    gaps = study.after_first_cut(panel(), rng=rng()).values
    assert paths.loc[12].to_dict() == pytest.approx(gaps.to_dict())
    assert (paths.loc[0] == 0).all()


def test_paths_of_a_window_take_the_cuts_inside_it():
    paths = study.cut_paths(panel("1990-01", "2007-12"), before=2, after=12)
    assert paths.columns.tolist() == ["Jul 1995", "Sep 1998", "Jan 2001", "Sep 2007"]
    assert paths["Sep 2007"].isna().tolist() == [False] * 7 + [True] * 8


def test_one_path_alone_is_no_comparison():
    with pytest.raises(TooFewEvents, match="between 1979-01 and 1985-06: 0; .* at least 2"):
        study.cut_paths(panel("1960-01", "1985-06"))
    with pytest.raises(NotCovered, match="no first cut lies between"):
        study.cut_paths(panel("1960-01", "1983-12"))


def test_the_resumed_cut_stands_apart():
    levels = current().table("index_levels").frame
    found = study.resumed_cut(panel(), horizon=6)
    base, end = month("2025-08"), month("2026-02")
    assert found["small"] == pytest.approx(
        100 * (levels["russell2000_close"][end] / levels["russell2000_close"][base] - 1)
    )
    assert found["gap"] == pytest.approx(found["small"] - found["large"])
    with pytest.raises(NotCovered, match=r"6 months after 2025-08 .* ends 2026-01"):
        study.resumed_cut(panel(end="2026-01"), horizon=6)


# Slopes


def test_the_slope_on_the_two_year_yield(slopes):
    change = current().table("treasury_yields_month_end").frame["DGS2"].diff()
    both = pd.concat([plain_gap(), change], axis=1).dropna()
    late = study.sensitivity(panel(start="1987-10"))
    assert late.two_year.estimate == pytest.approx(np.polyfit(both.iloc[:, 1], both.iloc[:, 0], 1)[0])
    assert late.two_year.n == len(both)
    assert slopes.two_year.n > late.two_year.n


def test_the_slope_on_the_target_counts_months_without_a_change(slopes, targets):
    target = targets["change"].dropna()
    monthly = target.groupby(target.index.to_period("M")).sum()
    gap = plain_gap()
    both = pd.concat([gap, monthly.reindex(gap.index, fill_value=0.0)], axis=1).dropna()
    late = study.sensitivity(panel(start="1987-10"))
    assert late.target.estimate == pytest.approx(np.polyfit(both.iloc[:, 1], both.iloc[:, 0], 1)[0])


def test_states_are_known_at_the_start_of_their_month(slopes, targets):
    changes = targets["change"].dropna()
    for name, sign in (("while easing", -1), ("while tightening", 1)):
        for at in slopes.states[name].sample.index[::17]:
            before = changes[changes.index < at.start_time]
            assert np.sign(before.iloc[-1]) == sign, (name, at)


def test_unknown_months_of_recession_are_in_neither_state(slopes):
    known = current().table("fred_monthly").frame["USREC"].dropna().index[-1]
    inside, outside = slopes.states["in recessions"], slopes.states["outside recessions"]
    assert max(inside.sample.index[-1], outside.sample.index[-1]) <= known < slopes.two_year.sample.index[-1]
    assert inside.n + outside.n == (slopes.two_year.sample.index <= known).sum()


def test_the_table_of_slopes_shows_every_slope(slopes):
    table = slopes.table()
    assert table.shape == (6, 5)
    assert table.iloc[0, 0] == slopes.two_year.estimate
    assert (table["95 % low"] < table["Slope, pp per pp"]).all()
    assert table["Months"].iloc[-2] == slopes.states["in recessions"].n


@pytest.mark.parametrize(("pair", "end"), [("price", "1980-12"), ("french", "1950-12")])
def test_a_window_before_the_target_says_so(pair, end):
    with pytest.raises((TooFewEvents, NotCovered)):
        study.sensitivity(panel(end=end), pair=pair)


# Dated facts


def test_what_the_federal_reserve_did():
    facts = study.policy_facts(panel())
    assert facts.delivered == pytest.approx(-0.25)
    assert (f"{facts.previous_change:%Y-%m-%d}", facts.months_since_previous) == ("2024-12-18", 9)
    assert facts.cut_before_2025 == pytest.approx(-1.0)  # 50, 25 and 25 basis points in 2024
    assert (facts.changes_2026.index.year == 2026).all()
    assert f"{facts.last_known:%Y-%m-%d}" == "2026-09-16" and facts.changes_2026.iloc[-1] == pytest.approx(0.25)


def test_a_window_that_ends_before_the_facts_says_so():
    with pytest.raises(NotCovered, match="2025-09-17"):
        study.policy_facts(panel(end="2025-08"))


def test_yields_are_changes_from_the_end_of_august_in_basis_points():
    found = study.yields_after(panel())
    yields = current().table("treasury_yields_month_end").frame
    assert found.index.tolist() == [1, 3, 6]
    assert found.loc[3, "2-year, bp"] == pytest.approx(
        100 * (yields["DGS2"][month("2025-11")] - yields["DGS2"][month("2025-08")])
    )
    assert study.yields_after(panel(end="2025-11")).equals(found.loc[[1, 3]])


@pytest.mark.parametrize("end", ["2025-08", "1980-12", "1950-12"])
def test_without_a_yield_after_the_cut_it_says_so(end):
    with pytest.raises(NotCovered, match="any yield after 2025-08"):
        study.yields_after(panel(end=end))


def test_policy_evidence_of_the_facts():
    found = study.policy_evidence(study.policy_facts(panel()), study.yields_after(panel()))
    assert found["rates-cut-delivered"].estimate == pytest.approx(25)
    assert found["rates-first-in-nine-months"].estimate == 9
    assert found["rates-prolonged-tightening"].holds is False
    short = study.policy_evidence(study.policy_facts(panel()), study.yields_after(panel(end="2025-10")))
    assert short["rates-borrowing-costs"].holds is None


# Inflation and depth


def test_inflation_around_the_cuts_by_hand():
    found = study.inflation_after_first_cuts(panel(), rng=rng())
    prices = current().table("fred_monthly").frame["PCEPILFE"]
    at, later = (100 * (prices[month(m)] / prices[month(m) - 12] - 1) for m in ("2007-08", "2008-08"))
    row = found.table.loc["Sep 2007"]
    assert row.tolist() == pytest.approx([at, later, later - at])
    assert found.evidence.n == len(found.table)
    assert found.evidence.estimate == pytest.approx(found.table["Change, pp"].mean())
    rises = [prices[m + 12] / prices[m] - prices[m] / prices[m - 12] for m in prices.dropna().index[12:-12]]
    assert found.evidence.base_rate == pytest.approx(100 * np.mean(rises))


def test_inflation_too_early_for_its_test():
    with pytest.raises(TooFewEvents, match=r"\b0\b.*at least 5"):
        study.inflation_after_first_cuts(panel(end="1950-12"), rng=rng())


def test_depth_is_the_cut_of_twelve_months_in_basis_points(targets):
    depth = study.easing_depth(panel())
    assert depth["Sep 2007"] == pytest.approx(100 * (5.25 - 2.00))  # 5.25 before, 2.00 a year later
    assert depth["Jan 2001"] == pytest.approx(100 * (6.50 - 1.75))
    assert depth["Jul 1995"] == pytest.approx(100 * (6.00 - 5.25))


def test_levels_evidence_says_what_large_caps_did():
    levels = study.after_first_cut(panel(), measure="small", rng=rng())
    found = study.levels_evidence(levels)
    assert found.estimate == levels.table["small"].mean()
    assert f"{levels.table['large'].mean():.1f} %" in found.why


def test_the_months_before_the_targets_and_those_after_are_the_whole(slopes):
    """Each slope by least squares on its own months, without the library's regression."""
    early, later = slopes.undated, slopes.dated
    assert early.n + later.n == slopes.two_year.n
    assert early.sample.index[-1] < later.sample.index[0] == month("1982-11")
    for part in (early, later):
        assert part.estimate == pytest.approx(np.polyfit(part.sample["driver"], part.sample["response"], 1)[0])
    assert later.n == slopes.states["while easing"].n + slopes.states["while tightening"].n


def test_a_window_that_begins_with_the_targets_has_no_months_before_them():
    assert study.sensitivity(panel(start="1983-01")).undated is None


def test_core_inflation_by_hand():
    prices = current().table("fred_monthly").frame["PCEPILFE"]
    found = study.inflation_since_resumed(panel())
    assert found.index[0] == month("2025-08")
    assert found.iloc[0] == pytest.approx((prices["2025-08"] / prices["2024-08"] - 1) * 100)
    with pytest.raises(NotCovered, match="before any core inflation after 2025-08"):
        study.inflation_since_resumed(panel(end="2025-08"))


def test_depth_and_gap_by_ranks():
    """Ranks 1 2 3 4 5 6 against 2 1 4 3 6 5: rho is 1 - 6 * 6 / (6 * 35)."""
    labels = list("abcdef")
    gaps, depth = pd.Series([10, 20, 30, 40, 50, 60.0], labels), pd.Series([2, 1, 4, 3, 6, 5.0], labels)
    rank, p = study.depth_and_gap(gaps, depth)
    assert rank == pytest.approx(1 - 36 / 210)
    t = rank * np.sqrt(4 / (1 - rank**2))
    assert p == pytest.approx(2 * stats.t.sf(t, 4))
    with pytest.raises(TooFewEvents, match="1 cycles with a gap and a depth"):
        study.depth_and_gap(gaps.iloc[:1], depth)
