"""Placebo calendars: pieces that move as a whole, all sets where they are few, elections with 48 calendars."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smallcaps.errors import InputError
from smallcaps.multiverse.placebo import Calendar, Cycle, moved, pieces

JANUARY = Calendar(pd.Period("2000-01", freq="M"), 120)


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_a_series_is_laid_on_the_calendar():
    index = pd.period_range("1999-12", periods=4, freq="M")
    laid = Calendar(pd.Period("2000-01", freq="M"), 5).array(pd.Series([9.0, 1.0, 2.0, 3.0], index=index))
    np.testing.assert_array_equal(laid, [1, 2, 3, np.nan, np.nan])
    assert np.isnan(JANUARY.array(pd.Series(dtype=float, index=pd.PeriodIndex([], freq="M")))).all()


def test_pieces_are_not_too_short_and_the_first_named_win():
    assert pieces([60], length=120, shortest=24) == [0, 60]
    assert pieces([60, 50, 10, 110], length=120, shortest=24) == [0, 60]
    assert pieces([50, 60], length=120, shortest=24) == [0, 50]
    assert pieces([-5, 0, 300], length=120, shortest=24) == [0]


def test_months_stay_in_their_piece_and_all_of_them_move_together():
    found = moved(JANUARY, begins=[60], rng=rng(), draws=200)
    assert found.sets == 200 and not found.exhaustive
    np.testing.assert_array_equal(found.origin[0], np.arange(120))
    for origin in found.origin:
        np.testing.assert_array_equal(np.sort(origin[:60]), np.arange(60))
        np.testing.assert_array_equal(np.sort(origin[60:]), np.arange(60, 120))
        assert set(np.unique(np.diff(origin[:60]))) <= {1, -59}
        assert set(np.unique(np.diff(origin[60:]))) <= {1, -59}
    assert len({tuple(o[[0, 60]]) for o in found.origin}) > 150


def test_all_sets_where_they_are_few():
    found = moved(Calendar(pd.Period("2000-01", freq="M"), 40), begins=[], rng=rng(), draws=1_000)
    assert found.exhaustive and found.sets == 39
    assert len(np.unique(found.origin, axis=0)) == 40
    np.testing.assert_array_equal(found.origin[0], np.arange(40))
    two = moved(Calendar(pd.Period("2000-01", freq="M"), 60), begins=[30], rng=rng(), draws=1_000)
    assert two.exhaustive and two.sets == 30 * 30 - 1
    with pytest.raises(InputError, match="draws is 5; allowed: at least 99"):
        moved(JANUARY, begins=[], rng=rng(), draws=5)


def test_events_and_series_move_alike():
    found = moved(JANUARY, begins=[40], rng=rng(), draws=99)
    events = np.zeros(120)
    events[[3, 50, 90]] = 1
    np.testing.assert_array_equal(found.indicators([3, 50, 90]), found.series(events))
    stands = found.indicators([3, 50, 90])
    assert (stands[:, :40].sum(axis=1) == 1).all() and (stands[:, 40:].sum(axis=1) == 2).all()
    np.testing.assert_array_equal((np.diff(np.flatnonzero(stands[5, 40:])) % 80), [40])  # spacing kept, both ways


def test_an_electoral_cycle_has_no_more_calendars_than_months():
    cycle = Cycle(JANUARY, 48)
    stands = cycle.indicators([10, 58, 106])
    assert cycle.sets == 47 and cycle.exhaustive
    np.testing.assert_array_equal(np.flatnonzero(stands[0]), [10, 58, 106])
    np.testing.assert_array_equal(np.flatnonzero(stands[1]), [11, 59, 107])
    np.testing.assert_array_equal(np.flatnonzero(stands[14]), [24, 72])
    np.testing.assert_array_equal(stands.sum(axis=0), np.ones(120))  # every month belongs to one calendar
    with pytest.raises(InputError, match="2 phases of 48 months"):
        cycle.indicators([10, 59])
