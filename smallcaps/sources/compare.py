"""A table as it was beside the table as it is now: what is new, what was revised, and what looks wrong."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from smallcaps.catalog import Description
from smallcaps.sources.promise import Finding
from smallcaps.sources.rules import Limit, TableRules

POWERS = tuple(10.0**power for power in (-9, -6, -4, -3, -2, -1, 1, 2, 3, 4, 6, 9))  # slips of unit
SHOWN = 5  # keys named in a message


@dataclass(frozen=True)
class Revision:
    """How one column's history changed: cells compared and changed, largest and mean change in the column's unit.

    `largest_percent` is the largest change in percent of the old value; `at` is the row of the largest change. For a
    column of text only the counts mean something.
    """

    column: str
    compared: int
    changed: int
    largest: float
    mean: float
    largest_percent: float
    mean_percent: float
    at: str


@dataclass(frozen=True)
class Change:
    """What a refresh does to one table: new rows, rows gone, values where there were none, revisions, and findings."""

    table: str
    new_rows: tuple[str, ...]
    gone_rows: tuple[str, ...] = ()
    filled: int = 0
    revisions: tuple[Revision, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is new, gone or revised."""
        return bool(self.new_rows or self.gone_rows or self.filled or self.revisions)


def compare(table: str, old: pd.DataFrame | None, new: pd.DataFrame, info: Description, rules: TableRules) -> Change:
    """The change of `table` from `old` to `new` (cells as text, key as index), held against its `rules`.

    Findings, each refused unless accepted: rows or values that vanish, a last row older than before, values that
    change by a power of ten, revisions beyond the limits, gaps that no reason is given for.
    """
    if old is None:
        return Change(table, tuple(new.index))
    gone = tuple(key for key in old.index if key not in new.index)
    revisions, findings, filled = [], [], 0
    if new.index[-1] < old.index[-1] and info.key != "fund":
        findings.append(Finding(table, "older end", f"the last row is {new.index[-1]}; it was {old.index[-1]}"))
    if gone:
        findings.append(Finding(table, "vanished rows", f"{len(gone)} rows vanish: {_some(gone)}"))
    common = old.index.intersection(new.index)
    for name, column in info.columns.items():
        before, after = old.loc[common, name], new.loc[common, name]
        filled += int(((before == "") & (after != "")).sum())
        lost = common[(before != "") & (after == "")]
        if len(lost):
            findings.append(Finding(table, "vanished values", f"{name} loses {len(lost)} values: {_some(lost)}"))
        numbers = column.type != "text"
        revision = _revision(name, before, after, numbers=numbers)
        if revision.changed:
            revisions.append(revision)
            findings += _judged(table, revision, rules.limit(name), before, after, numbers=numbers)
    findings += _gaps(table, old, new, info)
    new_rows = tuple(key for key in new.index if key not in old.index)
    return Change(table, new_rows, gone, filled, tuple(revisions), tuple(findings))


def older_vintage(table: str, old: str, new: str) -> list[Finding]:
    """A finding if `new` names an older CRSP database than `old`."""
    labels = [re.fullmatch(r"CRSP (\d{6})", label) for label in (old, new)]
    if all(labels) and labels[1][1] < labels[0][1]:
        return [Finding(table, "older vintage", f"the vintage is {new}; it was {old}")]
    return []


def keep_digits(old: pd.DataFrame | None, new: pd.DataFrame, info: Description) -> pd.DataFrame:
    """`new`, where a number is the old one written otherwise ("3.2" for "3.20") with the old digits."""
    if old is None:
        return new
    kept = new.copy()
    common = old.index.intersection(new.index)
    for name, column in info.columns.items():
        before, after = old.loc[common, name], new.loc[common, name]
        other = (before != after) & (before != "") & (after != "")
        if column.type != "text" and other.any():
            same = other & (_numbers(before) == _numbers(after))
            kept.loc[common[same], name] = before[same]
    return kept


