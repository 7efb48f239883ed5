"""Event studies by the hundred: every specification under every placebo by products of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from smallcaps.multiverse.evaluation import Evaluation, mean_margin, share_interval
from smallcaps.studies.event_study import MIN_EVENTS


class Placebos(Protocol):
    """Placebo calendars; see placebo.Moved and placebo.Cycle."""

    exhaustive: bool

    @property
    def sets(self) -> int: ...

    def indicators(self, positions: Sequence[int]) -> np.ndarray: ...


@dataclass(frozen=True, eq=False)
class EventCase:
    """One specification of an event study, laid on the calendar.

    `windows` has the measured value of the window after each base month, NaN outside the specification's sample;
    `events` are the positions of the events' base months, those without a whole window included.
    """

    windows: np.ndarray
    events: tuple[int, ...]

    @property
    def values(self) -> np.ndarray:
        """The measured values of the events that have one, oldest first."""
        inside = [event for event in self.events if 0 <= event < len(self.windows)]
        found = self.windows[inside]
        return found[~np.isnan(found)]

    @property
    def key(self) -> bytes:
        """What is computed with: two cases with one key are the same specification under two names."""
        return self.values.tobytes()

    @property
    def fault(self) -> str | None:
        """Why the case gives no estimate, or None."""
        return f"fewer than {MIN_EVENTS} events" if len(self.values) < MIN_EVENTS else None


def evaluate(
    cases: Sequence[EventCase], *, placebos: Placebos, share: bool = False, claimed: float | None = None
) -> Evaluation:
    """The mean of each case (with `share`: percent of the events with a value above 0) in every placebo set.

    Intervals are Student's t for means and Clopper and Pearson's for shares, of the events as independent draws: the
    ones that can be computed for every specification and placebo alike. The base rate is the same statistic over all
    windows of the case. Cases with the same events share one product of matrices.
    """
    count, sets = len(cases), placebos.sets + 1
    found = Evaluation(
        estimates=np.full((count, sets), np.nan),
        low=np.full(count, np.nan),
        high=np.full(count, np.nan),
        base=np.full(count, np.nan),
        n=np.zeros(count, dtype=int),
        holds=None if claimed is None else np.zeros((count, sets), dtype=bool),
    )
    groups: dict[tuple[int, ...], list[int]] = {}
    for row, case in enumerate(cases):
        groups.setdefault(case.events, []).append(row)
    for events, rows in groups.items():
        windows = np.stack([cases[row].windows for row in rows])
        length = windows.shape[1]
        stands = placebos.indicators([event for event in events if 0 <= event < length]).T
        _group(found, np.array(rows), windows, stands, share=share, claimed=claimed)
    return found


def _group(found: Evaluation, rows, windows, stands, *, share: bool, claimed: float | None) -> None:
    inside = ~np.isnan(windows)
    measured = (windows > 0).astype(float) if share else np.where(inside, windows, 0.0)
    n = np.rint(inside.astype(float) @ stands)
    total = measured @ stands
    with np.errstate(invalid="ignore", divide="ignore"):
        if share:
            low, high = share_interval(np.rint(total), n)
            found.estimates[rows] = total / n * 100
        else:
            mean, margin = total / n, mean_margin(n, total, (measured**2) @ stands)
            low, high = mean - margin, mean + margin
            found.estimates[rows] = mean
    found.low[rows], found.high[rows], found.n[rows] = low[:, 0], high[:, 0], n[:, 0]
    found.base[rows] = measured.sum(axis=1) / inside.sum(axis=1) * (100 if share else 1)
    if claimed is not None:
        found.holds[rows] = (low <= claimed) & (claimed <= high)


def thinned(case: EventCase, keep: np.ndarray) -> EventCase:
    """The case with only the windows for which `keep` is true."""
    return replace(case, windows=np.where(keep, case.windows, np.nan))
