"""The value spread: what small value earned after wide and narrow gaps in valuations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.multiverse.evaluation import Evaluation
from smallcaps.multiverse.grid import Dimension, Grid, Option, Specification
from smallcaps.multiverse.multiverse import Multiverse
from smallcaps.multiverse.placebo import DRAWS, Calendar, Moved, moved
from smallcaps.multiverse.predictions import PredictionCase, evaluate
from smallcaps.multiverse.source import Source, Unavailable
from smallcaps.panel import Panel
from smallcaps.studies.value_spread import MIN_PAST, years_to_june

CLAIM = "value-spread-pays"
EDGES = (
    Option(
        "80th to 20th", (80, 20), "The outer fifths: wide enough to tell value from growth, full enough to be stable."
    ),
    Option("70th to 30th", (70, 30), "The breakpoints by which the portfolios themselves are formed."),
    Option("90th to 10th", (90, 10), "The extremes, where the articles see the gap."),
)
MORE_EDGES = (
    Option("75th to 25th", (75, 25), "Quarters."),
    Option("85th to 15th", (85, 15), "Between the outer fifths and the extremes."),
)
MEASURES = Dimension(
    "measured by",
    (
        Option(
            "deviation from its past", "sd", "Standard deviations from the mean of the years so far: known at the time."
        ),
        Option("percentile of its past", "percentile", "The share of earlier years that were lower: no outlier rules."),
        Option("its level", "log", "The logarithm as it is: nothing is compared with a past that may have been other."),
    ),
)
OUTCOMES = Dimension(
    "return of",
    (
        Option(
            "small value minus small growth", ("six:small_hibm", "six:small_lobm"), "Value alone, among small caps."
        ),
        Option(
            "small value minus big growth", ("six:small_hibm", "six:big_lobm"), "The rotation that the articles see."
        ),
        Option(
            "small value minus market", ("six:small_hibm", "market"), "What tilting a portfolio to small value adds."
        ),
    ),
)
YEARS = {
    1: "The next year.",
    2: "Two years.",
    3: "Three years, the horizon at which most funds are judged.",
    4: "Four years.",
    5: "Five years: long enough for a gap to close.",
    7: "Seven years; beyond, fewer than a dozen windows would stand side by side.",
}
_SINCE = (
    Option("all the years", None, "The most years: spreads with ten earlier years, from 1936."),
    Option("1963 on", 1963, "From then on book values come from Compustat, where small companies are covered better."),
)


def grid(*, wide: bool = False) -> Grid:
    """The grid of the value spread."""
    horizons = (5, 1, 2, 3, 4, 7) if wide else (5, 1, 2, 3, 7)
    return Grid(
        claim=CLAIM,
        measure="slope of returns a year on the value spread, less its small-sample bias",
        unit="pp per sd",
        direction="positive",
        dimensions=(
            Dimension("percentiles", (*EDGES, *(MORE_EDGES if wide else ()))),
            MEASURES,
            OUTCOMES,
            Dimension("over", tuple(Option(f"{h} year{'s' * (h > 1)}", h, YEARS[h]) for h in horizons)),
            Dimension("sample", _SINCE),
        ),
    )


class Spreads(Multiverse):
    """Predictive slopes on annual data. Recessions are no choice here: without their years the series has gaps."""

    intervals = "Hodrick's 1B about the corrected slope"
    placebo = "move the spread against the returns, its order kept"

    def __init__(self, panel: Panel, grid: Grid):
        table = panel.history("ff_beme_breakpoints")
        if not len(table):
            raise NotCovered("the window ends before the first book-to-market")
        super().__init__(panel, grid, Source(panel, Calendar(table.index[0], len(table))))

    def case(self, specification: Specification) -> PredictionCase:
        edges, measure = specification["percentiles"], specification["measured by"]
        predictor = self.source.once(("spread", edges, measure), lambda: self._spread(edges, measure))
        annual = self.source.once(("annual", specification["return of"]), lambda: self._annual(specification))
        rows = self._rows(predictor, annual, since=specification["sample"])
        unit = 1.0 if measure == "sd" or len(rows) < 2 else float(np.std(predictor[rows], ddof=1))
        return PredictionCase(rows, np.nan_to_num(annual), predictor, specification["over"], unit)

    def _spread(self, edges: tuple[int, int], measure: str) -> np.ndarray:
        """The predictor by year, from its own past only, NaN without MIN_PAST earlier years; see value_spread."""
        table = self.panel.history("ff_beme_breakpoints")
        spread = np.log(table[f"p{edges[0]}"] / table[f"p{edges[1]}"]).to_numpy()
        found = np.full(len(spread), np.nan)
        for year in range(MIN_PAST, len(spread)):
            past = spread[: year + 1]
            found[year] = {
                "log": past[-1],
                "percentile": (past[:-1] < past[-1]).mean() * 100,
                "sd": (past[-1] - past.mean()) / past.std(ddof=1),
            }[measure]
        return found

    def _annual(self, specification: Specification) -> np.ndarray:
        value, growth = specification["return of"]
        try:
            return self.source.calendar.array(years_to_june(self.panel, value=value, growth=growth))
        except TooFewEvents as reason:
            raise Unavailable(str(reason)) from None

    def _rows(self, predictor: np.ndarray, annual: np.ndarray, *, since: int | None) -> np.ndarray:
        """Positions of the years with a spread known in the window, from the one before the first year that has a
        return to the last."""
        first = self.source.calendar.first
        years = [period.year for period in pd.period_range(first, periods=len(predictor), freq=first.freq)]
        july = pd.PeriodIndex([f"{year}-07" for year in years], freq="M")
        inside = ~np.isnan(predictor)
        if self.panel.end is not None:
            inside &= july - 1 <= self.panel.end
        if self.panel.start is not None:
            inside &= july >= self.panel.start
        if since is not None:
            inside &= np.array(years) >= since
        known = np.flatnonzero(~np.isnan(annual))
        first_row, last_row = (known[0] - 1, known[-1]) if len(known) else (0, -1)
        position = np.arange(len(inside))
        return np.flatnonzero(inside & (first_row <= position) & (position <= last_row))

    def placebos(self, rng: np.random.Generator, *, draws: int = DRAWS) -> Moved:
        """Moves of the years that have a spread, those before and from 1963 apart; the years without stay.

        Not those before and from the start of an own series apart: every year of a piece has a spread, whichever of
        them have returns, and a piece that keeps its years would keep how its level differs from the other's.
        """
        calendar = self.source.calendar
        since = [option.value - calendar.first.year for option in _SINCE if option.value is not None]
        return moved(calendar, begins=[MIN_PAST, *since], rng=rng, draws=draws, shortest=MIN_PAST)

    def evaluate(self, cases: Sequence[PredictionCase], placebos: Moved) -> Evaluation:
        return evaluate(cases, placebos=placebos)
