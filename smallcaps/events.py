"""Dated events by rule, each with the month end from which its window is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral

import pandas as pd

from smallcaps.errors import InputError


@dataclass(frozen=True)
class Event:
    """Something that happened on `date`; `base` is the last month end before it, where windows begin.

    `label` names it on a page. `proxy` marks events dated by a stand-in for the thing itself.
    """

    date: pd.Timestamp
    base: pd.Period
    label: str
    proxy: bool = False


def base_month(date: pd.Timestamp) -> pd.Period:
    """The month whose end is the last month end before `date`."""
    return pd.Period(date, freq="M") - 1


def first_cuts(targets: pd.DataFrame, *, quiet_months: int = 12) -> tuple[Event, ...]:
    """First cuts of easing cycles in the federal funds target, oldest first.

    A first cut is a cut whose previous change was a rise, with no cut in the `quiet_months` before it: decidable on
    the day. `targets` has a DatetimeIndex, in order, and a column `change` (percentage points). The table's first row
    is the state it begins with, so a cut right after it has no rise before it and does not count. InputError for a
    table or a number of months that is not so.
    """
    _check_targets(targets)
    if not isinstance(quiet_months, Integral) or isinstance(quiet_months, bool) or quiet_months < 0:
        raise InputError(f"quiet_months={quiet_months!r}; allowed: a whole number, 0 or more")
    changes = targets["change"].dropna()
    cuts = []
    turns = changes.index[(changes < 0) & (changes.shift(1) > 0)]
    for date in turns:
        before = changes[(changes.index > date - pd.DateOffset(months=quiet_months)) & (changes.index < date)]
        if not (before < 0).any():
            cuts.append(Event(date, base_month(date), f"{date:%b %Y}"))
    return tuple(cuts)


def _check_targets(targets: object) -> None:
    """Raise InputError unless `targets` is a table of changes by date, each date once and in order."""
    if not isinstance(targets, pd.DataFrame) or not isinstance(targets.index, pd.DatetimeIndex):
        given = type(targets.index if isinstance(targets, pd.DataFrame) else targets).__name__
        raise InputError(f"targets: should be a DataFrame on a DatetimeIndex, got {given}")
    if "change" not in targets:
        raise InputError(f"targets: has no column 'change'; it has: {', '.join(map(str, targets.columns)) or 'none'}")
    late = targets.index[1:] <= targets.index[:-1]
    if late.any():
        place = int(late.argmax())
        before, date = targets.index[place : place + 2]
        raise InputError(f"targets: {date:%Y-%m-%d} follows {before:%Y-%m-%d}; allowed: each date once, in order")


def proxy_first_cuts(
    fed_funds: pd.Series, *, fall: float = 1.0, look_back: int = 12, quiet_months: int = 12
) -> tuple[Event, ...]:
    """First cuts before there was a target, from the monthly federal funds rate (percent per year), oldest first.

    The first month in which the rate stands at least `fall` percentage points below its highest of the last
    `look_back` months, with no such month in the `quiet_months` before. The base is the month end before it.
    """
    rate = fed_funds.dropna()
    fallen = rate.shift(1).rolling(look_back).max() - rate
    below = fallen.round(6) >= fall  # rates have two digits: 5.31 stands one point below 6.31, whatever floats say
    recently = below.shift(1, fill_value=False).rolling(quiet_months, min_periods=1).max().astype(bool)
    full = rate.rolling(look_back + 1).count() > look_back
    months = rate.index[below & ~recently & full]
    return tuple(Event(month.start_time, month - 1, f"{month.start_time:%b %Y}", proxy=True) for month in months)


def elections(table: pd.DataFrame) -> tuple[Event, ...]:
    """Presidential elections, oldest first; the base is the end of October."""
    return tuple(Event(date, base_month(date), str(date.year)) for date in table.index)


def breakouts(levels: pd.Series, *, quiet_months: int = 12) -> tuple[Event, ...]:
    """Month ends at a new high after at least `quiet_months` month ends without one, oldest first.

    `levels` are month-end closes (any base). The base is the month of the high itself: its close is the breakout.
    """
    record = levels > levels.cummax().shift(1)
    events, last = [], None
    for position, month in enumerate(levels.index):
        if record.iloc[position]:
            if last is not None and position - last > quiet_months:
                events.append(Event(month.end_time.normalize(), month, f"{month.end_time:%b %Y}"))
            last = position
    return tuple(events)


def recession_spans(recession: pd.Series) -> tuple[tuple[pd.Period, pd.Period], ...]:
    """First and last months of each run of ones in a 0/1 series; a missing month ends a run."""
    spans, start = [], None
    months: Sequence[pd.Period] = list(recession.index)
    for month, state in zip(months, recession, strict=True):
        if state == 1 and start is None:
            start = month
        elif state != 1 and start is not None:
            spans.append((start, month - 1))
            start = None
    if start is not None:
        spans.append((start, months[-1]))
    return tuple(spans)
