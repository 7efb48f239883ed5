"""Small against large after dated events, always beside the base rate of all windows of the same sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from smallcaps.errors import TooFewEvents
from smallcaps.events import Event
from smallcaps.evidence import Evidence, months
from smallcaps.inference import LeaveOneOut, TestResult, leave_one_out, minimum_detectable_effect, sign_flip
from smallcaps.returns import ReturnSeries, path, same_kind, window_return

MIN_EVENTS = 5  # with fewer, not even a one-sided exact sign-flip test can reach p < 0.05 (0.5**4 = 0.0625)


@dataclass(frozen=True)
class EventStudy:
    """Returns in the window after each event; all numbers in percent or percentage points, simple, compounded.

    `table` has one row an event (index: its label) with columns base, small, large, gap. `windows` holds the same
    statistic for every base month of the sample. `against_base` tests the mean gap against the mean of `windows` in
    the direction `alternative`, `against_zero` against no gap.
    """

    small: str
    large: str
    kind: str
    horizon: int
    table: pd.DataFrame
    windows: pd.DataFrame
    measure: str
    against_base: TestResult
    against_base_opposite: TestResult
    against_zero: TestResult
    minimum_detectable_effect: float
    proxy: bool

    @property
    def values(self) -> pd.Series:
        """The measured column, one value an event."""
        return self.table[self.measure]

    @property
    def n(self) -> int:
        """Number of events."""
        return len(self.table)

    @property
    def mean(self) -> float:
        """Mean over the events."""
        return float(self.values.mean())

    @property
    def median(self) -> float:
        """Median over the events."""
        return float(self.values.median())

    @property
    def hits(self) -> int:
        """Events after which small beat large."""
        return int((self.table["gap"] > 0).sum())

    @property
    def base_rate(self) -> float:
        """Mean of the measure over all windows of the sample."""
        return float(self.windows[self.measure].mean())

    @property
    def base_share(self) -> float:
        """Share of all windows of the sample in which small beat large, percent."""
        return float((self.windows["gap"] > 0).mean() * 100)

    @property
    def influence(self) -> LeaveOneOut:
        """The mean without each event, and the event that moves it most."""
        return leave_one_out(self.values.to_numpy(), labels=list(self.values.index))

    def evidence(self) -> Evidence:
        """The evidence for a claim about the mean of the measure."""
        return Evidence(
            estimate=self.mean,
            interval=self.against_base.interval,
            p=self.against_base.p,
            p_opposite=self.against_base_opposite.p,
            n=self.n,
            base_rate=self.base_rate,
            minimum_detectable_effect=self.minimum_detectable_effect,
            proxy=self.proxy,
            **months(self.windows.index[0] + 1, self.windows.index[-1] + self.horizon),
        )


def windows_after(small: ReturnSeries, large: ReturnSeries, *, horizon: int, lead: int = 0) -> pd.DataFrame:
    """Columns small, large, gap in percent for every base month: compounded over the window after it.

    The window is the months base+1-lead to base+horizon; with a lead it begins before the base.
    """
    same_kind((small, large))
    both = pd.concat([small.values, large.values], axis=1, join="inner")
    columns = {
        name: window_return(both.iloc[:, i], horizon=horizon + lead) for i, name in enumerate(("small", "large"))
    }
    frame = pd.DataFrame(columns) * 100
    frame.index = frame.index + lead
    frame["gap"] = frame["small"] - frame["large"]
    return frame


def event_study(
    small: ReturnSeries,
    large: ReturnSeries,
    *,
    events: Sequence[Event],
    horizon: int,
    lead: int = 0,
    measure: str = "gap",
    alternative: str = "greater",
    what: str = "events",
    rng: np.random.Generator,
) -> EventStudy:
    """What small, large and their gap did after each of `events`; TooFewEvents below MIN_EVENTS whole windows.

    `measure` is the column tested (gap, small or large), `what` names the events in an error.
    """
    windows = windows_after(small, large, horizon=horizon, lead=lead)
    inside = [event for event in events if event.base in windows.index]
    if len(inside) < MIN_EVENTS:
        first, last = max(small.first, large.first), min(small.last, large.last)
        raise TooFewEvents(
            f"{what} with a whole {horizon}-month window between {first} and {last}: {len(inside)}; "
            f"at least {MIN_EVENTS} are needed"
        )
    table = windows.loc[[event.base for event in inside]].copy()
    table.insert(0, "base", [event.base for event in inside])
    table.index = pd.Index([event.label for event in inside], name="event")
    values = table[measure].to_numpy()
    base_rate = float(windows[measure].mean())
    opposite = {"greater": "less", "less": "greater", "two-sided": "two-sided"}[alternative]
    return EventStudy(
        small=small.label,
        large=large.label,
        kind=small.kind,
        horizon=horizon,
        table=table,
        windows=windows,
        measure=measure,
        against_base=sign_flip(values, null=base_rate, alternative=alternative, rng=rng),
        against_base_opposite=sign_flip(values, null=base_rate, alternative=opposite, rng=rng),
        against_zero=sign_flip(values, null=0.0, alternative="two-sided", rng=rng),
        minimum_detectable_effect=minimum_detectable_effect(values.std(ddof=1), n=len(values)),
        proxy=any(event.proxy for event in inside),
    )


def paths_around(
    small: ReturnSeries, large: ReturnSeries, *, events: Sequence[Event], before: int, after: int
) -> pd.DataFrame:
    """Small minus large since the base month, percentage points: one column an event, one row a month.

    Rows run from -before to after; a month that the data does not reach is NaN.
    """
    same_kind((small, large))
    columns = {}
    for event in events:
        span = {"base": event.base, "before": before, "after": after}
        columns[event.label] = (path(small.values, **span) - path(large.values, **span)) * 100
    frame = pd.DataFrame(columns)
    frame.index.name = "month"
    return frame
