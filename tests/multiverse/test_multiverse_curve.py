"""Curves: joint inference that keeps its size, sees a planted effect, counts nothing twice, and survives JSON."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from smallcaps.book.parameters import TABLES
from smallcaps.confidence import Specifications
from smallcaps.errors import TooFewEvents
from smallcaps.multiverse import HEADLINES, curve
from smallcaps.multiverse.evaluation import Evaluation, mean_margin, share_interval
from smallcaps.multiverse.events import EventCase, evaluate
from smallcaps.multiverse.grid import Dimension, Grid, Option
from smallcaps.multiverse.joint import joint, statistics
from smallcaps.multiverse.multiverse import Multiverse, specification_curve
from smallcaps.multiverse.placebo import Calendar, Cycle, moved
from smallcaps.multiverse.slopes import SlopeCase
from smallcaps.multiverse.slopes import evaluate as evaluate_slopes
from smallcaps.multiverse.source import Source, Unavailable
from smallcaps.panel import Panel
from smallcaps.snapshot import current

MONTHS = 240
CALENDAR = Calendar(pd.Period("2000-01", freq="M"), MONTHS)
EVENTS = (15, 40, 70, 99, 131, 150, 190, 215)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def windows(monthly: np.ndarray, horizon: int) -> np.ndarray:
    total = np.concatenate([[0.0], monthly.cumsum()])
    return np.append(total[horizon:] - total[:-horizon], np.full(horizon - 1, np.nan))


def cases(source: np.random.Generator, *, planted: float = 0.0) -> list[EventCase]:
    """Two noisy series with common months, three horizons, two samples, events counted from two months."""
    common = source.normal(size=MONTHS)
    for event in EVENTS:
        common[event + 1 : event + 7] += planted
    found = []
    for _ in range(2):
        monthly = common + 0.5 * source.normal(size=MONTHS)
        for horizon in (6, 12, 24):
            for since in (0, 90):
                laid = windows(monthly, horizon)
                laid[:since] = np.nan
                found += [EventCase(laid, tuple(e + late for e in EVENTS)) for late in (0, 1)]
    return found


def joint_of(found: list[EventCase], *, draws: int, seed: int, direction: str = "positive", claimed=None):
    placebos = moved(CALENDAR, begins=[90], rng=rng(seed), draws=draws)
    evaluated = evaluate(found, placebos=placebos, claimed=claimed)
    return joint(statistics(evaluated, direction=direction), direction=direction, exhaustive=placebos.exhaustive)


# Statistics and their p


def test_statistics_by_hand():
    nan = np.nan
    found = Evaluation(
        estimates=np.array([[2.0, 0.0, 1.0], [3.0, 5.0, nan], [-1.0, 1.0, -4.0]]),
        low=np.zeros(3),
        high=np.zeros(3),
        base=np.array([1.0, 4.0, -2.0]),
        n=np.array([5, 5, 5]),
        holds=np.array([[True, False, False], [False, False, True], [True, True, False]]),
    )
    together = statistics(found, direction="positive")
    np.testing.assert_allclose(together.agreeing, [2 / 3, 2 / 3, 0])
    np.testing.assert_allclose(together.median, [2, 1, -1.5])
    np.testing.assert_allclose(together.holding, [2 / 3, 1 / 3, 0])  # a missing value is left out
    np.testing.assert_allclose(statistics(found, direction="negative").agreeing, [1 / 3, 1 / 3, 1 / 2])
    all_sets = joint(together, direction="positive", exhaustive=True)
    assert (all_sets.placebos, all_sets.smallest_p) == (3, 1 / 3)
    assert (all_sets.p_median, all_sets.p_share_agreeing, all_sets.p_share_holding) == pytest.approx(
        (1 / 3, 2 / 3, 1 / 3)
    )
    drawn = joint(together, direction="negative", exhaustive=False)
    assert (drawn.placebos, drawn.smallest_p) == (2, 1 / 3)
    assert (drawn.p_median, drawn.p_median_opposite) == pytest.approx((1, 1 / 3))


def test_an_estimate_at_its_base_rate_agrees_with_neither_side():
    found = Evaluation(np.array([[1.0], [1.0]]), *np.zeros((2, 2)), np.array([1.0, 0.5]), np.array([9, 9]))
    assert statistics(found, direction="positive").agreeing[0] == 0.5
    assert statistics(found, direction="negative").agreeing[0] == 0.0


def test_intervals_are_the_usual_ones():
    values = np.array([1.0, 4.0, -2.0, 8.0, 0.5])
    margin = mean_margin(np.array([5.0, 1.0]), np.array([values.sum(), 2.0]), np.array([(values**2).sum(), 4.0]))
    assert margin[0] == pytest.approx(2.7764451 * values.std(ddof=1) / np.sqrt(5))
    assert np.isnan(margin[1])
    low, high = share_interval(np.array([[8.0, 0.0, 6.0, 0.0]]), np.array([[13.0, 6.0, 6.0, 0.0]]))
    assert (low[0, 0], high[0, 0]) == pytest.approx((31.5778, 86.1426), abs=1e-3)
    assert (low[0, 1], high[0, 2]) == (0, 100)
    assert np.isnan(low[0, 3]) and np.isnan(high[0, 3])


def test_a_planted_effect_is_seen():
    found = joint_of(cases(rng(), planted=1.0), draws=400, seed=2, claimed=6.0)
    assert found.p_median < 0.01 and found.p_share_agreeing < 0.05 and found.p_share_holding < 0.05
    assert found.p_median_opposite > 0.95
    other = joint_of(cases(rng(), planted=-1.0), draws=400, seed=2)
    assert other.p_median > 0.95 and other.p_median_opposite < 0.01
    assert joint_of(cases(rng(), planted=-1.0), draws=400, seed=2, direction="negative").p_median < 0.01


@pytest.mark.slow
def test_joint_p_keep_their_size_under_the_null():
    """With nothing to find, p below 5, 10 and 50 % come as often as they should, give or take chance and dependence."""
    pairs = [joint_of(cases(rng(seed)), draws=199, seed=seed + 10_000) for seed in range(500)]
    for name in ("p_median", "p_share_agreeing"):
        values = np.array([getattr(found, name) for found in pairs])
        for level in (0.05, 0.1, 0.5):
            error = 3 * np.sqrt(level * (1 - level) / len(values))
            assert (values <= level).mean() < level + error + 0.01, (name, level)
        assert abs(np.mean([found.p_median for found in pairs]) - 0.5) < 0.05


@pytest.mark.slow
def test_joint_p_of_slopes_keep_their_size_under_the_null():
    p = []
    for seed in range(600):
        source = rng(seed)
        common, x = source.normal(size=MONTHS), source.normal(size=MONTHS)
        for month in range(1, MONTHS):
            x[month] += 0.5 * x[month - 1]  # a driver with some persistence
        found = []
        for _ in range(4):
            y = common + source.normal(size=MONTHS)
            found += [SlopeCase(y, x), SlopeCase(np.where(np.arange(MONTHS) < 90, np.nan, y), x)]
        placebos = moved(CALENDAR, begins=[90], rng=rng(seed + 10_000), draws=199)
        together = statistics(evaluate_slopes(found, placebos=placebos), direction="positive")
        p.append(joint(together, direction="positive", exhaustive=False).p_median)
    for level in (0.05, 0.1, 0.5):
        assert abs((np.array(p) <= level).mean() - level) < 3 * np.sqrt(level * (1 - level) / len(p)) + 0.01


# Curves


class Made(Multiverse):
    """Ten series, of which the last is the first under another name; one is missing and one has too few events."""

    intervals = "Student's t"
    placebo = "move all events together"

    def __init__(self, count: int = 12):
        options = tuple(Option(f"series {i}", i, "Why not.") for i in range(count))
        grid = Grid("a-claim", "a mean", "pp", "positive", (Dimension("series", options),), claimed=1.0)
        super().__init__(Panel(current()), grid, Source(Panel(current()), CALENDAR))
        self.count = count

    def case(self, specification):
        number = specification["series"]
        if number == 1:
            raise Unavailable("no data in this edition's dates")
        monthly = rng(0 if number == self.count - 1 else number).normal(size=MONTHS)
        return EventCase(windows(monthly, 6), EVENTS[:3] if number == 2 else EVENTS)

    def placebos(self, rng, *, draws=100):
        return Cycle(CALENDAR, 5) if draws == 0 else moved(CALENDAR, begins=[], rng=rng, draws=draws)

    def evaluate(self, cases, placebos):
        return evaluate(cases, placebos=placebos, claimed=self.grid.claimed)


def test_what_is_the_same_counts_once_and_what_is_missing_says_why():
    made = Made(13)
    found = specification_curve(made, rng=rng(), draws=300)
    assert found.count == 10 and found.declared == 13
    assert found.fell_together == 1
    assert found.left_out == {"no data in this edition's dates": 1, "fewer than 5 events": 1}
    assert found.own == 0 and found.own_estimate == found.table["estimate"].iloc[0]
    assert found.joint.placebos == 240  # all shifts that there are
    with pytest.raises(
        TooFewEvents, match="9 specifications of a-claim can be computed from this window; a curve takes 10"
    ):
        specification_curve(Made(12), rng=rng(), draws=300)


def test_a_record_is_plain_json():
    found = specification_curve(Made(20), rng=rng(), draws=100)
    record = found.as_json()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert Specifications(**record["summary"]).count == found.count == len(record["rows"])
    assert record["columns"] == ["estimate", "low", "high", "base", "series"]
    back = pd.DataFrame(record["rows"], columns=record["columns"])
    np.testing.assert_allclose(back["estimate"], found.table["estimate"], rtol=1e-5)
    assert back["series"].tolist() == found.table["series"].tolist()
    assert {entry["option"] for entry in record["grid"]} >= set(back["series"])
    assert all(0 <= record["summary"][name] <= 1 for name in ("share_agreeing", "share_holding_figure"))
    assert sum(record["joint"]["placebo_histogram"]["counts"]) == record["joint"]["placebos"] == 100


@pytest.mark.parametrize("claim", HEADLINES)
def test_headline_curves(claim):
    found = curve(Panel(current(), tables=HEADLINES[claim].tables), claim=claim, rng=rng(), draws=99)
    assert found.own == 0 and found.count >= 200
    assert found.joint.placebos == (48 if claim == "election-83" else 99)
    assert not any("declared" in reason for reason in found.left_out)
    assert found.table[["estimate", "low", "high", "base"]].notna().all().all()
    assert not found.table.duplicated(["estimate", "low", "high", "n"]).any() or claim == "election-83"
    total = found.count + found.fell_together + sum(found.left_out.values())
    assert total == found.declared
    assert found.by_option["count"].sum() == found.count * len(found.dimensions)
    assert found.telling() in found.dimensions
    json.dumps(found.as_json(), allow_nan=False)


def test_the_same_seed_gives_the_same_curve():
    made = [curve(Panel(current()), claim="flows-structural", rng=rng(seed), draws=99).as_json() for seed in (1, 1, 2)]
    assert made[0] == made[1]
    assert made[0]["rows"] == made[2]["rows"] and made[0]["joint"] != made[2]["joint"]


@pytest.mark.parametrize("claim", HEADLINES)
def test_chapters_declare_the_tables_that_their_grids_read(claim):
    assert set(HEADLINES[claim].tables) <= set(TABLES[HEADLINES[claim].chapter])


def test_a_short_window_has_fewer_specifications_or_says_that_they_are_too_few():
    def between(start: str, end: str) -> Panel:
        return Panel(current(), start=pd.Period(start, freq="M"), end=pd.Period(end, freq="M"))

    found = curve(between("1960-01", "2005-12"), claim="momentum-breakout", rng=rng(), draws=99)
    assert 10 <= found.count < 671
    for claim in ("election-83", "value-spread-pays"):
        with pytest.raises(TooFewEvents, match="specifications of"):
            curve(between("2015-01", "2018-12"), claim=claim, rng=rng(), draws=99)
    assert curve(between("2015-01", "2018-12"), claim="flows-structural", rng=rng(), draws=99).own == 0
    with pytest.raises(TooFewEvents):
        curve(between("1930-01", "1950-12"), claim="flows-structural", rng=rng(), draws=99)


def test_an_undeclared_table_is_left_out_with_its_name():
    tables = [t for t in HEADLINES["election-83"].tables if t != "ff_size_portfolios_ew"]
    found = curve(Panel(current(), tables=tables), claim="election-83", rng=rng(), draws=99)
    assert any("'ff_size_portfolios_ew' is not declared" in reason for reason in found.left_out)
    assert set(found.table["weighting"]) == {"by value"}
