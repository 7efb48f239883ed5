"""Inflation, jobs, yields and the dollar: what they did around the articles' dates, and what returns made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from smallcaps import links
from smallcaps.errors import NotCovered
from smallcaps.evidence import Evidence, months
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap, window_gap
from smallcaps.studies.betas import Beta, ShiftNull, beta, shift_null, sized_p, summed_beta
from smallcaps.studies.prices_and_jobs import (
    GOAL,
    JANUARY,
    JUDGED,
    SEPTEMBER,
    SHOWN,
    core_pce_outcome,
    inflation_easing,
    inflation_rates,
    inside,
    known_then,
    labour_market,
)
from smallcaps.words import number

__all__ = [  # what the chapter takes from here; the facts on prices and jobs have a module of their own
    "GOAL",
    "JANUARY",
    "JUDGED",
    "QUARTER",
    "SEPTEMBER",
    "TWO_INDEXES_MEET",
    "banks_and_reits",
    "broad_dollar",
    "core_pce_outcome",
    "dollar_beta",
    "dollar_change",
    "fund_slopes",
    "inflation_easing",
    "inflation_rates",
    "known_then",
    "labour_market",
]

QUARTER = pd.period_range("2025-07", "2025-09", freq="M")  # the third quarter of 2025
TWO_INDEXES_MEET = pd.Period("2006-02", freq="M")  # changes of the present dollar index begin here
FUNDS = ("kre", "vnq")  # regional banks, real estate trusts


def broad_dollar(panel: Panel) -> pd.Series:
    """Monthly change of the broad dollar in percent, the two indexes linked by returns, to the window's end."""
    panel.frame("dollar_index")  # declared, and not empty in this window
    whole = panel.snapshot.table("dollar_index").frame  # linked whole and cut then, as the return series are
    return (links.broad_dollar(whole) * 100).loc[: panel.end].rename("dollar")


@dataclass(frozen=True)
class DollarChange:
    """The broad dollar, percent: `path` against June 2025; change in the third quarter and in the half-year before.

    `gap` is what small caps made on large caps in that quarter, percentage points.
    """

    path: pd.Series
    quarter: float
    half_year: float
    gap: float

    @property
    def evidence(self) -> Evidence:
        """The evidence for the claim that the dollar fell in the third quarter."""
        why = f"the monthly mean changed by {number(self.quarter, 2, sign=True)} % from June to September 2025"
        return Evidence(holds=self.quarter < 0, n=len(QUARTER), why=why, **months(QUARTER[0] - 1, QUARTER[-1]))


def dollar_change(panel: Panel, *, pair: str = "price") -> DollarChange:
    """The broad dollar from June to September 2025 and in the half-year before, monthly means, percent."""
    inside(panel, QUARTER[0])
    inside(panel, QUARTER[-1])
    level = (1 + broad_dollar(panel) / 100).cumprod()
    base = QUARTER[0] - 1
    windows = window_gap(*panel.pair(pair), horizon=len(QUARTER))
    if base not in windows.index:
        raise NotCovered(f"the returns of the pair {pair} have not all months from {QUARTER[0]} to {QUARTER[-1]}")
    return DollarChange(
        path=((level / level[base] - 1) * 100).iloc[-SHOWN:].rename("broad dollar"),
        quarter=float(level[QUARTER[-1]] / level[base] - 1) * 100,
        half_year=float(level[base] / level[base - 6] - 1) * 100,
        gap=float(windows[base]) * 100,
    )


@dataclass(frozen=True)
class DollarBeta:
    """Slope of small minus large on the dollar, pp per percent: summed over lead and lag, and in the same month alone.

    `null` is what the test of the sum does where there is nothing; `kind` is that of the returns, price or total.
    """

    kind: str
    total: Beta
    same_month: Beta
    null: ShiftNull
    proxy: bool

    @property
    def evidence(self) -> Evidence:
        """The evidence for the claim that a weaker dollar helps small caps."""
        plain = self.total.evidence(direction="negative", proxy=self.proxy)
        return replace(plain, **_two_p(self.total, self.null))


def dollar_beta(panel: Panel, *, pair: str = "price", since: pd.Period | None = None) -> DollarBeta:
    """How the monthly gap moves with the broad dollar of the month, the one before and the one after, summed.

    `since` leaves out the dollar's changes before it. By proxy where the older dollar index is linked in, or with
    French's portfolios.
    """
    small, large = panel.pair(pair)
    gap, dollar = monthly_gap(small, large), broad_dollar(panel).loc[since:]
    names = (f"{small.label} minus {large.label}", "change of the broad dollar")
    total = summed_beta(gap, dollar, names=names)
    return DollarBeta(
        kind=small.kind,
        total=total,
        same_month=beta(gap, dollar, names=names),
        null=shift_null(total),
        proxy=bool(total.sample.index[0] <= TWO_INDEXES_MEET) or panel.base_of(pair) == "french",
    )


@dataclass(frozen=True)
class BanksAndReits:
    """Slopes of KRE and VNQ less a benchmark on a yield's change, pp per pp, over the same months."""

    banks: Beta
    reits: Beta
    nulls: tuple[ShiftNull, ShiftNull]

    @property
    def parts(self) -> tuple[dict[str, float], ...]:
        """`p` of each part alone in the claimed direction, and `p_opposite`: banks, then trusts."""
        return tuple(map(_two_p, (self.banks, self.reits), self.nulls))

    @property
    def evidence(self) -> Evidence:
        """The evidence for the two parts together: the weaker slope, the larger p; the other way twice the smaller."""
        weaker = max(self.banks, self.reits, key=lambda slope: slope.estimate)
        return replace(
            weaker.evidence(direction="negative"),
            p=max(part["p"] for part in self.parts),
            p_opposite=min(1.0, 2 * min(part["p_opposite"] for part in self.parts)),
            why=f"KRE {number(self.banks.estimate, sign=True)}, VNQ {number(self.reits.estimate, sign=True)} pp per pp",
        )


def fund_slopes(panel: Panel, *, yields: str = "DGS10", benchmark: str = "market") -> tuple[Beta, Beta]:
    """Slopes of KRE and VNQ, each less the benchmark, on a month-end yield's change, over the months that both have."""
    change = panel.history("treasury_yields_month_end")[yields].diff()
    excess = {fund: monthly_gap(panel.returns(fund), panel.returns(benchmark)) for fund in FUNDS}
    common = pd.concat(excess, axis=1, join="inner")
    title = f"change of the {yields.removeprefix('DGS')}-year yield"
    return tuple(beta(common[fund], change, names=(f"{fund.upper()} minus {benchmark}", title)) for fund in FUNDS)


def banks_and_reits(panel: Panel, *, yields: str = "DGS10", benchmark: str = "market") -> BanksAndReits:
    """How KRE and VNQ, each less the benchmark (total returns), move with a month-end yield in the same month."""
    slopes = fund_slopes(panel, yields=yields, benchmark=benchmark)
    return BanksAndReits(*slopes, nulls=tuple(shift_null(slope) for slope in slopes))


def _two_p(slope: Beta, null: ShiftNull) -> dict[str, float]:
    return {"p": sized_p(slope, null, "less"), "p_opposite": sized_p(slope, null, "greater")}
