"""Do flows into IWM lead, follow or reverse the lead of small caps over large ones?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from smallcaps.errors import TooFewEvents
from smallcaps.evidence import Evidence
from smallcaps.flows import net_flows
from smallcaps.inference import Predictive, benjamini_hochberg, circular_shift, ols, predictive
from smallcaps.pairs import FUNDS
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap
from smallcaps.studies.betas import MIN_MONTHS, Beta, ShiftNull, beta, shift_null, sized_p

NAMES = ("gap", "flow")
HALF = pd.Period("2018-01", freq="M")  # about the middle of the table: the two halves are shown apart


def _sample(panel: Panel, *, pair: str = FUNDS, alone: bool = False, column: str = "flow") -> pd.DataFrame:
    """Columns gap (decimals: small minus large of `pair`, or small `alone`) and flow (percent of assets), by month.

    Also months with a gap and no flow, which lie before the first flow.
    """
    flows, small = net_flows(panel), panel.sides(pair)[0]
    gap = panel.returns(small).values if alone else monthly_gap(*panel.pair(pair))
    return pd.concat({"gap": gap, "flow": flows[column] / flows["assets_before"] * 100}, axis=1)


def _moved(sample: pd.DataFrame, step: int) -> Beta:
    """The slope of the gap `step` months after the flow (before it if negative), by the month of the flow."""
    return beta(sample["gap"].shift(-step), sample["flow"], names=NAMES)


@dataclass(frozen=True)
class LeadLag:
    """Slopes of the gap of month k on the flow of month 0, percentage points per percent of net assets.

    `table` has a row for each k from -lags to lags: slope, low, high (95 %, Newey-West), p (two-sided), p_adjusted
    (Benjamini-Hochberg over the table), correlation, n. `lead` is the slope of the month after, which the claim needs
    to be positive; `null` its t where flows are moved in time, `simulated` its small-sample check in both directions.
    """

    table: pd.DataFrame
    lead: Beta
    null: ShiftNull
    simulated: dict[str, Predictive]

    @property
    def same(self) -> pd.Series:
        """The row of the same month."""
        return self.table.loc[0]

    @property
    def clear(self) -> list[int]:
        """The months whose slope is clear of zero after the adjustment for their number, at 5 %."""
        return [int(step) for step in self.table.index[self.table["p_adjusted"] < 0.05]]

    @property
    def one_standard_deviation(self) -> float:
        """The next month's gap for a flow one standard deviation larger, percentage points."""
        return float(self.lead.estimate * self.lead.sample["driver"].std())

    def p(self, alternative: str) -> float:
        """The p of the month after: from the shifts where the usual test rejects too often, else Newey-West's."""
        return sized_p(self.lead, self.null, alternative)

    def evidence(self) -> Evidence:
        """The evidence for the claim that inflows are followed by a lead of small caps."""
        found = self.lead.evidence(direction="positive")
        return replace(found, p=self.p("greater"), p_opposite=self.p("less"))

    def corrections(self) -> pd.DataFrame:
        """The slope of the month after by method, naive first, with its p in the claimed and in the other direction."""
        plain = stats.linregress(self.lead.sample["driver"], self.lead.sample["response"])
        ratio, freedom = plain.slope / plain.stderr, self.lead.n - 2
        both = ("greater", "less")
        corrected = self.simulated["greater"]
        rows = {
            "Plain least squares": (plain.slope, stats.t.sf(ratio, freedom), stats.t.cdf(ratio, freedom)),
            f"Newey-West, {self.lead.fit.lags} lags": (self.lead.estimate, *map(self.lead.p, both)),
            f"Flows moved in time, {len(self.null.t)} shifts": (self.lead.estimate, *map(self.null.p, both)),
            "Less small-sample bias, simulated": (corrected.corrected, *(self.simulated[side].p for side in both)),
        }
        columns = ["Slope, pp per pp", "p (higher after inflows)", "p (lower after inflows)"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("Method")


def flows_lead_returns(panel: Panel, *, lags: int = 6, pair: str = FUNDS, rng: np.random.Generator) -> LeadLag:
    """Slopes of the gap between small and large (simple, monthly) `lags` months before to after a flow into IWM.

    By default IWM and SPY, total returns. The flow is in percent of the net assets at its month's start. TooFewEvents
    below 36 months.
    """
    sample = _sample(panel, pair=pair)
    slopes = {step: _moved(sample, step) for step in range(-lags, lags + 1)}
    table = pd.DataFrame(
        {
            "slope": {step: slope.estimate for step, slope in slopes.items()},
            "low": {step: slope.interval[0] for step, slope in slopes.items()},
            "high": {step: slope.interval[1] for step, slope in slopes.items()},
            "p": {step: slope.p("two-sided") for step, slope in slopes.items()},
            "correlation": {
                step: slope.sample["response"].corr(slope.sample["driver"]) for step, slope in slopes.items()
            },
            "n": {step: slope.n for step, slope in slopes.items()},
        }
    ).rename_axis("month")
    table.insert(4, "p_adjusted", pd.Series(benjamini_hochberg(table["p"].to_dict())))
    both = sample.dropna()
    simulated = {
        side: predictive(both["gap"] * 100, both["flow"], horizon=1, rng=rng, alternative=side)
        for side in ("greater", "less")
    }
    return LeadLag(table, slopes[1], shift_null(slopes[1]), simulated)


def cumulated(panel: Panel, *, lags: int = 6, pair: str = FUNDS) -> pd.DataFrame:
    """Slope of the gap summed from the flow's month to k months later, a row for each k from 0 to `lags`.

    Columns slope, low, high (95 %, Newey-West with at least as many lags as the windows overlap), percentage points
    per percent of net assets, and given_back: the part of the first month's slope that is gone by then, percent.
    """
    sample, rows = _sample(panel, pair=pair), {}
    for last in range(lags + 1):
        window = sum(sample["gap"].shift(-step) for step in range(last + 1)) * 100
        both = pd.concat([window, sample["flow"]], axis=1).dropna()
        fit = ols(both.iloc[:, 0], both.iloc[:, 1], names=("flow",), horizon=last + 1)
        rows[last] = (fit.params["flow"], *fit.intervals["flow"])
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["slope", "low", "high"]).rename_axis("month")
    frame["given_back"] = (1 - frame["slope"] / frame.loc[0, "slope"]) * 100
    return frame


