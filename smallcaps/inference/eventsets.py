"""Placebo event sets: the same number of events with the same spacing, elsewhere in the sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference.checks import check_generator, check_whole

__all__ = ["drawn_sets", "shifted_sets", "sorted_positions"]


def shifted_sets(positions: Sequence[int], *, length: int) -> np.ndarray:
    """Return every distinct circular shift of an event set, the set itself first.

    Shape (n_sets, n_events), positions from 0 to `length` - 1. A set that repeats itself within the
    sample has fewer than `length` distinct shifts. The same rows can be used with other values, for
    tests over many specifications.
    """
    events = sorted_positions(positions, length=length)
    gaps = np.diff(np.append(events, events[0] + length))
    # Shifting by the sum of the first j gaps gives the set again exactly if rotating the gaps by j
    # changes nothing.
    period = next(int(gaps[:j].sum()) for j in range(1, len(gaps) + 1) if np.array_equal(np.roll(gaps, -j), gaps))
    return (events[None, :] + np.arange(period)[:, None]) % length


def drawn_sets(
    positions: Sequence[int],
    *,
    length: int,
    draws: int,
    rng: np.random.Generator,
    min_spacing: int | None = None,
) -> np.ndarray:
    """Return random event sets of the same number and spacing.

    Shape (draws, n_events), positions from 0 to `length` - 1. Every month is as likely as any
    other to be drawn (the sets wrap around the end), so that the mean over many sets is the base
    rate. `min_spacing` as in `random_dates`.
    """
    events = sorted_positions(positions, length=length)
    check_whole(draws, name="draws", least=99)
    check_generator(rng, why="a draw of placebo dates")
    count = len(events)
    if min_spacing is None:
        gaps = rng.permuted(np.tile(np.diff(events), (draws, 1)), axis=1)
    else:
        closest = int(np.diff(events).min(initial=length // count))
        check_whole(min_spacing, name="min_spacing", most=closest)
        # Every way to spread the spare months over the gaps is equally likely: the distances
        # between sorted distinct cut points are a uniform draw of parts with a given sum.
        spare = length - count * min_spacing
        places = rng.random((draws, spare + count - 1))
        cuts = np.sort(places.argsort(axis=1)[:, : count - 1], axis=1)
        parts = np.diff(cuts, axis=1, prepend=-1) - 1
        gaps = parts + min_spacing
    steps = np.cumsum(np.column_stack([np.zeros(draws, dtype=int), gaps]), axis=1)
    return (steps + rng.integers(0, length, size=(draws, 1))) % length


def sorted_positions(positions: Sequence[int], *, length: int) -> np.ndarray:
    """Return the positions in order, or raise if they repeat or leave 0 to `length` - 1."""
    events = np.asarray(positions)
    if events.ndim != 1 or not len(events):
        raise TooFewEvents(f"positions has {events.size} events; allowed: at least 1")
    if not np.issubdtype(events.dtype, np.integer):
        raise InputError(f"positions is of type {events.dtype}; allowed: whole numbers")
    events = np.sort(events)
    if events[0] < 0 or events[-1] >= length:
        raise InputError(f"positions run from {events[0]} to {events[-1]}; allowed: 0 to {length - 1}")
    if (np.diff(events) == 0).any():
        twice = events[:-1][np.diff(events) == 0][0]
        raise InputError(f"positions names {twice} twice; allowed: each event once")
    return events
