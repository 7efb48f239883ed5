"""Returns that know what they are: price or total, from which tables, in decimals per month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from smallcaps.errors import InputError, ReturnKindError

Kind = Literal["price", "total"]


@dataclass(frozen=True)
class ReturnSeries:
    """Simple monthly returns of one asset.

    `values` is a Series of decimals per month (0.01 is one percent) on a gapless monthly PeriodIndex, without
    missing values. `kind` says whether dividends are in (`total`) or not (`price`). `tables` are the snapshot's
    tables it was made from, `note` what a reader has to know (links, back-cast months).
    """

    name: str
    label: str
    kind: Kind
    values: pd.Series
    tables: tuple[str, ...]
    note: str = ""

    def __post_init__(self) -> None:
        if not len(self.values):
            raise InputError(f"return series {self.name!r} is empty")
        if self.values.isna().any():
            month = self.values.index[self.values.isna()][0]
            raise InputError(f"return series {self.name!r} has no value for {month}")

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
    """
    if horizon < 1:
        raise InputError(f"horizon must be at least 1 month, got {horizon}")
    wealth = np.concatenate([[0.0], np.log1p(values.to_numpy()).cumsum()])
    compounded = np.expm1(wealth[horizon:] - wealth[:-horizon]) if len(values) >= horizon else np.empty(0)
    index = pd.period_range(values.index[0] - 1, periods=len(compounded), freq="M", name="base")
    return pd.Series(compounded, index=index)


def window_gap(small: ReturnSeries, large: ReturnSeries, *, horizon: int) -> pd.Series:
    """Compounded return of `small` minus that of `large` over the `horizon` months after each base month.

    Decimals, indexed by base month; the two returns are compounded first and subtracted then.
    """
    same_kind((small, large))
    both = pd.concat([small.values, large.values], axis=1, join="inner")
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