def months_after(panel: Panel, *, pair: str = FUNDS) -> pd.DataFrame:
    """The gap in the month after an inflow, an outflow and the largest fifths of either, beside all months.

    Columns: months, mean (percentage points), ahead (percent of the months in which small caps led) and p (two-sided,
    the mean among all circular shifts of the months; NaN for all months, which are the base rate).
    """
    sample = _sample(panel, pair=pair)
    pairs = pd.concat([sample["gap"].shift(-1) * 100, sample["flow"]], axis=1).dropna()
    if len(pairs) < MIN_MONTHS:
        raise TooFewEvents(f"{len(pairs)} months with a flow and a gap after it; at least {MIN_MONTHS} are needed")
    following, flow = pairs["gap"], pairs["flow"]
    groups = {
        "an inflow": flow > 0,
        "an outflow": flow < 0,
        "the largest inflows (a fifth)": flow >= flow.quantile(0.8),
        "the largest outflows (a fifth)": flow <= flow.quantile(0.2),
    }
    rows = {"any month (base rate)": (len(following), following.mean(), (following > 0).mean() * 100, np.nan)}
    for name, where in groups.items():
        chosen = following[where]
        test = circular_shift(following.to_numpy(), np.flatnonzero(where))
        rows[name] = (len(chosen), chosen.mean(), (chosen > 0).mean() * 100, test.p)
    columns = ["months", "mean", "ahead", "p"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("after")


def other_choices(panel: Panel, *, pair: str = FUNDS) -> pd.DataFrame:
    """The slope of the month after under other choices, a row each: slope, low, high, p (two-sided), n."""
    sample, alone = _sample(panel, pair=pair), _sample(panel, pair=pair, alone=True)
    small, large = panel.labels(pair)
    low, high = sample["flow"].quantile([0.05, 0.95])
    kept = sample.assign(flow=sample["flow"].clip(low, high))
    views = {
        f"{small} minus {large} (default)": _moved(sample, 1),
        f"{small} alone": _moved(alone, 1),
        "flows by month ends throughout": _moved(_sample(panel, pair=pair, column="month_ends"), 1),
        "largest 5 % of flows cut back": _moved(kept, 1),
        "same month's gap held fixed": _controlled(sample),
    }
    for name, part in ((f"to {HALF - 1}", sample.loc[: HALF - 1]), (f"from {HALF}", sample.loc[HALF:])):
        if len(part) > 60:
            views[name] = _moved(part, 1)
    frame = pd.DataFrame(
        {name: (slope.estimate, *slope.interval, slope.p("two-sided"), slope.n) for name, slope in views.items()},
        index=["slope", "low", "high", "p", "n"],
    ).T
    return frame.rename_axis("choice")


def _controlled(sample: pd.DataFrame) -> Beta:
    """The slope of the month after with the gap of the flow's own month as a second driver."""
    columns = {"response": sample["gap"].shift(-1) * 100, "driver": sample["flow"], "own": sample["gap"] * 100}
    whole = pd.concat(columns, axis=1).dropna()
    return Beta(*NAMES, ols(whole["response"], whole[["driver", "own"]], names=("driver", "own")), whole)
