"""Placebo dates against loops over every shift, and their properties."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference import (
    base_rate,
    circular_shift,
    drawn_sets,
    random_dates,
    shifted_sets,
    simulated_size,
)


@pytest.fixture
def windows():
    """Overlapping 12-month sums with undefined ends, as the book's series have them."""
    monthly = np.random.default_rng(4).normal(0, 0.04, 260)
    sums = np.convolve(monthly, np.ones(12), mode="valid")
    return np.concatenate([[np.nan] * 3, sums, [np.nan] * 12])


EVENTS = [20, 61, 100, 148, 240]


def test_base_rate_counts_the_defined_windows():
    rate = base_rate([np.nan, 0.1, -0.1, 0.3, 0.0, np.nan])
    assert (rate.mean, rate.share_positive, rate.n) == (pytest.approx(0.075), 0.5, 4)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_circular_shift_is_the_loop(windows, alternative):
    defined = windows[3:-12]
    n = len(defined)
    means = [np.mean([defined[(e - 3 + k) % n] for e in EVENTS]) for k in range(n)]
    greater, less = (np.array(means) >= means[0]).mean(), (np.array(means) <= means[0]).mean()
    expected = {"greater": greater, "less": less, "two-sided": min(1, 2 * min(greater, less))}
    result = circular_shift(windows, EVENTS, alternative=alternative)
    assert result.p == pytest.approx(expected[alternative])
    assert result.estimate == pytest.approx(means[0])
    assert result.statistic == pytest.approx(means[0] - defined.mean())
    assert result.resamples == n == 249
    assert result.smallest_p == (2 if alternative == "two-sided" else 1) / n
    assert "249" in result.null


def test_a_set_that_repeats_itself_has_fewer_distinct_shifts():
    sets = shifted_sets([1, 6, 11], length=15)
    assert sets.shape == (5, 3)
    assert len({frozenset(row) for row in sets.tolist()}) == 5
    assert circular_shift(np.arange(15.0), [1, 6, 11]).smallest_p == 2 / 5


@given(st.sets(st.integers(0, 29), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_shifts_are_all_and_distinct(events):
    sets = shifted_sets(sorted(events), length=30).tolist()
    every = {frozenset((e + k) % 30 for e in events) for k in range(30)}
    assert {frozenset(row) for row in sets} == every
    assert len(sets) == len(every)
    assert set(sets[0]) == events


@given(st.sets(st.integers(0, 58), min_size=1, max_size=7), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_drawn_sets_keep_number_and_gaps(events, seed):
    events = sorted(events)
    sets = drawn_sets(events, length=60, draws=99, rng=np.random.default_rng(seed))
    assert sets.shape == (99, len(events))
    for row in sets:
        assert sorted(np.diff(row) % 60) == sorted(np.diff(events))
        assert len(set(row)) == len(events)


def test_min_spacing_is_kept_and_every_month_is_equally_likely():
    rng = np.random.default_rng(8)
    sets = drawn_sets([0, 20, 40], length=50, draws=20_000, rng=rng, min_spacing=12)
    around = np.diff(np.column_stack([sets, sets[:, 0]])) % 50
    assert around.min() == 12
    counts = np.bincount(sets.ravel(), minlength=50)
    assert counts == pytest.approx(np.full(50, 1_200), rel=0.15)


def test_min_spacing_draws_every_admissible_set_equally_often():
    # Of 6 places on a circle, 2 events at least 2 apart: 9 sets.
    sets = drawn_sets([0, 3], length=6, draws=18_000, rng=np.random.default_rng(2), min_spacing=2)
    counts = Counter(frozenset(row) for row in sets.tolist())
    assert len(counts) == 9
    assert np.array(list(counts.values())) == pytest.approx(np.full(9, 2_000), rel=0.1)


def test_random_dates_with_equal_gaps_come_close_to_all_shifts(windows):
    events = [15, 63, 111, 159, 207]
    drawn = random_dates(windows, events, draws=20_000, rng=np.random.default_rng(1))
    assert drawn.p == pytest.approx(circular_shift(windows, events).p, abs=0.02)
    assert drawn.smallest_p == 2 / 20_001
    assert "20,000" in drawn.null


def test_random_dates_are_reproducible_and_their_p_is_never_zero(windows):
    best = np.sort(np.argsort(np.nan_to_num(windows, nan=-9))[-4:])
    first, second = (
        random_dates(windows, best, draws=999, rng=np.random.default_rng(7), alternative="greater") for _ in range(2)
    )
    assert first == second
    assert first.p >= 1 / 1000


def test_one_event_among_all_windows(windows):
    place = int(np.nanargmax(windows))
    assert circular_shift(windows, [place], alternative="greater").p == 1 / 249


@pytest.mark.parametrize(
    ("positions", "error", "message"),
    [
        ([], TooFewEvents, r"positions has 0 events"),
        ([1, 50], InputError, r"positions holds \[1\], whose windows are not defined; .* 3 to 251"),
        ([50, 50], InputError, r"positions names 50 twice"),
        ([50, 400], InputError, r"positions run from 50 to 400; allowed: 0 to 263"),
        ([50.0], InputError, r"positions is of type float64"),
    ],
)
def test_positions_that_cannot_be_used(windows, positions, error, message):
    with pytest.raises(error, match=message):
        circular_shift(windows, positions)


def test_gaps_inside_and_empty_series(windows):
    windows[100] = np.nan
    with pytest.raises(InputError, match=r"missing or infinite"):
        circular_shift(windows, EVENTS)
    with pytest.raises(TooFewEvents, match=r"no defined window among 4"):
        base_rate([np.nan] * 4)


def test_spacing_and_generator_that_cannot_be_used(windows):
    with pytest.raises(InputError, match=r"min_spacing is 42; allowed: a whole number, 1 to 39"):
        random_dates(windows, EVENTS, rng=np.random.default_rng(0), min_spacing=42)
    with pytest.raises(InputError, match=r"rng is None; a draw of placebo dates"):
        random_dates(windows, EVENTS, rng=None)
    with pytest.raises(InputError, match=r"alternative is 'more'"):
        circular_shift(windows, EVENTS, alternative="more")


def _overlapping(rng):
    return np.convolve(rng.standard_normal(311), np.ones(12), mode="valid")


@pytest.mark.slow
def test_circular_shift_keeps_its_size():
    events = [10, 60, 100, 170, 200, 260]
    size = simulated_size(
        lambda x: circular_shift(x, events),
        simulate=_overlapping,
        reps=3_000,
        rng=np.random.default_rng(3),
    )
    assert not size.distorted


@pytest.mark.slow
def test_random_dates_keep_their_size():
    events = [10, 60, 100, 170, 200, 260]
    draws = np.random.default_rng(4)
    size = simulated_size(
        lambda x: random_dates(x, events, draws=499, rng=draws),
        simulate=_overlapping,
        reps=1_500,
        rng=np.random.default_rng(3),
    )
    assert not size.distorted
