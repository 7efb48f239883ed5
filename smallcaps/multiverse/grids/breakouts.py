"""Breakouts: what large caps returned after small caps reached a new high."""

from __future__ import annotations

import numpy as np
import pandas as pd

from smallcaps.events import breakouts
from smallcaps.multiverse.event_multiverse import EventMultiverse
from smallcaps.multiverse.grid import Dimension, Exclusion, Grid, Option, Specification
from smallcaps.multiverse.grids import choices
from smallcaps.studies.breakouts import known

CLAIM = "momentum-breakout"
BREAKS_OUT = (
    Option("Russell 2000", "r2000_price", "The index that the article speaks of, by its price."),
    Option("smallest 30 %", "vw:lo_30", "French's small portfolio: more breakouts, since 1926."),
    choices.by_value("second fifth"),
    choices.by_value("middle 40 %"),
)
MORE_BREAKS_OUT = (
    Option("Russell 2000, total", "r2000_total", "With dividends, so that a high is one in wealth."),
    choices.by_value("smallest fifth"),
    Option("smallest 30 %, equal", "ew:lo_30", "The average small company rather than the average dollar."),
    Option("second fifth, equal", "ew:qnt_2", "The average company of the class."),
)
RETURNS_OF = (
    Option("S&P 500, price", "sp500_price", "The index that the article speaks of, without dividends."),
    Option("S&P 500, total", "spy", "The same with dividends, by the fund SPY."),
    Option("largest 30 %", "vw:hi_30", "Total returns of large caps since 1926."),
    Option("whole market", "market", "What an investor holds who takes no side."),
)
MORE_RETURNS_OF = (choices.by_value("largest fifth"),)
COUNTED = Dimension(
    "counted from",
    (
        Option("the new high", 0, "The close that is the breakout."),
        Option("a month later", 1, "An investor who waits for the record to hold for a month."),
    ),
)
QUIET_REASONS = {
    3: "A quarter without a record.",
    6: "Half a year without a record is a pause worth the name.",
    9: "Three quarters without a record.",
    12: "A year without a record.",
    18: "A year and a half without a record.",
    24: "Two years without a record: the rare, long-awaited breakouts, as the one that the article means.",
    36: "Three years without a record, as before the article.",
}
REASONS = {
    6: "Half a year.",
    9: "Three quarters.",
    12: "The article's own year.",
    18: "A year and a half.",
    24: "Two years, for a breakout that begins a long advance.",
}
_SAME_KIND = "a record by price and a return with dividends, or the other way round, for one and the same index"


def grid(*, horizon: int = 12, quiet: int = 12, wide: bool = False) -> Grid:
    """The grid of breakouts, with the chapter's horizon and quiet months as its own."""
    quiets = dict.fromkeys((quiet, *((3, 6, 9, 12, 18, 24, 36) if wide else (6, 12, 24))))
    return Grid(
        claim=CLAIM,
        measure="return of large caps after breakouts of small caps, per 12 months",
        unit="percent",
        direction="positive",
        claimed=15.0,
        dimensions=(
            Dimension("breaks out", (*BREAKS_OUT, *(MORE_BREAKS_OUT if wide else ()))),
            Dimension(
                "quiet before",
                tuple(Option(f"{q} months", q, QUIET_REASONS.get(q, "As the chapter was run.")) for q in quiets),
            ),
            COUNTED,
            choices.horizons(horizon, reasons=REASONS, wide=wide),
            Dimension("return of", (*RETURNS_OF, *(MORE_RETURNS_OF if wide else ()))),
            choices.sample(choices.SINCE_LAUNCH),
            choices.RECESSIONS,
        ),
        exclusions=(
            Exclusion(_SAME_KIND, lambda v: (v["breaks out"], v["return of"]) == ("r2000_total", "sp500_price")),
        ),
    )


class Breakouts(EventMultiverse):
    """Mean returns of large caps after breakouts, put on 12 months so that the claimed figure applies throughout."""

    intervals = "Student's t over events"
    placebo = "move all breakouts together to other months"
    scaled = True

    def windows(self, specification: Specification) -> np.ndarray:
        self.source.returns(specification["breaks out"])  # without a month of it in the window there is no sample
        return self.source.alone(specification["return of"], horizon=specification["horizon"])

    def case(self, specification: Specification):
        """The sample is that of both series: windows of the large one from the small one's first base month on."""
        found = super().case(specification)
        first = self.source.calendar.position(self.source.returns(specification["breaks out"]).first) - 1
        last = self.source.calendar.position(self.source.returns(specification["breaks out"]).last)
        both = np.arange(self.source.calendar.length)
        keep = (both >= first) & (both + specification["horizon"] <= last)
        windows = self.source.once(
            ("both", id(found.windows), first, last), lambda: np.where(keep, found.windows, np.nan)
        )
        return type(found)(windows, found.events)

    def positions(self, specification: Specification) -> tuple[int, ...]:
        name, quiet = specification["breaks out"], specification["quiet before"]
        levels = self.source.once(("levels", name), lambda: _levels(known(self.panel).returns(name).values))
        events = self.source.once(("breakouts", name, quiet), lambda: breakouts(levels, quiet_months=quiet))
        return tuple(self.source.calendar.position(event.base) + specification["counted from"] for event in events)


def _levels(values: pd.Series) -> pd.Series:
    """Levels from linked returns, 1 at the month end before the first: as studies.breakouts.small_levels has them."""
    levels = np.concatenate([[1.0], (1 + values).cumprod()])
    return pd.Series(levels, index=pd.period_range(values.index[0] - 1, values.index[-1], freq="M"))
