"""Inflation, jobs and the dollar: what they did around the articles' dates, and how returns moved with them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from smallcaps import links
from smallcaps.errors import NotCovered
from smallcaps.evidence import Evidence, months
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap, window_return
from smallcaps.studies.betas import Beta, ShiftNull, beta, shift_null, sized_p, summed_beta
from smallcaps.words import month as in_words
from smallcaps.words import number

MEASURES = {"PCEPILFE": "core PCE", "CPIAUCSL": "consumer prices"}
GOAL = 2.0  # the Federal Reserve's goal for inflation, percent
JUDGED = pd.Period("2025-10", freq="M")  # the month of the later article
QUARTER = pd.period_range("2025-07", "2025-09", freq="M")  # the third quarter of 2025
TWO_INDEXES_MEET = pd.Period("2006-02", freq="M")  # changes of the present dollar index begin here
FUNDS = ("kre", "vnq")  # regional banks, real estate trusts


def inflation_rates(panel: Panel) -> pd.DataFrame:
    """Percent change on twelve months before of core PCE and consumer prices; a month never collected stays missing."""
    prices = panel.history("fred_monthly")[list(MEASURES)]
    return ((prices / prices.shift(12) - 1) * 100).rename(columns=MEASURES).dropna(how="all")


@dataclass(frozen=True)
class CorePce:
    """Core PCE inflation, fourth quarter on fourth quarter, percent, by year."""

    by_year: pd.Series

    @property
    def outcome(self) -> float:
        """What 2025 came to."""
        return float(self.by_year[JUDGED.year])

    @property
    def evidence(self) -> Evidence:
        """The evidence for the claim about 2025."""
        span = months(JUDGED - 12, JUDGED + 2)
        return Evidence(estimate=self.outcome, n=1, **span)


def core_pce_outcome(panel: Panel) -> CorePce:
    """Core PCE inflation of each fourth quarter on the one before: the measure in which the projections are stated.

    Quarters are means of three months, all of which must be there; NotCovered if the window lacks late 2025.
    """
    _inside(panel, JUDGED + 2)
    prices = panel.history("fred_monthly")["PCEPILFE"]
    by_quarter = prices.groupby(prices.index.asfreq("Q"))
    quarters = by_quarter.mean().where(by_quarter.count() == 3)
    fourth = quarters[quarters.index.quarter == 4]
    rates = ((fourth / fourth.shift(1) - 1) * 100).dropna()
    return CorePce(pd.Series(rates.to_numpy(), index=rates.index.year, name="Q4 on Q4, %"))


@dataclass(frozen=True)
class Easing:
    """Both inflation rates a year before, at the month judged and at the end; `table` has a row a measure."""

    table: pd.DataFrame

    @property
    def holds(self) -> bool:
        """Whether both rates were lower than a year before, and above the goal."""
        return bool(((self.table["change"] < 0) & (self.table["rate"] > GOAL)).all())

    @property
    def evidence(self) -> Evidence:
        """The evidence for the claim that inflation eases while above 2 percent."""
        why = "; ".join(
            f"{name} {number(row['rate'])} % in {in_words(row['month'])} after {number(row['before'])} % a year earlier"
            for name, row in self.table.iterrows()
        )
        return Evidence(holds=self.holds, n=len(self.table), why=why, **months(JUDGED - 24, JUDGED))


def inflation_easing(panel: Panel) -> Easing:
    """12-month inflation at 2025-10, or at the last month before with a value, against a year earlier; percent, pp."""
    _inside(panel, JUDGED)
    rates = inflation_rates(panel)
    rows = {}
    for name in rates.columns:
        known = rates[name].dropna()
        judged = known.loc[:JUDGED].index[-1]
        rows[name] = {
            "month": judged,
            "before": known[judged - 12],
            "rate": known[judged],
            "change": known[judged] - known[judged - 12],
            "latest month": known.index[-1],
            "latest": known.iloc[-1],
        }
    return Easing(pd.DataFrame.from_dict(rows, orient="index"))


@dataclass(frozen=True)
class Labour:
    """The unemployment rate in percent: January and September 2025, and the series since 2023."""

    january: float
    september: float
    series: pd.Series

    @property
    def evidence(self) -> Evidence:
        """The evidence for the claim that the labour market improved."""
        why = f"unemployment was {number(self.january)} % in January and {number(self.september)} % in September 2025"
        span = months(QUARTER[0] - 6, QUARTER[-1])
        return Evidence(holds=self.september < self.january, n=QUARTER[-1].month, why=why, **span)


def labour_market(panel: Panel) -> Labour:
    """The unemployment rate through 2025; NotCovered if the window does not hold September 2025."""
    _inside(panel, QUARTER[-1])
    rate = panel.history("fred_monthly")["UNRATE"]
    series = rate.loc["2023-01" : rate.last_valid_index()].rename("unemployment")
    return Labour(float(rate[QUARTER[0] - 6]), float(rate[QUARTER[-1]]), series)


def broad_dollar(panel: Panel) -> pd.Series:
    """Monthly change of the broad dollar in percent, the two indexes linked by returns, to the window's end."""
    panel.frame("dollar_index")  # declared, and not empty in this window
    whole = panel.snapshot.table("dollar_index").frame  # linked whole and cut then, as the return series are
    return (links.broad_dollar(whole) * 100).loc[: panel.end].rename("dollar")


