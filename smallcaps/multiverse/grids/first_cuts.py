"""First cuts: small minus large after the first cut of an easing cycle."""

from __future__ import annotations

import numpy as np
import pandas as pd

from smallcaps.multiverse.event_multiverse import EventMultiverse
from smallcaps.multiverse.grid import Dimension, Grid, Option, Specification
from smallcaps.multiverse.grids import choices
from smallcaps.multiverse.placebo import DRAWS, Moved, moved
from smallcaps.multiverse.rules import first_cut_events

CLAIM = "rates-first-cut-gap"
FUNDS_RATE = "1954-07"  # the first month of the funds rate: no rule sees a cut before it
RULES = (
    Option("target", "target-12", "A cut after a rise, with none in the 12 months before: decidable on the day."),
    Option("target, funds rate before", "target+funds", "The same, and by the funds rate before 1982: more cycles."),
    Option("6 quiet months", "target-6", "Half a year without a cut is enough to begin a new cycle."),
    Option(
        "any pause of 6 months", "pause-6", "The article counts the cut of September 2025, which resumed an easing."
    ),
    Option("funds rate, 1 point", "funds-1.0", "One rule for all years: the rate a full point below its recent high."),
    Option("funds rate, half a point", "funds-0.5", "The same, and sooner: two usual steps below the recent high."),
)
MORE_RULES = (
    Option("18 quiet months", "target-18", "A stricter rule for what is a new cycle."),
    Option("any pause of 9 months", "pause-9", "As long as the pause before the cut of September 2025."),
    Option("any pause of 12 months", "pause-12", "A year without a cut, whatever came before."),
    Option("funds rate, 0.75 point", "funds-0.75", "Between the two thresholds."),
)
COUNTED = (
    Option("month end before", 0, "The last close that knows nothing of the cut."),
    Option("month end after", 1, "An investor who buys on the news."),
)
LATER = (Option("a month later", 2, "An investor who waits for another month's figures."),)
REASONS = {
    6: "Half a year: the first quick months that investors hope for.",
    9: "Three quarters.",
    12: "The article's own year.",
    18: "A year and a half: policy works with long lags.",
    24: "Two years: policy works with long lags.",
}


def grid(*, horizon: int = 12, pair: str = "price", wide: bool = False) -> Grid:
    """The grid of first cuts, with the chapter's horizon and pair as its own."""
    rules = Dimension("first cut by", (*RULES, *(MORE_RULES if wide else ())))
    return Grid(
        claim=CLAIM,
        measure="small minus large after first cuts, per 12 months",
        unit="pp",
        direction="positive",
        claimed=12.0,
        dimensions=(
            rules.beginning_with("target, funds rate before") if pair == "french" else rules,
            Dimension("counted from", (*COUNTED, *(LATER if wide else ()))),
            choices.horizons(horizon, reasons=REASONS, wide=wide),
            *choices.pairs(pair, wide=wide),
            choices.sample(choices.SINCE_LAUNCH, choices.SINCE_ANNOUNCED),
            choices.RECESSIONS,
        ),
        exclusions=choices.PAIR_EXCLUSIONS,
    )


class FirstCuts(EventMultiverse):
    """Means of the gap after first cuts, put on 12 months so that the claimed figure applies to every horizon."""

    intervals = "Student's t over events"
    placebo = "move all first cuts together to other months"
    scaled = True

    def windows(self, specification: Specification) -> np.ndarray:
        small, large = choices.names(specification.values)
        return self.source.windows(small, large, horizon=specification["horizon"])

    def positions(self, specification: Specification) -> tuple[int, ...]:
        rule = specification["first cut by"]
        events = self.source.once(("events", rule), lambda: first_cut_events(self.panel, rule=rule))
        return tuple(self.source.calendar.position(event.base) + specification["counted from"] for event in events)

    def placebos(self, rng: np.random.Generator, *, draws: int = DRAWS) -> Moved:
        begins = [self.source.calendar.position(pd.Period(FUNDS_RATE, freq="M")), *self.sample_begins()]
        return moved(self.source.calendar, begins=begins, rng=rng, draws=draws)
