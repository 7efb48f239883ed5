"""A specification curve: every defensible estimate of one claim, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from smallcaps.multiverse.evaluation import Evaluation
from smallcaps.multiverse.grid import Grid
from smallcaps.multiverse.joint import Joint, joint, statistics

DIGITS = 6  # significant digits of an estimate in the record: more than any page prints

BINS = 24  # of the histogram of placebo medians


@dataclass(frozen=True)
class Curve:
    """The estimates of a claim over its specifications.

    `table` has a row a specification, in the order of the grid: estimate, low and high (95 %; `intervals` says which),
    base (its base rate), n, then its option in each dimension. `own` is the row of the chapter's own specification,
    None where this window does not have it. `summary` is what the verdict's confidence reads, shares from 0 to 1;
    `placebo` says what the placebo calendars of `joint` do. `fell_together` counts specifications that select the same
    events and series as an earlier one, `left_out` those that are not defensible or cannot be computed, by reason.
    """

    claim: str
    measure: str
    unit: str
    claimed: float | None
    direction: str
    intervals: str
    placebo: str
    table: pd.DataFrame
    dimensions: tuple[str, ...]
    own: int | None
    summary: Mapping[str, float | int | None]
    joint: Joint
    declared: int
    fell_together: int
    left_out: Mapping[str, int]
    grid: tuple[Mapping[str, str], ...]

    @property
    def count(self) -> int:
        """Number of specifications."""
        return len(self.table)

    @property
    def own_estimate(self) -> float | None:
        """The estimate of the chapter's own specification."""
        return None if self.own is None else float(self.table["estimate"].iloc[self.own])

    @property
    def clear(self) -> tuple[float, float]:
        """Shares of the specifications whose interval leaves the base rate out: on the claimed side, on the other."""
        above = float((self.table["low"] > self.table["base"]).mean())
        below = float((self.table["high"] < self.table["base"]).mean())
        return (above, below) if self.direction == "positive" else (below, above)

    @cached_property
    def by_option(self) -> pd.DataFrame:
        """A row an option: dimension, option, count, median estimate, share agreeing."""
        sign = 1 if self.direction == "positive" else -1
        agrees = sign * (self.table["estimate"] - self.table["base"]) > 1e-9
        rows = []
        for dimension in self.dimensions:
            for entry in self.grid:
                where = self.table[dimension] == entry["option"]
                if entry["dimension"] == dimension and where.any():
                    median = float(self.table.loc[where, "estimate"].median())
                    rows.append((dimension, entry["option"], int(where.sum()), median, float(agrees[where].mean())))
        return pd.DataFrame(rows, columns=["dimension", "option", "count", "median", "share_agreeing"])

    def telling(self) -> str:
        """The dimension whose options have the medians furthest apart."""
        medians = self.by_option.groupby("dimension", sort=False)["median"]
        return str((medians.max() - medians.min()).idxmax())

    def as_json(self) -> dict[str, Any]:
        """The curve in plain JSON values; `rows` are lists with the names that `columns` gives."""
        numbers = [name for name in ("estimate", "low", "high", "base", "exact p") if name in self.table]
        cells = [[_rounded(x) for x in self.table[name]] for name in numbers]
        labels = [self.table[name].tolist() for name in self.dimensions]
        spread = self.joint.placebo_medians[~np.isnan(self.joint.placebo_medians)]
        counts, edges = np.histogram(spread, bins=BINS if len(spread) >= 500 else BINS // 2)
        return {
            "claim": self.claim,
            "measure": self.measure,
            "unit": self.unit,
            "claimed": self.claimed,
            "direction": self.direction,
            "intervals": self.intervals,
            "placebo": self.placebo,
            "summary": dict(self.summary),
            "joint": {
                "placebos": self.joint.placebos,
                "smallest_p": self.joint.smallest_p,
                "p_share_agreeing": self.joint.p_share_agreeing,
                "p_median": self.joint.p_median,
                "p_share_holding": self.joint.p_share_holding,
                "p_share_agreeing_opposite": self.joint.p_share_agreeing_opposite,
                "p_median_opposite": self.joint.p_median_opposite,
                "placebo_share_agreeing": self.joint.placebo_share_agreeing,
                "placebo_share_holding": self.joint.placebo_share_holding,
                "placebo_medians": [_rounded(x) for x in np.quantile(spread, [0.025, 0.5, 0.975])],
                "placebo_histogram": {"edges": [_rounded(x) for x in edges], "counts": counts.tolist()},
            },
            "declared": self.declared,
            "fell_together": self.fell_together,
            "left_out": [{"reason": reason, "count": count} for reason, count in self.left_out.items()],
            "grid": [dict(entry) for entry in self.grid],
            "own": self.own,
            "columns": [*numbers, *self.dimensions],
            "rows": [list(row) for row in zip(*cells, *labels, strict=True)],
        }


def curve_of(
    grid: Grid,
    found: Evaluation,
    *,
    labels: Sequence[tuple[str, ...]],
    exhaustive: bool,
    fell_together: int,
    left_out: Mapping[str, int],
    intervals: str,
    placebo: str,
    exact_p: np.ndarray | None = None,
) -> Curve:
    """The curve of the evaluated specifications, whose options `labels` names.

    `exact_p` adds each one's exact p in the claimed direction, where a sweep had the time for it.
    """
    names = tuple(dimension.name for dimension in grid.dimensions)
    table = pd.DataFrame(
        {"estimate": found.estimates[:, 0], "low": found.low, "high": found.high, "base": found.base, "n": found.n}
    )
    if exact_p is not None and not np.isnan(exact_p).all():
        table["exact p"] = exact_p
    table = pd.concat([table, pd.DataFrame(list(labels), columns=list(names))], axis=1)
    together = statistics(found, direction=grid.direction)
    own = grid.specifications[0].labels
    return Curve(
        claim=grid.claim,
        measure=grid.measure,
        unit=grid.unit,
        claimed=grid.claimed,
        direction=grid.direction,
        intervals=intervals,
        placebo=placebo,
        table=table,
        dimensions=names,
        own=0 if labels[0] == own else None,
        summary={
            "count": len(table),
            "share_agreeing": float(together.agreeing[0]),
            "median": float(together.median[0]),
            "share_holding_figure": None if together.holding is None else float(together.holding[0]),
        },
        joint=joint(together, direction=grid.direction, exhaustive=exhaustive),
        declared=grid.size,
        fell_together=fell_together,
        left_out={**grid.excluded, **left_out},
        grid=tuple(grid.as_json()),
    )


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else float(f"{value:.{DIGITS}g}")
