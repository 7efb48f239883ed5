"""Returns that know what they are: price or total, from which tables, in decimals per month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Literal, get_args

import numpy as np
import pandas as pd

from smallcaps.errors import InputError, NotCovered, ReturnKindError

Kind = Literal["price", "total"]


@dataclass(frozen=True)
class ReturnSeries:
    """Simple monthly returns of one asset.

    `values` is a Series of decimals per month (0.01 is one percent) on a gapless monthly PeriodIndex, without
    missing values and all above -1. `kind` says whether dividends are in (`total`) or not (`price`). `tables` are
    the snapshot's tables it was made from, `note` what a reader has to know (links, back-cast months). InputError,
    with the first month at fault, for values that are not so.
    """

    name: str
    label: str
    kind: Kind
    values: pd.Series
    tables: tuple[str, ...]
    note: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise InputError(f"return series {self.name!r}: kind={self.kind!r}; allowed: {', '.join(get_args(Kind))}")
        _check_values(f"return series {self.name!r}", self.values)

    @property
    def first(self) -> pd.Period:
        """The first month with a return."""
        return self.values.index[0]

    @property
    def last(self) -> pd.Period:
        """The last month with a return."""
        return self.values.index[-1]

    def between(self, start: pd.Period | None, end: pd.Period | None) -> ReturnSeries:
        """The same returns, months `start` to `end` only (both included)."""
        return replace(self, values=self.values.loc[start:end])


def _check_values(what: str, values: object) -> None:
    """Raise InputError unless `values` are decimals on gapless months; `what` begins its message."""
    if not isinstance(values, pd.Series) or not isinstance(values.index, pd.PeriodIndex):
        given = type(values.index if isinstance(values, pd.Series) else values).__name__
        raise InputError(f"{what}: should be a Series on a monthly PeriodIndex, got {given}")
    if values.index.freqstr != "M":
        raise InputError(f"{what}: its index has the frequency {values.index.freqstr}; allowed: M, monthly")
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind not in "fiu":
        raise InputError(f"{what}: its values are of type {values.dtype}; allowed: numbers, such as float64")
    if not len(values):
        raise InputError(f"{what} is empty")
    numbers, steps = values.to_numpy(), np.diff(values.index.asi8)
    if (steps != 1).any():
        place = int(np.argmax(steps != 1))
        month, step = values.index[place + 1], steps[place]
        fault = f"no month {values.index[place] + 1}" if step > 1 else f"{month} after a later month"
        fault = f"{month} twice" if step == 0 else fault
        raise InputError(f"{what} has {fault}; allowed: each month once, in order, without a gap")
    wrong = ~np.isfinite(numbers) | (numbers <= -1)
    if wrong.any():
        month, value = values.index[wrong][0], numbers[wrong][0]
        if np.isnan(value):
            raise InputError(f"{what} has no value for {month}")
        raise InputError(f"{what} has {value:g} for {month}; allowed: decimals above -1, 0.01 for one percent")


def simple_returns(levels: pd.Series) -> pd.Series:
    """Simple returns in decimals, one shorter than `levels` (index points, gapless months)."""
    return (levels / levels.shift(1) - 1).iloc[1:]


def percent(values: pd.Series) -> pd.Series:
    """Decimals from percent, without the months before the first and after the last value."""
    return values.loc[values.first_valid_index() : values.last_valid_index()] / 100


def link(early: pd.Series, late: pd.Series, *, last_early: str) -> pd.Series:
    """Returns of `early` to the month `last_early` (included), of `late` from the next month on.

    Linking is by returns, never by level: two bases or two dividend rules never meet in one ratio.
    """
    join = pd.Period(last_early, freq="M")
    for name, series, month in (("early", early, join), ("late", late, join + 1)):
        if month not in series.index:
            raise InputError(f"cannot link at {last_early}: the {name} series has no return for {month}")
    return pd.concat([early.loc[:join], late.loc[join + 1 :]])


def same_kind(series: Iterable[ReturnSeries]) -> Kind:
    """The kind that all `series` share; ReturnKindError names the first two that differ."""
    first, *rest = series
    for other in rest:
        if other.kind != first.kind:
            raise ReturnKindError(
                f"{first.name!r} is a {first.kind} return and {other.name!r} a {other.kind} return: "
                "a difference needs two of one kind"
            )
    return first.kind


def monthly_gap(small: ReturnSeries, large: ReturnSeries) -> pd.Series:
    """Monthly return of `small` minus that of `large`, decimals, over the months that both have."""
    same_kind((small, large))
    return (small.values - large.values).dropna()


def window_return(values: pd.Series, *, horizon: int) -> pd.Series:
    """Compounded simple return of the `horizon` months after each base month, decimals.

    Indexed by base month t; the window is t+1 to t+horizon, so the first base month is the month before the first
    return. Only whole windows: the result has len(values) - horizon + 1 rows (none if that is not positive).
    InputError for a horizon that is no whole number of months, NotCovered where `values` has no month.
    """
    if not isinstance(horizon, Integral) or isinstance(horizon, bool) or horizon < 1:
        raise InputError(f"horizon must be a whole number, at least 1 month, got {horizon!r}")
    if not len(values):
        raise NotCovered("there is no month to compound over: the returns have none")
    wealth = np.concatenate([[0.0], np.log1p(values.to_numpy()).cumsum()])
    compounded = np.expm1(wealth[horizon:] - wealth[:-horizon]) if len(values) >= horizon else np.empty(0)
    index = pd.period_range(values.index[0] - 1, periods=len(compounded), freq="M", name="base")
    return pd.Series(compounded, index=index)


def window_gap(small: ReturnSeries, large: ReturnSeries, *, horizon: int) -> pd.Series:
    """Compounded return of `small` minus that of `large` over the `horizon` months after each base month.

    Decimals, indexed by base month; the two returns are compounded first and subtracted then. NotCovered where no
    month has both.
    """
    same_kind((small, large))
    both = pd.concat([small.values, large.values], axis=1, join="inner")
    if not len(both):
        spans = " and ".join(f"{one.name!r} covers {one.first} to {one.last}" for one in (small, large))
        raise NotCovered(f"{spans}; they have no month in common")
    return window_return(both.iloc[:, 0], horizon=horizon) - window_return(both.iloc[:, 1], horizon=horizon)


def path(values: pd.Series, *, base: pd.Period, before: int, after: int) -> pd.Series:
    """Compounded return since the base month, decimals, indexed by months from -before to after.

    0 at the base month; months outside the series are NaN.
    """
    months = pd.period_range(base - before, base + after, freq="M")
    logs = np.log1p(values).reindex(months[1:])
    since_start = np.concatenate([[0.0], logs.cumsum(skipna=False)]) if logs.notna().all() else _gappy(logs, before)
    return pd.Series(np.expm1(since_start - since_start[before]), index=range(-before, after + 1), name=str(base))


def _gappy(logs: pd.Series, before: int) -> np.ndarray:
    """Log wealth relative to the base where some months are missing: NaN beyond the first gap on either side."""
    right = logs.iloc[before:].cumsum(skipna=False)
    left = -logs.iloc[:before][::-1].cumsum(skipna=False)[::-1]
    return np.concatenate([left, [0.0], right])
