"""What the multiverses of events have in common: windows cut to a sample, events on a calendar, and their placebos."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from smallcaps.multiverse.evaluation import Evaluation
from smallcaps.multiverse.events import EventCase, evaluate
from smallcaps.multiverse.grid import Grid, Specification
from smallcaps.multiverse.multiverse import Multiverse
from smallcaps.multiverse.placebo import DRAWS, Cycle, Moved, moved
from smallcaps.multiverse.source import Source, Unavailable, base_calendar
from smallcaps.panel import Panel


class EventMultiverse(Multiverse):
    """Specifications with a horizon, a sample and recessions in or out.

    `share` measures how often the window's value lies above 0, else its mean is measured; `scaled` puts means on 12
    months, value times 12 over the horizon.
    """

    share: ClassVar[bool] = False
    scaled: ClassVar[bool] = False

    def __init__(self, panel: Panel, grid: Grid):
        super().__init__(panel, grid, Source(panel, base_calendar(panel)))

    @abstractmethod
    def windows(self, specification: Specification) -> np.ndarray:
        """The value of the window after each base month, percent or percentage points, NaN where it is not whole."""

    @abstractmethod
    def positions(self, specification: Specification) -> tuple[int, ...]:
        """Where the events' base months stand on the calendar, whole window or not."""

    def case(self, specification: Specification) -> EventCase:
        horizon, source = specification["horizon"], self.source
        windows = self.windows(specification)

        def cut() -> np.ndarray:
            calm = source.calm(horizon=horizon, wanted=specification["recessions"])
            kept = np.where(source.since(specification["sample"]) & calm, windows, np.nan)
            return kept * (12 / horizon) if self.scaled and horizon != 12 else kept

        key = ("cut", id(windows), specification["sample"], specification["recessions"])
        return EventCase(source.once(key, cut), self.positions(specification))

    def placebos(self, rng: np.random.Generator, *, draws: int = DRAWS) -> Moved | Cycle:
        return moved(self.source.calendar, begins=self.sample_begins(), rng=rng, draws=draws)

    def evaluate(self, cases: Sequence[EventCase], placebos: Moved | Cycle) -> Evaluation:
        return evaluate(cases, placebos=placebos, share=self.share, claimed=self.grid.claimed)

    def sample_begins(self) -> list[int]:
        """Positions at which samples begin: those that the grid declares, then the indexes' own first months."""
        source, begins = self.source, [position - 1 for position in self.declared_begins()]
        for name in ("r2000_price", "sp500_price", "spy", *source.own):
            try:
                begins.append(source.calendar.position(source.returns(name).first) - 1)
            except Unavailable:
                continue
        return begins
