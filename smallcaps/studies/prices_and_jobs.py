"""Inflation and unemployment around the articles' dates: what was projected, what came, which way it moved."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.evidence import Evidence, months
from smallcaps.panel import Panel
from smallcaps.words import month as in_words
from smallcaps.words import number

MEASURES = {"PCEPILFE": "core PCE", "CPIAUCSL": "consumer prices"}
GOAL = 2.0  # the Federal Reserve's goal for inflation, percent
JUDGED = pd.Period("2025-10", freq="M")  # the month of the later article
JANUARY, SEPTEMBER = pd.Period("2025-01", freq="M"), pd.Period("2025-09", freq="M")
SHOWN = 66  # months of a line about 2025: what came before it, and what since


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
        return Evidence(estimate=self.outcome, n=1, **months(JUDGED - 12, JUDGED + 2))


def core_pce_outcome(panel: Panel) -> CorePce:
    """Core PCE inflation of each fourth quarter on the one before: the measure in which the projections are stated.

    Quarters are means of three months, all of which must be there; NotCovered if the window lacks late 2025.
    """
    inside(panel, JUDGED + 2)
    prices = panel.history("fred_monthly")["PCEPILFE"]
    by_quarter = prices.groupby(prices.index.asfreq("Q"))
    quarters = by_quarter.mean().where(by_quarter.count() == 3)
    fourth = quarters[quarters.index.quarter == 4]
    rates = ((fourth / fourth.shift(1) - 1) * 100).dropna()
    by_year = pd.Series(rates.to_numpy(), index=rates.index.year, name="core PCE, Q4 on Q4")
    _known(by_year, JUDGED.year)
    return CorePce(by_year)


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
    inside(panel, JUDGED)
    rates = inflation_rates(panel)
    rows = {}
    for name in rates.columns:
        known = rates[name].dropna()
        judged = known.loc[:JUDGED].index[-1]
        rows[name] = {
            "month": judged,
            "before": _known(known, judged - 12),
            "rate": known[judged],
            "change": known[judged] - known[judged - 12],
            "latest month": known.index[-1],
            "latest": known.iloc[-1],
        }
    return Easing(pd.DataFrame.from_dict(rows, orient="index"))


@dataclass(frozen=True)
class Labour:
    """The unemployment rate in percent: January and September 2025, and the last SHOWN months."""

    january: float
    september: float
    series: pd.Series

    @property
    def evidence(self) -> Evidence:
        """The evidence for the claim that the labour market improved."""
        why = f"unemployment was {number(self.january)} % in January and {number(self.september)} % in September 2025"
        span = months(JANUARY, SEPTEMBER)
        return Evidence(holds=self.september < self.january, n=SEPTEMBER.month, why=why, **span)


def labour_market(panel: Panel) -> Labour:
    """The unemployment rate through 2025; NotCovered if the window does not hold September 2025."""
    inside(panel, SEPTEMBER)
    rate = panel.history("fred_monthly")["UNRATE"]
    series = rate.loc[: rate.last_valid_index()].iloc[-SHOWN:].rename("unemployment")
    return Labour(_known(rate, JANUARY), _known(rate, SEPTEMBER), series)


@dataclass(frozen=True)
class KnownThen:
    """August 2025, the last month that was out on 10 October 2025, percent, by today's revised figures.

    `prices` and `year_before` are 12-month rates of consumer prices, `unemployment` and `january` unemployment rates.
    """

    prices: float
    year_before: float
    unemployment: float
    january: float


def known_then(panel: Panel) -> KnownThen:
    """What the later article could know of prices and jobs: August's figures; NotCovered if the window lacks them."""
    august = SEPTEMBER - 1
    inside(panel, august)
    consumer, rate = inflation_rates(panel)["consumer prices"], panel.history("fred_monthly")["UNRATE"]
    return KnownThen(
        _known(consumer, august), _known(consumer, august - 12), _known(rate, august), _known(rate, JANUARY)
    )


def inside(panel: Panel, month: pd.Period) -> None:
    """NotCovered if `month` lies outside the panel's window."""
    if (panel.start is not None and month < panel.start) or (panel.end is not None and month > panel.end):
        raise NotCovered(
            f"the window {panel.start or 'the beginning'} to {panel.end or 'the end'} does not hold {month}"
        )


def _known(values: pd.Series, month: pd.Period) -> float:
    """The value of `month`; NotCovered if there is none."""
    value = values.get(month)
    if value is None or pd.isna(value):
        raise NotCovered(f"{values.name} has no value for {month}")
    return float(value)