def _revision(name: str, before: pd.Series, after: pd.Series, *, numbers: bool) -> Revision:
    both = (before != "") & (after != "")
    before, after = before[both], after[both]
    if (before == after).all():
        return Revision(name, len(before), 0, 0.0, 0.0, 0.0, 0.0, "")
    if not numbers:
        changed = before != after
        at = str(changed.idxmax()) if changed.any() else ""
        return Revision(name, len(before), int(changed.sum()), math.nan, math.nan, math.nan, math.nan, at)
    change = (_numbers(after) - _numbers(before)).abs()
    if not (change > 0).any():
        return Revision(name, len(before), 0, 0.0, 0.0, 0.0, 0.0, "")
    percent = 100 * change / _numbers(before).abs().replace(0, np.nan)
    numbers_of = (float(change.max()), float(change.mean()), float(percent.max()), float(percent.mean()))
    return Revision(name, len(before), int((change > 0).sum()), *numbers_of, str(change.idxmax()))


def _judged(
    table: str, revision: Revision, limit: Limit, before: pd.Series, after: pd.Series, *, numbers: bool
) -> list[Finding]:
    """A finding if the revision leaves its limits; one that is a change of unit is called so."""
    name, share = revision.column, revision.changed / revision.compared
    if not numbers:
        if share > limit.share:
            return [
                Finding(table, "revised", f"{name} has other words in {revision.changed} rows, first {revision.at}")
            ]
        return []
    factor = _factor(before, after)
    if factor is not None:
        return [Finding(table, "unit", f"{name} is {factor:g} times what it was: a change of unit")]
    unit, largest, mean = (
        ("%", revision.largest_percent, revision.mean_percent)
        if limit.percent
        else ("", revision.largest, revision.mean)
    )
    found = []
    if share > limit.share:
        text = f"{name}: {revision.changed} of {revision.compared} values are revised; at most {limit.share:.0%} may be"
        found.append(Finding(table, "revised", text))
    if largest > limit.largest:
        text = f"{name} of {revision.at} is revised by {largest:.4g}{unit}; at most {limit.largest:g}{unit} is allowed"
        found.append(Finding(table, "revised", text))
    if limit.mean is not None and mean > limit.mean:
        text = f"{name}: the mean revision is {mean:.4g}{unit}; at most {limit.mean:g}{unit} is allowed"
        found.append(Finding(table, "revised", text))
    return found


def _factor(before: pd.Series, after: pd.Series) -> float | None:
    """The power of ten by which the later values differ, if at least half of them do, within 2 %."""
    both = (before != "") & (after != "")
    ratio = _numbers(after[both]) / _numbers(before[both]).replace(0, np.nan)
    for power in POWERS:
        if len(ratio) >= 3 and ((ratio / power - 1).abs() < 0.02).mean() >= 0.5:
            return power
    return None


def _gaps(table: str, old: pd.DataFrame, new: pd.DataFrame, info: Description) -> list[Finding]:
    """Findings for new rows that a column leaves empty although it goes on after them."""
    found = []
    for name, column in info.columns.items():
        filled = new.index[new[name] != ""]
        if column.sparse or filled.empty:
            continue
        inner = new.index[(new.index > filled[0]) & (new.index < filled[-1]) & (new[name] == "")]
        fresh = [key for key in inner if key not in column.gaps and not (key in old.index and old.loc[key, name] == "")]
        lost = [key for key in fresh if key in old.index]  # named above as vanished values
        if len(fresh) > len(lost):
            text = f"{name} has no value for {_some([key for key in fresh if key not in lost])}"
            found.append(Finding(table, "gap", text))
    return found


def _numbers(text: pd.Series) -> pd.Series:
    return pd.to_numeric(text.where(text != ""), errors="coerce").astype(float)


def _some(keys: object) -> str:
    keys = [str(key) for key in keys]
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return ", ".join(keys[:SHOWN]) + more