@dataclass(frozen=True)
class DollarChange:
    """The broad dollar against June 2025, percent: `path` by month; `quarter` and `half_year` in words of the claim.

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
    _inside(panel, QUARTER[-1])
    level = (1 + broad_dollar(panel) / 100).cumprod()
    base = QUARTER[0] - 1
    small, large = (window_return(series.values, horizon=len(QUARTER))[base] for series in panel.pair(pair))
    return DollarChange(
        path=((level / level[base] - 1) * 100).loc["2024-01":].rename("broad dollar"),
        quarter=float(level[QUARTER[-1]] / level[base] - 1) * 100,
        half_year=float(level[base] / level[base - 6] - 1) * 100,
        gap=float(small - large) * 100,
    )


@dataclass(frozen=True)
class DollarBeta:
    """Slope of small minus large on the dollar, pp per percent: summed over lead and lag, and in the same month alone.

    `direct` is the sum with the present dollar index only; `null` what the test does where there is nothing.
    """

    total: Beta
    same_month: Beta
    direct: Beta
    null: ShiftNull
    proxy: bool

    @property
    def evidence(self) -> Evidence:
        """The evidence for the claim that a weaker dollar helps small caps."""
        plain = self.total.evidence(direction="negative", proxy=self.proxy)
        return replace(plain, **_two_p(self.total, self.null))


def dollar_beta(panel: Panel, *, pair: str = "price") -> DollarBeta:
    """How the monthly gap moves with the broad dollar of the month, the one before and the one after, summed.

    By proxy where the older dollar index is linked in, or with French's portfolios.
    """
    small, large = panel.pair(pair)
    gap, dollar = monthly_gap(small, large), broad_dollar(panel)
    names = (f"{small.label} minus {large.label}", "change of the broad dollar")
    total = summed_beta(gap, dollar, names=names)
    return DollarBeta(
        total=total,
        same_month=beta(gap, dollar, names=names),
        direct=summed_beta(gap, dollar.loc[TWO_INDEXES_MEET:], names=names),
        null=shift_null(total),
        proxy=bool(total.sample.index[0] <= TWO_INDEXES_MEET) or pair == "french",
    )


@dataclass(frozen=True)
class BanksAndReits:
    """Slopes of KRE and VNQ less a benchmark on a yield's change, pp per pp, over the same months."""

    banks: Beta
    reits: Beta
    nulls: tuple[ShiftNull, ShiftNull]

    @property
    def evidence(self) -> Evidence:
        """The evidence for a claim with two parts: the weaker slope with the larger p, the other way twice the smaller."""
        both = (self.banks, self.reits)
        p = [_two_p(slope, null) for slope, null in zip(both, self.nulls, strict=True)]
        weaker = max(both, key=lambda slope: slope.estimate).evidence(direction="negative")
        return replace(
            weaker,
            p=max(one["p"] for one in p),
            p_opposite=min(1.0, 2 * min(one["p_opposite"] for one in p)),
            why=f"KRE {number(self.banks.estimate, sign=True)}, VNQ {number(self.reits.estimate, sign=True)} pp per pp",
        )


def banks_and_reits(panel: Panel, *, yields: str = "DGS10", benchmark: str = "market") -> BanksAndReits:
    """How KRE and VNQ, each less the benchmark (total returns), move with a month-end yield in the same month."""
    change = panel.history("treasury_yields_month_end")[yields].diff()
    excess = {fund: monthly_gap(panel.returns(fund), panel.returns(benchmark)) for fund in FUNDS}
    common = pd.concat(excess, axis=1, join="inner")
    title = f"change of the {yields.removeprefix('DGS')}-year yield"
    slopes = [beta(common[fund], change, names=(f"{fund.upper()} minus {benchmark}", title)) for fund in FUNDS]
    return BanksAndReits(*slopes, nulls=tuple(shift_null(slope) for slope in slopes))


def _two_p(slope: Beta, null: ShiftNull) -> dict[str, float]:
    return {"p": sized_p(slope, null, "less"), "p_opposite": sized_p(slope, null, "greater")}


def _inside(panel: Panel, month: pd.Period) -> None:
    """NotCovered if `month` lies outside the panel's window."""
    if (panel.start is not None and month < panel.start) or (panel.end is not None and month > panel.end):
        raise NotCovered(
            f"the window {panel.start or 'the beginning'} to {panel.end or 'the end'} does not hold {month}"
        )
