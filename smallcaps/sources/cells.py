"""What every maker of a table works with: the table as it was, as it will be, and numbers as cells of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from smallcaps.catalog import Description, Table
from smallcaps.sources.promise import Finding, Reading, complete_months

Readings = Mapping[str, Reading]


@dataclass(frozen=True)
class Old:
    """A table as the snapshot holds it: cells as text with the key as index, and its catalog entry; None if new."""

    text: pd.DataFrame | None
    info: Description

    def first(self, column: str, default: str) -> str:
        """The first key at which `column` holds a value, as the catalog says; `default` for a new table."""
        stated = self.info.columns[column].first
        return stated or (self.info.first if isinstance(self.info, Table) else default)


@dataclass(frozen=True)
class Built:
    """A new state of a table: `text` (cells as text, key as index), the publisher's vintage, what to look at."""

    text: pd.DataFrame
    vintage: str
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())


@dataclass(frozen=True)
class Recipe:
    """How a table is made: its source, the series it needs, and the function that makes its cells.

    A `local` table stays on the machine: its publisher's terms forbid passing it on.
    """

    source: str
    series: tuple[str, ...]
    make: Callable[[Readings, Old, date], Built]
    local: bool = False


def digits(values: pd.Series, decimals: int) -> pd.Series:
    """Numbers as text with `decimals` digits after the point; nothing where a value is missing."""
    return values.map(lambda value: "" if pd.isna(value) else f"{value:.{decimals}f}")


def plain(values: pd.Series) -> pd.Series:
    """Numbers as text with as many digits as they need, at most six after the point."""
    return values.map(lambda value: "" if pd.isna(value) else f"{value:.6f}".rstrip("0").rstrip("."))


def monthly(columns: Mapping[str, pd.Series], old: Old) -> pd.DataFrame:
    """Text columns by month (YYYY-MM), each from the month in which the catalog lets it begin."""
    for name, column in columns.items():
        column.index = column.index.astype(str)
        columns[name] = column[column.index >= old.first(name, "")]
    frame = pd.DataFrame(columns).fillna("")
    months = pd.period_range(frame.index.min(), frame.index.max(), freq="M").astype(str)
    return frame.reindex(months, fill_value="")[list(columns)].rename_axis("month")


def by_month(series: pd.Series) -> pd.core.groupby.SeriesGroupBy:
    """The values of a daily series by month, complete months only."""
    filled = series.dropna()
    months = filled.index.to_period("M")
    complete = months.isin(complete_months(filled.index))
    return filled[complete].groupby(months[complete])
