"""Flows: what small caps did in the months after money came into IWM."""

from __future__ import annotations

import numpy as np

from smallcaps.errors import NotCovered
from smallcaps.flows import net_flows
from smallcaps.multiverse.grid import Dimension, Exclusion, Grid, Option, Specification
from smallcaps.multiverse.grids import choices
from smallcaps.multiverse.slope_multiverse import SlopeMultiverse
from smallcaps.multiverse.slopes import SlopeCase

CLAIM = "flows-structural"
CUT_BACK = 0.05  # the share of flows on either side that is cut back to its edge
FLOWS = (
    Option("best method", "flow", "By days where they are known, else by month ends."),
    Option("by month ends", "month_ends", "One method throughout."),
    Option("largest cut back", "cut", "The largest 5 % on either side count no more than the next: no month rules."),
)
OUTCOMES = (
    Option("IWM minus SPY", ("iwm", "spy"), "Small against large, by the funds that hold the indexes."),
    Option("IWM alone", ("iwm", None), "The claim's good returns need no comparison."),
    Option("VB minus SPY", ("vb", "spy"), "Another small-cap fund: support for small caps would lift it too."),
    Option("smallest 30 % minus largest", ("vw:lo_30", "vw:hi_30"), "Small caps beyond the index that the fund buys."),
    Option("middle 40 % minus largest", ("vw:med_40", "vw:hi_30"), "The companies that most of the fund's money buys."),
)
MORE_OUTCOMES = (
    Option("IWM minus market", ("r2000_total", "market"), "Against what an investor holds who takes no side."),
    Option("second fifth minus largest", ("vw:qnt_2", "vw:hi_30"), "Without the microcaps."),
    Option("smallest 30 % alone", ("vw:lo_30", None), "Small caps beyond the index, without a comparison."),
)
AHEAD = {
    1: "The next month, the soonest that one can act.",
    2: "Two months.",
    3: "A quarter: support that lasts would show.",
    6: "Half a year: support that lasts would show.",
    12: "A year: support that lasts would show.",
}


def grid(*, wide: bool = False) -> Grid:
    """The grid of flows."""
    return Grid(
        claim=CLAIM,
        measure="slope of later returns a month on flows, percent of net assets",
        unit="pp per pp",
        direction="positive",
        dimensions=(
            Dimension("flow", FLOWS),
            Dimension(
                "flow over",
                (
                    Option("1 month", 1, "The month's own flow."),
                    Option("3 months", 3, "Flows that persist, rather than one month's trades."),
                    *((Option("6 months", 6, "Flows of half a year."),) if wide else ()),
                ),
            ),
            Dimension(
                "return over",
                tuple(
                    Option(f"{h} month{'s' * (h > 1)}", h, AHEAD[h]) for h in ((1, 2, 3, 6, 12) if wide else (1, 3, 6))
                ),
            ),
            Dimension("return of", (*OUTCOMES, *(MORE_OUTCOMES if wide else ()))),
            Dimension(
                "held fixed",
                (
                    Option("nothing", False, "What followed flows, whatever came with them."),
                    Option("same month's return", True, "Money follows returns, so what it says beyond them counts."),
                ),
            ),
            choices.sample(
                Option(
                    "2015 on",
                    "2015-01",
                    "The ten years before the article, when funds had grown to their present weight.",
                ),
            ),
            choices.RECESSIONS,
        ),
        exclusions=(
            Exclusion(
                "flows of several months have no single month's return to hold fixed",
                lambda v: v["flow over"] > 1 and v["held fixed"],
            ),
        ),
    )


class Flows(SlopeMultiverse):
    """Slopes of the compounded return over the next months, divided by their number, on the flow before them."""

    first = "1993-01"
    placebo = "move the flows against the returns, their order kept"

    def case(self, specification: Specification) -> SlopeCase:
        source, (small, large) = self.source, specification["return of"]
        horizon = specification["return over"]
        driver = source.once(
            ("flow", specification["flow"], specification["flow over"]), lambda: self._flow(specification)
        )
        measure = "small" if large is None else "gap"
        ahead = source.windows(small, large or small, horizon=horizon, measure=measure)

        def cut() -> np.ndarray:
            kept = self.months_since(specification["sample"])
            if specification["recessions"]:
                kept = kept & source.calm(horizon=horizon, wanted=True)
            return self.sample(driver, ahead, kept) / horizon

        key = ("cut", id(driver), small, large, horizon, specification["sample"], specification["recessions"])
        control = None
        if specification["held fixed"]:
            windows = source.windows(small, large or small, horizon=1, measure=measure)
            control = source.once(("own", small, large), lambda: np.concatenate([[np.nan], windows[:-1]]))
        return SlopeCase(source.once(key, cut), driver, horizon=horizon, control=control)

    def first_months(self) -> list[int]:
        """The first flow alone: the return series begin before it."""
        return [self.source.calendar.position(net_flows(self.panel).index[0])]

    def _flow(self, specification: Specification) -> np.ndarray:
        """Net flow in percent of the net assets at each month's start, summed over the months, by last month."""
        flows = net_flows(self.panel)
        column = specification["flow"]
        share = flows["flow" if column == "cut" else column] / flows["assets_before"] * 100
        if column == "cut":
            low, high = share.quantile([CUT_BACK, 1 - CUT_BACK])
            share = share.clip(low, high)
        if not share.notna().any():
            raise NotCovered("no flow in this window")
        return self.source.calendar.array(share.rolling(specification["flow over"]).sum())
