"""Placebos that meet all specifications at once: the same move of the calendar under each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from smallcaps.errors import InputError

DRAWS = 1_000
SHORTEST = 24  # months: a piece of the calendar that would be shorter is joined to its neighbour


@dataclass(frozen=True)
class Calendar:
    """The months (or years) that a multiverse looks at, by number: 0 for `first`, `length` of them."""

    first: pd.Period
    length: int

    def position(self, period: pd.Period) -> int:
        """The number of `period`; it may lie outside 0 to length - 1."""
        return period.ordinal - self.first.ordinal

    def array(self, values: pd.Series) -> np.ndarray:
        """The values laid on the calendar, NaN where there is none; what lies outside is dropped."""
        laid = np.full(self.length, np.nan)
        places = values.index.asi8 - self.first.ordinal if len(values) else np.empty(0, dtype=int)
        inside = (places >= 0) & (places < self.length)
        laid[places[inside]] = values.to_numpy(dtype=float)[inside]
        return laid


@dataclass(frozen=True)
class Moved:
    """Circular shifts of the calendar inside pieces of it; set 0 is the calendar as it was.

    `origin[j, t]` is the month whose label month t bears in set j: a series x becomes ``x[origin[j]]``. A piece moves
    as a whole, what leaves it at its end comes back at its start, and every piece has a shift of its own. The pieces
    lie between the months at which samples begin, so a month stays in every sample that it was in: the shift wraps
    inside each specification's own sample, and specifications that share a date before share it after.
    """

    origin: np.ndarray
    exhaustive: bool

    @property
    def sets(self) -> int:
        """Placebo sets, the calendar as it was not counted."""
        return len(self.origin) - 1

    def indicators(self, positions: Iterable[int]) -> np.ndarray:
        """Where events at `positions` stand in every set: 1.0 or 0.0, shape (sets + 1, months)."""
        events = np.zeros(self.origin.shape[1])
        events[list(positions)] = 1.0
        return events[self.origin]

    def series(self, values: np.ndarray) -> np.ndarray:
        """The series in every set, shape (sets + 1, months)."""
        return values[self.origin]


def moved(
    calendar: Calendar,
    *,
    begins: Iterable[int],
    rng: np.random.Generator,
    draws: int = DRAWS,
    shortest: int = SHORTEST,
) -> Moved:
    """Placebo sets that shift each piece of the calendar by a random number of months.

    `begins` are positions at which samples begin, the important ones first. All distinct sets where no more than
    `draws` exist, else `draws` random ones.
    """
    if draws < 99:
        raise InputError(f"draws is {draws}; allowed: at least 99")
    starts = np.array(pieces(begins, length=calendar.length, shortest=shortest))
    lengths = np.diff(np.append(starts, calendar.length))
    distinct = int(np.prod(lengths.astype(float))) if len(lengths) < 5 else draws + 1
    if exhaustive := distinct <= draws:
        grids = np.meshgrid(*(np.arange(length) for length in lengths), indexing="ij")
        shifts = np.stack([grid.ravel() for grid in grids], axis=1)  # the first row shifts nothing
    else:
        drawn = rng.integers(0, lengths, size=(draws, len(lengths)))
        shifts = np.vstack([np.zeros((1, len(lengths)), dtype=int), drawn])
    month = np.arange(calendar.length)
    piece = np.searchsorted(starts, month, side="right") - 1
    origin = starts[piece] + (month - starts[piece] - shifts[:, piece]) % lengths[piece]
    return Moved(origin.astype(np.int32), exhaustive)


def pieces(begins: Iterable[int], *, length: int, shortest: int) -> list[int]:
    """Where the pieces of a calendar start: at 0 and at those of `begins`, in this order, that leave none too short."""
    edges = [0]
    for begin in begins:
        if shortest <= begin <= length - shortest and all(abs(begin - edge) >= shortest for edge in edges):
            edges.append(int(begin))
    return sorted(edges)


@dataclass(frozen=True)
class Cycle:
    """Events that come every `period` months: there are only so many other calendars, and all of them are taken.

    Set j has the events j months later, through the whole calendar: a date that leaves a sample at its end comes back
    at its start.
    """

    calendar: Calendar
    period: int
    exhaustive: bool = True

    @property
    def sets(self) -> int:
        """Placebo sets, the calendar as it was not counted."""
        return self.period - 1

    @cached_property
    def _month(self) -> np.ndarray:
        return np.arange(self.calendar.length)

    def indicators(self, positions: Iterable[int]) -> np.ndarray:
        """Where the events stand in every set, 1.0 or 0.0; `positions` are all of one phase."""
        phases = {position % self.period for position in positions}
        if len(phases) != 1:
            raise InputError(f"events stand at {len(phases)} phases of {self.period} months; allowed: one")
        shifts = np.arange(self.period)[:, None]
        return ((self._month - phases.pop() - shifts) % self.period == 0).astype(float)
