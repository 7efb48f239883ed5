"""What the multiverses of monthly slopes have in common: a calendar of months, drivers made once, moved regressors."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
import pandas as pd

from smallcaps.multiverse.evaluation import Evaluation
from smallcaps.multiverse.grid import Grid
from smallcaps.multiverse.multiverse import Multiverse
from smallcaps.multiverse.placebo import DRAWS, Moved, moved
from smallcaps.multiverse.slopes import SlopeCase, evaluate
from smallcaps.multiverse.source import Source, base_calendar
from smallcaps.panel import Panel


class SlopeMultiverse(Multiverse):
    """Specifications of a slope on a driver that moves, piece by piece, under the placebos."""

    intervals = "Newey-West"
    first: str  # the month before the first that any driver has

    def __init__(self, panel: Panel, grid: Grid):
        super().__init__(panel, grid, Source(panel, base_calendar(panel, first=self.first)))

    def months_since(self, start: str | None) -> np.ndarray:
        """The months from `start` (YYYY-MM) on; all for None."""
        months = np.arange(self.source.calendar.length)
        return months >= (0 if start is None else self.source.calendar.position(pd.Period(start, freq="M")))

    def sample(self, driver: np.ndarray, response: np.ndarray, kept: np.ndarray) -> np.ndarray:
        """The response in the months that `kept` marks and the driver reaches, from its first to its last; else NaN."""
        known = np.flatnonzero(~np.isnan(driver))
        reach = np.zeros(len(driver), dtype=bool)
        reach[known[0] : known[-1] + 1] = True
        return np.where(kept & reach, response, np.nan)

    def begins(self) -> list[int]:
        """Positions at which samples begin: those that the grid declares, then those at which the series do."""
        return [*self.declared_begins(), *self.first_months()]

    @abstractmethod
    def first_months(self) -> list[int]:
        """Positions of the first months of the drivers and of the return series that begin late."""

    def placebos(self, rng: np.random.Generator, *, draws: int = DRAWS) -> Moved:
        return moved(self.source.calendar, begins=self.begins(), rng=rng, draws=draws)

    def evaluate(self, cases: Sequence[SlopeCase], placebos: Moved) -> Evaluation:
        return evaluate(cases, placebos=placebos)
