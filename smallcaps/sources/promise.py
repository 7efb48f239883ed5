"""What a publisher promises of a series, the reading it gave, and the check of one against the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

from smallcaps.sources.errors import SourceError

FREQUENCIES = {"daily": "D", "monthly": "M", "annual": "Y"}


@dataclass(frozen=True)
class Promise:
    """What `source` says of `series`, and what every reading of it is held against.

    `columns` maps a column to its unit; `minimum` and `maximum` are physical bounds for all of them. `first` is the
    first date that must be there (YYYY-MM-DD), `late` the days by which the last may lie back, `frozen` the number of
    equal last values that is too many (0: a standstill is normal, as of a policy rate).
    """

    source: str
    series: str
    columns: Mapping[str, str]
    frequency: str
    first: str
    late: int
    minimum: float
    maximum: float
    frozen: int = 0
    ended: str | None = None  # the last date of a series that its publisher has closed

    def __str__(self) -> str:
        return f"{self.source} {self.series}"


@dataclass(frozen=True)
class Finding:
    """Something that reads well and looks wrong: refused unless the table is accepted by name.

    `table` is empty where the finding is about a whole series; the tables made from it take it over. One that does
    not refuse is shown in the report: a publisher who is late does no harm. `at` is the day (YYYY-MM-DD) of a single
    strange value.
    """

    table: str
    kind: str
    what: str
    refuses: bool = True
    at: str = ""

    def __str__(self) -> str:
        return f"{self.table}: {self.what}" if self.table else self.what


@dataclass(frozen=True)
class Reading:
    """A series as read: `frame` with a DatetimeIndex (the first day of the month or year where it is not daily).

    Missing values are NaN; `vintage` is the publisher's own word for the state of its data, or empty; `text` holds
    the cells as the publisher wrote them, where their digits are to be kept.
    """

    promise: Promise
    frame: pd.DataFrame
    vintage: str = ""
    text: pd.DataFrame | None = None
    findings: tuple[Finding, ...] = field(default=())


def kept(
    promise: Promise, frame: pd.DataFrame, *, today: date, vintage: str = "", text: pd.DataFrame | None = None
) -> Reading:
    """The reading of `frame`, held against `promise`; what is no such series at all is a SourceError.

    Errors: no rows, other columns, dates that repeat, go back or lie after `today`, months left out, infinite values,
    values outside the bounds, a start later than promised. Findings, to be accepted knowingly: a last value older
    than promised, a tail of equal values.
    """
    _check_index(promise, frame, today)
    for name in promise.columns:
        _check_values(promise, frame[name], name)
    return Reading(promise, frame, vintage, text, tuple(_findings(promise, frame, today)))


def _check_index(promise: Promise, frame: pd.DataFrame, today: date) -> None:
    if list(frame.columns) != list(promise.columns):
        found, due = ", ".join(map(str, frame.columns)), ", ".join(promise.columns)
        raise SourceError(f"{promise}: the columns are {found!r:.80}; {due!r} are due")
    index = frame.index
    if not isinstance(index, pd.DatetimeIndex) or not len(index) or frame.isna().all(axis=None):
        raise SourceError(f"{promise}: holds no value")
    if index.hasnans:
        raise SourceError(f"{promise}: has a row without a date")
    if index.has_duplicates:
        raise SourceError(f"{promise}: {index[index.duplicated()][0]:%Y-%m-%d} stands twice")
    if not index.is_monotonic_increasing:
        back = index[1:][index[1:] < index[:-1]][0]
        raise SourceError(f"{promise}: {back:%Y-%m-%d} follows a later date; rising dates are due")
    if index[-1].date() > today:
        raise SourceError(f"{promise}: has a value for {index[-1]:%Y-%m-%d}, which lies after today, {today}")
    if index[0] > pd.Timestamp(promise.first):
        raise SourceError(f"{promise}: begins {index[0]:%Y-%m-%d}; {promise.first} is promised")
    if promise.frequency != "daily":
        freq = FREQUENCIES[promise.frequency]
        periods = index.to_period(freq)
        if periods.has_duplicates or (periods.to_timestamp() != index).any():
            strange = index[periods.to_timestamp() != index]
            shown = strange[0] if len(strange) else index[periods.duplicated()][0]
            raise SourceError(f"{promise}: {shown:%Y-%m-%d} is no {promise.frequency} date; the first day is due, once")
        gaps = pd.period_range(periods[0], periods[-1], freq=freq).difference(periods)
        if len(gaps):
            raise SourceError(f"{promise}: {gaps[0]} is missing")
    elif (longest := index.to_series().diff().max()) > timedelta(days=15):
        at = index[index.to_series().diff() == longest][0]
        raise SourceError(f"{promise}: no day in the {longest.days} days before {at:%Y-%m-%d}")


def _check_values(promise: Promise, values: pd.Series, name: str) -> None:
    if not pd.api.types.is_numeric_dtype(values):
        raise SourceError(f"{promise}: {name} holds text where numbers are due")
    filled = values.dropna()
    wrong = filled[~np.isfinite(filled) | (filled < promise.minimum) | (filled > promise.maximum)]
    if len(wrong):
        allowed = f"{promise.minimum:g} to {promise.maximum:g} {promise.columns[name]}"
        raise SourceError(f"{promise}: {name} of {wrong.index[0]:%Y-%m-%d} is {wrong.iloc[0]:g}; allowed is {allowed}")


def _findings(promise: Promise, frame: pd.DataFrame, today: date) -> list[Finding]:
    found = []
    for name in promise.columns:
        filled = frame[name].dropna()
        label = promise.series if name == promise.series else f"{promise.series} {name}"
        if filled.empty:
            found.append(Finding("", "empty", f"{promise.source} {label} holds no value"))
            continue
        last = filled.index[-1]
        due = pd.Timestamp(promise.ended) if promise.ended else pd.Timestamp(today - timedelta(days=promise.late))
        if last < due:
            text = f"{promise.source} {label} ends {last:%Y-%m-%d}; {due:%Y-%m-%d} or later is promised"
            found.append(Finding("", "late", text, refuses=False))
        tail = filled.iloc[-promise.frozen :]
        if promise.frozen and len(tail) == promise.frozen and (tail == tail.iloc[0]).all():
            text = f"{promise.source} {label} is {tail.iloc[-1]:g} in each of its last {promise.frozen} values"
            found.append(Finding("", "frozen tail", text))
    return found


def complete_months(index: pd.DatetimeIndex) -> pd.PeriodIndex:
    """The months that a daily series covers to their end: all but the last, and the last if its last weekday is in.

    A month whose last weekday is a holiday is complete once a later month has begun.
    """
    months = index.to_period("M").unique()
    last = index[-1]
    final_weekday = last.to_period("M").to_timestamp(how="end").normalize()
    while final_weekday.weekday() > 4:
        final_weekday -= pd.Timedelta(days=1)
    return months if last >= final_weekday else months[:-1]
