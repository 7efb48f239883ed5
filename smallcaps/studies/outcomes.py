"""One outcome beside those of every other window of its sample, so that luck can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from smallcaps.errors import TooFewEvents
from smallcaps.inference import tail_p
from smallcaps.words import interval

MIN_WINDOWS = 12


@dataclass(frozen=True)
class Outcome:
    """One outcome among all windows of the same length in the same sample.

    `value` and `windows` (by base month, the month before the window) share one unit, percent or percentage points
    unless said otherwise. `own` says that the outcome is one of the windows.
    """

    value: float
    windows: pd.Series
    months: int
    own: bool = True

    def __post_init__(self) -> None:
        if len(self.windows) < MIN_WINDOWS:
            raise TooFewEvents(f"{self.months}-month windows: {len(self.windows)}; at least {MIN_WINDOWS} are needed")

    @property
    def mean(self) -> float:
        """Mean of all windows: the base rate."""
        return float(self.windows.mean())

    @property
    def percentile(self) -> float:
        """Share of all windows that gave less, percent."""
        return self.share_below(self.value)

    def share_below(self, value: float) -> float:
        """Share of all windows that gave less than `value`, percent."""
        return float((self.windows < value).mean() * 100)

    @property
    def share_positive(self) -> float:
        """Share of all windows above zero, percent."""
        return float((self.windows > 0).mean() * 100)

    @property
    def p(self) -> float:
        """Probability that a window drawn at random gives as much or more (placebo dates, one event)."""
        return tail_p(self.value, self.windows.to_numpy(), alternative="greater", exhaustive=self.own)

    @property
    def usual(self) -> tuple[float, float]:
        """The 5th and 95th percentiles of all windows; a single outcome between them is nothing unusual."""
        return float(self.windows.quantile(0.05)), float(self.windows.quantile(0.95))

    @property
    def n(self) -> int:
        """Number of windows; neighbours share most of their months."""
        return len(self.windows)

    @property
    def independent(self) -> int:
        """How many windows fit into the sample without overlap."""
        return (self.n + self.months - 1) // self.months


def luck_table(outcomes: Mapping[str, Outcome]) -> pd.DataFrame:
    """One row an outcome: its value, what all windows gave, and where among them it stands, in its own unit."""
    rows = {
        name: {
            "Outcome": outcome.value,
            "Percentile": outcome.percentile,
            "Above zero, %": outcome.share_positive,
            "All windows, mean": outcome.mean,
            "Nine in ten": interval(outcome.usual).replace(" ", "\N{NO-BREAK SPACE}"),
            "Windows apart": outcome.independent,
        }
        for name, outcome in outcomes.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Since article A or B")
