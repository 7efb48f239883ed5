"""Elections: how often small beat large in the months after presidential elections."""

from __future__ import annotations

import numpy as np

from smallcaps.multiverse.event_multiverse import EventMultiverse
from smallcaps.multiverse.grid import Dimension, Grid, Option, Specification
from smallcaps.multiverse.grids import choices
from smallcaps.multiverse.placebo import DRAWS, Cycle
from smallcaps.studies.election_cycles import TERM, election_events
from smallcaps.studies.election_runs import BASES

CLAIM = "election-83"
_WHY = {
    "October": "The last month end before election day.",
    "November": "The first month end that knows the winner.",
    "December": "Whole calendar years, as almanacs count them.",
    "January": "From the inauguration, when the new policy begins.",
}
REASONS = {
    6: "The first half-year, in which elections matter most if they do.",
    9: "Three quarters.",
    12: "The claim's own 12-month periods.",
    18: "A year and a half.",
    24: "Two years, to the next elections of Congress.",
}


def grid(*, horizon: int = 12, pair: str = "price", wide: bool = False) -> Grid:
    """The grid of elections, with the chapter's horizon and pair as its own."""
    return Grid(
        claim=CLAIM,
        measure="elections after which small beat large",
        unit="percent of periods",
        direction="positive",
        claimed=83.0,
        dimensions=(
            Dimension("counted from", tuple(Option(f"end of {name}", BASES[name], _WHY[name]) for name in BASES)),
            choices.horizons(horizon, reasons=REASONS, wide=wide),
            *choices.pairs(pair, wide=wide),
            choices.sample(
                Option(
                    "1946 on",
                    "1946-01",
                    "Without the Depression and the war, in which small caps moved as never since.",
                ),
                choices.SINCE_LAUNCH,
            ),
            choices.RECESSIONS,
        ),
        exclusions=choices.PAIR_EXCLUSIONS,
    )


class Elections(EventMultiverse):
    """Hit rates after elections. Elections come every 48 months, so there are no more than 48 calendars."""

    intervals = "Clopper and Pearson's over elections"
    placebo = "shift all elections by 0 to 47 months (no other calendars exist)"
    share = True

    def windows(self, specification: Specification) -> np.ndarray:
        small, large = choices.names(specification.values)
        return self.source.windows(small, large, horizon=specification["horizon"])

    def positions(self, specification: Specification) -> tuple[int, ...]:
        events = self.source.once("elections", lambda: election_events(self.panel))
        return tuple(self.source.calendar.position(event.base) + specification["counted from"] for event in events)

    def placebos(self, rng: np.random.Generator, *, draws: int = DRAWS) -> Cycle:
        return Cycle(self.source.calendar, TERM)
