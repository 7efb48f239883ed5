"""Rate sensitivity: the slope of small minus large on the change of a rate in the same months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.multiverse.grid import Dimension, Grid, Option, Specification
from smallcaps.multiverse.grids import choices
from smallcaps.multiverse.slope_multiverse import SlopeMultiverse
from smallcaps.multiverse.slopes import SlopeCase
from smallcaps.multiverse.source import Unavailable
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap

CLAIM = "rates-sensitivity"
RATES = (
    Option("2-year yield", "DGS2", "Where the market's view of the next years' policy shows."),
    Option("1-year yield", "DGS1", "Closer to what floating-rate debt costs."),
    Option("3-month yield", "DGS3MO", "The rate that floating-rate debt follows."),
    Option("10-year yield", "DGS10", "The rate at which long-lived profits are discounted."),
    Option("target", "target", "What the Federal Reserve itself decides."),
)
SPANS = (
    Option("1 month", 1, "The finest step that the month-end yields allow."),
    Option("3 months", 3, "Overlapping quarters: a reaction that takes its time."),
)
MORE_SPANS = (
    Option("2 months", 2, "Between the two."),
    Option("6 months", 6, "Overlapping half-years."),
    Option("12 months", 12, "Overlapping years."),
)
MONTHS = Dimension(
    "months",
    (
        Option("all", None, "A reaction to rates shows in rises as in falls."),
        Option("rate fell", "fell", "The claim speaks of lower rates."),
    ),
)


def grid(*, pair: str = "price", wide: bool = False) -> Grid:
    """The grid of slopes on rates, with the chapter's pair as its own."""
    return Grid(
        claim=CLAIM,
        measure="slope of small minus large on the change of a rate",
        unit="pp per pp",
        direction="negative",
        dimensions=(
            Dimension("rate", RATES),
            Dimension("span", (*SPANS, *(MORE_SPANS if wide else ()))),
            MONTHS,
            *choices.pairs(pair, wide=wide),
            choices.sample(
                Option("1984 on", "1984-01", "The Russell 2000 was launched then; the great disinflation was over."),
                choices.SINCE_ANNOUNCED,
            ),
            choices.RECESSIONS,
        ),
        exclusions=choices.PAIR_EXCLUSIONS,
    )


class Rates(SlopeMultiverse):
    """Slopes of the compounded gap over a span of months on the rate's change over the same months."""

    first = "1961-12"
    placebo = "move the changes of the rate against the returns, their order kept"

    def case(self, specification: Specification) -> SlopeCase:
        source, span = self.source, specification["span"]
        small, large = choices.names(specification.values)
        driver = source.once(
            ("driver", specification["rate"], span, specification["months"]), lambda: self._driver(specification)
        )
        gap = source.once(("gap", small, large, span), lambda: self._gap(small, large, span=span))

        def cut() -> np.ndarray:
            kept = self.months_since(specification["sample"])
            if specification["recessions"]:
                kept = kept & (source.recession() == 0)
            return self.sample(self._changes(specification), gap, kept)

        key = ("cut", specification["rate"], small, large, span, specification["sample"], specification["recessions"])
        return SlopeCase(source.once(key, cut), driver, horizon=span)

    def first_months(self) -> list[int]:
        found = []
        for option in RATES:
            try:
                changes = self.source.once(("changes", option.value, 1), lambda: self._made(option.value, 1))  # noqa: B023
            except Unavailable:
                continue
            found.append(int(np.flatnonzero(~np.isnan(changes))[0]))
        for name in ("r2000_price", "spy", *self.source.own):
            try:
                found.append(self.source.calendar.position(self.source.returns(name).first))
            except Unavailable:
                continue
        return found

    def _gap(self, small: str, large: str, *, span: int) -> np.ndarray:
        """Percentage points over the `span` months that end with each month."""
        if span == 1:
            return self.source.calendar.array(monthly_gap(self.source.returns(small), self.source.returns(large)) * 100)
        windows = self.source.windows(small, large, horizon=span)
        return np.concatenate([np.full(span, np.nan), windows[:-span]])

    def _changes(self, specification: Specification) -> np.ndarray:
        rate, span = specification["rate"], specification["span"]
        return self.source.once(("changes", rate, span), lambda: self._made(rate, span))

    def _made(self, rate: str, span: int) -> np.ndarray:
        changes = self.source.calendar.array(rate_changes(self.panel, rate=rate, span=span))
        if np.isnan(changes).all():
            raise NotCovered(f"no change of {rate} in this window")
        return changes

    def _driver(self, specification: Specification) -> np.ndarray:
        changes = self._changes(specification)
        return np.where(changes < 0, changes, np.nan) if specification["months"] == "fell" else changes


def rate_changes(panel: Panel, *, rate: str, span: int) -> pd.Series:
    """Change of a month-end yield or of the target over `span` months, percentage points, by last month.

    The months of the target's table begin with its first change; months without a change count 0.
    """
    if rate != "target":
        return panel.history("treasury_yields_month_end")[rate].diff(span)
    changes = panel.known_events("fomc_target_changes")["change"].dropna()
    if not len(changes):
        raise NotCovered("the target's table begins after this window")
    by_month = changes.groupby(changes.index.to_period("M")).sum()
    months = pd.period_range(by_month.index[0], panel.end or by_month.index[-1], freq="M")
    return by_month.reindex(months, fill_value=0.0).rolling(span).sum()
