"""Event studies: hand-computed windows, the base rate, no look into the future, and the real gaps."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smallcaps.catalog import ROOT
from smallcaps.errors import ReturnKindError, TooFewEvents
from smallcaps.events import Event, first_cuts
from smallcaps.panel import Panel
from smallcaps.returns import ReturnSeries
from smallcaps.snapshot import current
from smallcaps.studies.event_study import MIN_EVENTS, event_study, paths_around, windows_after

EIGHT = {
    "1984-09": -0.1,
    "1989-06": -14.2,
    "1995-07": -0.9,
    "1998-09": -11.3,
    "2001-01": +14.1,
    "2007-09": +6.2,
    "2019-07": -13.4,
    "2024-09": -7.7,
}


def asset(values, *, name: str = "small", kind: str = "price") -> ReturnSeries:
    index = pd.period_range("2000-01", periods=len(values), freq="M")
    return ReturnSeries(name, name.title(), kind, pd.Series(list(values), index=index, dtype=float), ("a_table",))


def event(base: str, **more) -> Event:
    month = pd.Period(base, freq="M")
    return Event((month + 1).start_time, month, base, **more)


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


SMALL = asset([0.10, -0.10, 0.20, 0.00, 0.05, -0.05, 0.10, 0.00, 0.02, -0.02])
LARGE = asset([0.05, 0.05, 0.00, 0.10, -0.10, 0.00, 0.05, 0.01, 0.00, 0.03], name="large")
FIVE = [event(base) for base in ("1999-12", "2000-02", "2000-04", "2000-06", "2000-08")]


def study(events=FIVE, *, horizon: int = 2, small=SMALL, large=LARGE, **options):
    return event_study(small, large, events=events, horizon=horizon, rng=rng(), **options)


# Windows


def test_windows_by_hand():
    found = windows_after(SMALL, LARGE, horizon=2)
    assert (str(found.index[0]), str(found.index[-1]), len(found)) == ("1999-12", "2000-08", 9)
    row = found.loc["1999-12"]
    assert row.tolist() == pytest.approx([100 * (1.1 * 0.9 - 1), 100 * (1.05 * 1.05 - 1), -1.0 - 10.25])


def test_a_lead_begins_the_window_before_the_base():
    found = windows_after(SMALL, LARGE, horizon=1, lead=2)
    assert str(found.index[0]) == "2000-02"  # the months 2000-01 to 2000-03
    assert found.loc["2000-02", "small"] == pytest.approx(100 * (1.1 * 0.9 * 1.2 - 1))
    assert found.loc["2000-08", "large"] == pytest.approx(100 * (1.05 * 1.01 * 1.00 - 1))


# The study


def test_table_and_statistics_by_hand():
    found = study()
    small = [100 * ((1 + a) * (1 + b) - 1) for a, b in ((0.1, -0.1), (0.2, 0), (0.05, -0.05), (0.1, 0), (0.02, -0.02))]
    large = [100 * ((1 + a) * (1 + b) - 1) for a, b in ((0.05, 0.05), (0, 0.1), (-0.1, 0), (0.05, 0.01), (0, 0.03))]
    gaps = [s - b for s, b in zip(small, large, strict=True)]
    assert found.table.index.tolist() == [e.label for e in FIVE]
    assert found.table["base"].tolist() == [e.base for e in FIVE]
    assert found.table["small"].tolist() == pytest.approx(small)
    assert found.table["large"].tolist() == pytest.approx(large)
    assert found.values.tolist() == pytest.approx(gaps)
    assert (found.n, found.hits) == (5, sum(gap > 0 for gap in gaps))
    assert found.mean == pytest.approx(sum(gaps) / 5)
    assert found.median == pytest.approx(sorted(gaps)[2])
    assert (found.small, found.large, found.kind, found.horizon, found.proxy) == ("Small", "Large", "price", 2, False)


def test_the_base_rate_is_the_plain_average_over_all_windows():
    found = study()
    gaps = []
    for first in range(9):
        product = dict.fromkeys(("small", "large"), 1.0)
        for asset_ in (SMALL, LARGE):
            for value in asset_.values.iloc[first : first + 2]:
                product[asset_.name] *= 1 + value
        gaps.append(100 * (product["small"] - product["large"]))
    assert found.base_rate == pytest.approx(sum(gaps) / 9)
    assert found.base_share == pytest.approx(100 * sum(gap > 0 for gap in gaps) / 9)


def test_p_counts_the_sign_patterns():
    found = study()
    centred = found.values.to_numpy() - found.base_rate
    patterns = np.array(np.meshgrid(*[[-1, 1]] * 5)).reshape(5, -1).T
    means = (patterns * centred).mean(axis=1)
    assert found.against_base.p == pytest.approx((means >= centred.mean() - 1e-12).mean())
    assert found.against_base_opposite.p == pytest.approx((means <= centred.mean() + 1e-12).mean())


@pytest.mark.parametrize("measure", ["small", "large"])
def test_another_measure_is_tested_against_its_own_base_rate(measure):
    found = study(measure=measure)
    assert found.values.tolist() == found.table[measure].tolist()
    assert found.base_rate == pytest.approx(found.windows[measure].mean())
    assert found.against_base.estimate == pytest.approx(found.table[measure].mean())


def test_the_direction_of_the_claim_swaps_the_tails():
    up, down = study(), study(alternative="less")
    assert up.against_base.p == down.against_base_opposite.p
    assert up.against_base_opposite.p == down.against_base.p


def test_evidence_says_what_was_found():
    found = study()
    evidence = found.evidence()
    assert (evidence.estimate, evidence.n, evidence.base_rate) == (found.mean, 5, found.base_rate)
    assert (evidence.p, evidence.p_opposite) == (found.against_base.p, found.against_base_opposite.p)
    assert evidence.sample == "2000-01 to 2000-10"
    assert evidence.minimum_detectable_effect > 0


def test_one_proxy_makes_the_study_one():
    found = study([*FIVE[:4], event("2000-08", proxy=True)])
    assert found.proxy and found.evidence().proxy


def test_influence_names_the_event_that_moves_the_mean_most():
    found = study()
    without = {label: found.values.drop(label).mean() for label in found.values.index}
    most = max(without, key=lambda label: abs(without[label] - found.mean))
    assert found.influence.most_influential == most
    assert found.influence.without[most] == pytest.approx(without[most])


# Faults


@pytest.mark.parametrize("kept", range(MIN_EVENTS))
def test_too_few_events_are_refused_with_their_number(kept):
    with pytest.raises(TooFewEvents) as caught:
        study(FIVE[:kept], what="first cuts")
    said = str(caught.value)
    assert "first cuts" in said and "2000-01 and 2000-10" in said and "2-month window" in said
    assert {kept, MIN_EVENTS} <= set(map(int, re.findall(r"(?<![\d-])\d+(?![\d-])", said)))


def test_events_without_a_whole_window_do_not_count():
    late = [*FIVE[:4], event("2000-09"), event("1999-11"), event("2010-01")]
    with pytest.raises(TooFewEvents, match=r"\b4\b"):
        study(late)
    assert study([*late, FIVE[4]]).n == 5


def test_five_is_the_least_number_that_can_reach_significance():
    assert 0.5**MIN_EVENTS < 0.05 < 0.5 ** (MIN_EVENTS - 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda small, large: windows_after(small, large, horizon=1),
        lambda small, large: paths_around(small, large, events=FIVE, before=1, after=1),
        lambda small, large: event_study(small, large, events=FIVE, horizon=1, rng=rng()),
    ],
)
def test_price_never_meets_total(call):
    with pytest.raises(ReturnKindError, match=r"'small' is a price return and 'fund' a total return"):
        call(SMALL, asset(LARGE.values, name="fund", kind="total"))


# Paths


def test_paths_by_hand():
    found = paths_around(SMALL, LARGE, events=[event("2000-02")], before=1, after=2)
    assert found.columns.tolist() == ["2000-02"] and found.index.tolist() == [-1, 0, 1, 2]
    expected = [100 * (1 / 0.9 - 1 / 1.05), 0, 100 * (0.2 - 0), 100 * (1.2 * 1.0 - 1.0 * 1.1)]
    assert found["2000-02"].tolist() == pytest.approx(expected)


def test_a_path_beyond_the_data_is_empty_there():
    found = paths_around(SMALL, LARGE, events=[event("2000-09")], before=1, after=3)
    assert found["2000-09"].isna().tolist() == [False, False, False, True, True]


# No look into the future


@given(later=st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)), min_size=1, max_size=8))
@settings(max_examples=15, deadline=None)
def test_months_to_come_change_no_earlier_event(later):
    more_small = asset([*SMALL.values, *[small for small, _ in later]])
    more_large = asset([*LARGE.values, *[large for _, large in later]], name="large")
    known, then = study(), study(small=more_small, large=more_large)
    pd.testing.assert_frame_equal(known.table, then.table)
    pd.testing.assert_frame_equal(known.windows, then.windows.iloc[: len(known.windows)], check_freq=False)
    before = paths_around(SMALL, LARGE, events=FIVE, before=2, after=2)
    after = paths_around(more_small, more_large, events=FIVE, before=2, after=2)
    assert after[before.notna()].equals(before)


def test_changes_of_the_target_to_come_change_no_earlier_event():
    small, large = Panel(current()).pair("price")
    targets = current().table("fomc_target_changes").frame
    more = pd.DataFrame({"change": [0.25, -0.25]}, index=pd.DatetimeIndex(["2026-10-28", "2027-12-15"]))
    now = event_study(small, large, events=first_cuts(targets), horizon=12, rng=rng())
    then = event_study(small, large, events=first_cuts(pd.concat([targets, more])), horizon=12, rng=rng())
    assert len(first_cuts(pd.concat([targets, more]))) == len(first_cuts(targets)) + 1
    pd.testing.assert_frame_equal(now.table, then.table)


# The real gaps, computed without the library from the files of the snapshot


def plain_gaps() -> dict[str, float]:
    folder = ROOT / "data" / "snapshot" / (ROOT / "data" / "snapshot" / "CURRENT").read_text().strip()
    levels = pd.read_csv(folder / "index_levels.csv", index_col="month")
    found = {}
    for cut in EIGHT:
        year, month = map(int, cut.split("-"))
        base = f"{year - (month == 1)}-{(month - 2) % 12 + 1:02d}"
        end = f"{int(base[:4]) + 1}{base[4:]}"
        large = levels["sp500_close"][end] / levels["sp500_close"][base] - 1
        russell = levels["ru2000pr_fred"]
        if end > "1987-09":  # the old series ends in 1989: the new one, or both joined where they meet
            russell = levels["russell2000_close"]
        found[cut] = 100 * (russell[end] / russell[base] - 1 - large)
    return found


def test_the_plain_gaps_are_the_known_ones():
    assert plain_gaps() == pytest.approx(EIGHT, abs=0.1)


def test_the_eight_gaps_of_the_price_pair():
    small, large = Panel(current()).pair("price")
    found = event_study(
        small, large, events=first_cuts(current().table("fomc_target_changes").frame), horizon=12, rng=rng()
    )
    gaps = {
        f"{e.date:%Y-%m}": gap
        for e, gap in zip(first_cuts(current().table("fomc_target_changes").frame), found.values, strict=True)
    }
    assert gaps == pytest.approx(EIGHT, abs=0.1)
    assert gaps == pytest.approx(plain_gaps(), abs=1e-9)
    assert math.isclose(found.mean, sum(plain_gaps().values()) / 8, abs_tol=1e-9)
