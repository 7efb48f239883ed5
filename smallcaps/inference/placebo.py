"""Placebo tests: would other dates have shown as much?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference.checks import (
    check_alternative,
    finite_values,
)
from smallcaps.inference.eventsets import drawn_sets, shifted_sets, sorted_positions
from smallcaps.inference.result import TestResult, smallest_p, tail_p

__all__ = [
    "BaseRate",
    "base_rate",
    "circular_shift",
    "random_dates",
]


@dataclass(frozen=True, kw_only=True)
class BaseRate:
    """The same statistic over all windows of a sample.

    `mean` in the unit of the input, `share_positive` from 0 to 1, `n` windows.
    """

    mean: float
    share_positive: float
    n: int


def base_rate(values: Sequence[float]) -> BaseRate:
    """Return mean and share of positive values over all windows that are defined.

    Parameters
    ----------
    values : array-like of shape (n_months,)
        The statistic of the window that starts after each month, NaN where the window is not
        complete.

    Raises
    ------
    TooFewEvents
        If no window is defined.
    """
    defined, _ = _defined(values)
    return BaseRate(mean=float(defined.mean()), share_positive=float((defined > 0).mean()), n=len(defined))


def circular_shift(values: Sequence[float], positions: Sequence[int], *, alternative: str = "two-sided") -> TestResult:
    """Return the mean at the events and its p among all shifts of the event set.

    The set moves as one piece, so its number of events, their spacing and the overlap of their
    windows stay what they are; what leaves at the end comes back at the start. All shifts are
    counted, the data's own among them: the p is that of a finite set, without draws.

    Parameters
    ----------
    values : array-like of shape (n_months,)
        The statistic of the window that starts after each month, NaN before the first and after the
        last complete window. For a hit rate give 1.0 and 0.0.
    positions : array-like of shape (n_events,)
        Where in `values` the events stand; order does not matter.
    alternative : {"two-sided", "greater", "less"}
        Two-sided is twice the smaller tail.

    Returns
    -------
    TestResult
        `estimate` is the mean at the events, `statistic` that mean minus the base rate, both in the
        unit of `values`.

    Raises
    ------
    InputError
        Gaps inside `values`, an event outside the defined windows, or one named twice.
    TooFewEvents
        No event, or no window.
    """
    windows, events = _aligned(values, positions)
    check_alternative(alternative)
    sets = shifted_sets(events, length=len(windows))
    return _placebo_result(
        windows,
        events,
        sets,
        alternative=alternative,
        exhaustive=True,
        method="circular shifts",
        words="the event set stands at a random place of the sample, its spacing kept",
        notes=("placebo sets one month apart share most of their windows: few are independent",),
    )


def random_dates(
    values: Sequence[float],
    positions: Sequence[int],
    *,
    draws: int = 10_000,
    rng: np.random.Generator,
    min_spacing: int | None = None,
    alternative: str = "two-sided",
) -> TestResult:
    """Return the mean at the events and its p among random sets of the same spacing.

    Parameters
    ----------
    values, positions, alternative
        As in `circular_shift`.
    draws : int
        Number of random sets; p is (b + 1) / (draws + 1).
    rng : numpy.random.Generator
        Source of the draws.
    min_spacing : int, optional
        None: the gaps between successive events come in random order from a random start. A number
        of months: any dates at least that far apart, 12 for windows that do not overlap.

    Returns
    -------
    TestResult
        `estimate` is the mean at the events, `statistic` that mean minus the base rate, both in the
        unit of `values`.

    Raises
    ------
    InputError
        As `circular_shift`; also events that do not fit `min_spacing`, or no `rng`.
    """
    windows, events = _aligned(values, positions)
    check_alternative(alternative)
    sets = drawn_sets(events, length=len(windows), draws=draws, rng=rng, min_spacing=min_spacing)
    spacing = (
        "the gaps between events in random order" if min_spacing is None else f"at least {min_spacing} months apart"
    )
    return _placebo_result(
        windows,
        events,
        sets,
        alternative=alternative,
        exhaustive=False,
        method="random dates",
        words=f"the event dates are random dates of the sample, {spacing}",
    )


def _defined(values: Sequence[float]) -> tuple[np.ndarray, int]:
    """Return the values from the first to the last defined one, and where they start."""
    array = np.asarray(values, dtype=float)
    if array.ndim != 1:
        raise InputError(f"values has {array.ndim} dimensions; allowed: 1")
    known = np.flatnonzero(~np.isnan(array))
    if not len(known):
        raise TooFewEvents(f"values has no defined window among {len(array)}; allowed: at least 1")
    start, stop = int(known[0]), int(known[-1]) + 1
    return finite_values(array[start:stop], name=f"values from {start} to {stop - 1}"), start


def _aligned(values: Sequence[float], positions: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the defined windows and the events' positions among them."""
    windows, start = _defined(values)
    events = sorted_positions(positions, length=len(values))
    outside = events[(events < start) | (events >= start + len(windows))]
    if len(outside):
        raise InputError(
            f"positions holds {outside.tolist()}, whose windows are not defined; "
            f"allowed: {start} to {start + len(windows) - 1}"
        )
    return windows, events - start


def _placebo_result(windows, events, sets, *, alternative, exhaustive, method, words, notes=()) -> TestResult:
    observed, means = float(windows[events].mean()), windows[sets].mean(axis=1)
    kind = "all distinct placebo sets" if exhaustive else "random placebo sets"
    return TestResult(
        method=method,
        null=f"{words} ({kind}: {len(means):,})",
        alternative=alternative,
        estimate=observed,
        statistic=observed - float(windows.mean()),
        p=tail_p(observed, means, alternative=alternative, exhaustive=exhaustive),
        n=len(events),
        assumes=(
            "the series has no trend or regime that the dates share",
            "the end of the sample may join its start",
        ),
        notes=notes,
        resamples=len(means),
        smallest_p=smallest_p(len(means), alternative=alternative, exhaustive=exhaustive),
    )
