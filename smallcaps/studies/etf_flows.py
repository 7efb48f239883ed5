"""IWM's flows and assets: what came in, what the market added, and what the articles' figures really are."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.evidence import Evidence, months
from smallcaps.flows import net_flows
from smallcaps.panel import Panel
from smallcaps.words import number

ARTICLE = pd.Timestamp("2025-10-10")
BEFORE = pd.Period("2025-09", freq="M")  # the last month end before the article
AROUND = pd.period_range("2025-08", "2025-10", freq="M")  # the month ends that enclose the 20 days before it
VB_SHEET = pd.Period("2025-06", freq="M")  # the day of Vanguard's fact sheet is this month's end


def _within(index: pd.PeriodIndex, first: pd.Period, last: pd.Period, *, what: str) -> pd.PeriodIndex:
    """The months `first` to `last` if `index` holds them all; NotCovered otherwise."""
    span = pd.period_range(first, last, freq="M")
    if not span.isin(index).all():
        raise NotCovered(f"{what} of {first} to {last} lie outside this window, which holds {index[0]} to {index[-1]}")
    return span


@dataclass(frozen=True)
class Growth:
    """Where IWM's net assets came from; bn USD.

    `path` has columns assets and put_in (the first assets plus all flows since) from the month end before the first
    flow. `years` has a row a calendar year: flow, share (percent of the assets at its start), market, change, months.
    `flow_part_of_variance` is the share of the variance of the monthly change of assets (percent) that moves with the
    flow, 0 to 100. `paid_out` is the sum of distributions, by the difference of total return and change of value.
    """

    path: pd.DataFrame
    years: pd.DataFrame
    flow_part_of_variance: float
    paid_out: float

    @property
    def change(self) -> float:
        """Change of the net assets from first to last month end."""
        return float(self.path["assets"].iloc[-1] - self.path["assets"].iloc[0])

    @property
    def flow(self) -> float:
        """Sum of the net flows."""
        return float(self.path["put_in"].iloc[-1] - self.path["put_in"].iloc[0])

    @property
    def market(self) -> float:
        """What is left: the change of the value per share, after distributions were paid out."""
        return self.change - self.flow

    @property
    def flow_part(self) -> float:
        """The flow's part of the change, percent."""
        return self.flow / self.change * 100


def growth(panel: Panel) -> Growth:
    """IWM's net assets over the window split into net flow and the rest, which is the market's."""
    flows = net_flows(panel)
    first = float(flows["assets_before"].iloc[0])
    start = pd.PeriodIndex([flows.index[0] - 1], freq="M", name="month")
    path = pd.concat(
        [
            pd.DataFrame({"assets": first, "put_in": first}, index=start),
            pd.DataFrame({"assets": flows["assets"], "put_in": first + flows["flow"].cumsum()}),
        ]
    )
    by_year = flows.groupby(flows.index.year)
    years = pd.DataFrame(
        {"flow": by_year["flow"].sum(), "change": by_year["assets"].last() - by_year["assets_before"].first()}
    )
    years.insert(1, "share", years["flow"] / by_year["assets_before"].first() * 100)
    years["market"] = years["change"] - years["flow"]
    years["months"] = by_year.size()
    moved = (flows["assets"] / flows["assets_before"] - 1) * 100
    paid = (distributions(panel) / 100 * flows["assets_before"]).dropna()
    return Growth(path, years.rename_axis("year"), float(flows["share"].cov(moved) / moved.var() * 100), paid.sum())


def distributions(panel: Panel) -> pd.Series:
    """IWM's total return minus the change of its value per share, percentage points by month.

    What the fund paid out, plus the small difference between its price and its value at the two month ends: also a
    check of the month-end table, since a wrong value would stand out.
    """
    nav = net_flows(panel)["nav"]
    before = panel.history("iwm_month_end")["nav_usd"].shift(1).reindex(nav.index)
    paid = ((panel.returns("iwm").values - (nav / before - 1)) * 100).dropna().rename("distribution")
    if not len(paid):
        raise NotCovered("no month of this window has both a return and a net asset value of IWM")
    return paid


def methods_compared(panel: Panel) -> pd.DataFrame:
    """Flows by both methods in the months that have both, bn USD: daily, month_ends, difference; NotCovered if none."""
    both = net_flows(panel).dropna(subset=["daily", "month_ends"])[["daily", "month_ends"]]
    if not len(both):
        raise NotCovered("no month of this window has a flow by the daily method, which begins 2023-12")
    return both.assign(difference=both["month_ends"] - both["daily"])


def methods_by_year(both: pd.DataFrame) -> pd.DataFrame:
    """Sums of `methods_compared` by year, bn USD, with the number of months and the largest miss in one month."""
    sums = both.groupby(both.index.year).sum().rename_axis("year")
    sums["largest"] = both["difference"].abs().groupby(both.index.year).max()
    sums.insert(0, "months", both.groupby(both.index.year).size())
    return sums


@dataclass(frozen=True)
class YearToDate:
    """IWM's net flow of one year through each month, bn USD: `table` has columns flow, to_date, method.

    `claimed_through` is the last month end before the article. `same_months` is the flow of the same months of each
    year that has them all.
    """

    table: pd.DataFrame
    claimed_through: pd.Period
    same_months: pd.Series

    @property
    def flow(self) -> float:
        """The flow to the month end before the article."""
        return float(self.table.loc[self.claimed_through, "to_date"])

    def evidence(self) -> Evidence:
        """The evidence for a claim about the year's inflow."""
        to_date = self.table["to_date"]
        return Evidence(
            estimate=self.flow,
            n=self.claimed_through.month,
            why=f"through the months of {to_date.index[0].year} the sum runs from {number(to_date.min())} "
            f"({to_date.idxmin():%b}) to {number(to_date.max(), sign=True)} ({to_date.idxmax():%b}) bn USD",
            **months(to_date.index[0], self.claimed_through),
        )


def year_to_date_flow(panel: Panel, *, through: pd.Period = BEFORE) -> YearToDate:
    """IWM's net flow since January of the year of `through`, through every month of that year the window has."""
    flows = net_flows(panel)
    january = pd.Period(year=through.year, month=1, freq="M")
    _within(flows.index, january, through, what="IWM's flows")
    year = flows.loc[january : january + 11, ["flow", "method"]]
    part = flows.loc[flows.index.month <= through.month, "flow"].groupby(lambda month: month.year)
    same = part.sum()[part.size() == through.month].rename_axis("year")
    return YearToDate(year.assign(to_date=year["flow"].cumsum()), through, same)


@dataclass(frozen=True)
class NetAssets:
    """Net assets at the month ends around the article, bn USD; `before` is the last one before it."""

    values: pd.Series
    before: float
    why: str
    proxy: bool = False
    judged_by_range: bool = False

    def evidence(self) -> Evidence:
        """The evidence for a claim about the fund's assets: the range of the days allowed, or the figure itself."""
        low, high = float(self.values.min()), float(self.values.max())
        return Evidence(
            estimate=self.before,
            allowed_range=(low, high) if self.judged_by_range else None,
            n=len(self.values),
            proxy=self.proxy,
            why=self.why,
            **months(self.values.index[0], self.values.index[-1] if self.judged_by_range else BEFORE),
        )


def net_assets(panel: Panel) -> NetAssets:
    """IWM's net assets (shares times value) at the month ends that enclose the 20 days before the article, bn USD."""
    ends = panel.frame("iwm_month_end")
    values = ends["nav_usd"] * ends["shares"] / 1e9
    around = values[_within(values.index, AROUND[0], AROUND[-1], what="IWM's month ends")]
    why = (
        f"{number(around.min())} to {number(around.max())} bn USD at month ends; the days between are not in the tables"
    )
    return NetAssets(around, float(around[BEFORE]), why, judged_by_range=True)


def net_assets_vb(panel: Panel) -> NetAssets:
    """VB's net assets (ETF class) of 2025-06-30 carried forward by VB's total return to later month ends, bn USD.

    A stand-in: money that came in or left after June is not in it, and distributions count as reinvested.
    """
    sheet = panel.frame("other_funds")
    printed = float(sheet.loc["Vanguard Small-Cap ETF", "value"]) / 1e3
    returns = panel.returns("vb").values
    span = _within(returns.index, VB_SHEET + 1, BEFORE, what="VB's returns")
    later = returns.loc[span[0] : max(BEFORE, min(AROUND[-1], returns.index[-1]))]
    grown = pd.concat([pd.Series({VB_SHEET: 1.0}), (1 + later).cumprod()]) * printed
    grown.index = pd.PeriodIndex(grown.index, freq="M", name="month")
    why = f"{number(printed)} bn USD on 30 June 2025, carried forward by VB's return; flows since are not in it"
    return NetAssets(grown, float(grown[BEFORE]), why, proxy=True)


@dataclass(frozen=True)
class Volume:
    """IWM's average daily volume of a year: `table` has a row a month with shares, to_date (million) and days.

    `shares` is the mean over the trading days to the month end before the article, million; `dollars` about the same
    in bn USD, with each month's mean of two month-end values as the price.
    """

    table: pd.DataFrame
    shares: float
    dollars: float

    def evidence(self) -> Evidence:
        """The evidence for a claim about the average volume, in million shares."""
        span = self.table.loc[:BEFORE]
        return Evidence(
            estimate=self.shares,
            n=int(span["days"].sum()),
            why=f"in dollars it is about {number(self.dollars)} bn a day",
            **months(span.index[0], BEFORE),
        )


def average_volume(panel: Panel, *, through: pd.Period = BEFORE) -> Volume:
    """IWM's average daily volume since January of the year of `through`, weighted with trading days, million shares."""
    table = panel.frame("etf_volume")
    january = pd.Period(year=through.year, month=1, freq="M")
    _within(table.index, january, through, what="IWM's volumes")
    year = table.loc[january : january + 11]
    days, shares = year["iwm_trading_days"], year["iwm_avg_daily_volume_shares"] / 1e6
    nav = panel.history("iwm_month_end")["nav_usd"]
    price = ((nav + nav.shift(1)) / 2).reindex(year.index)
    to_date = (shares * days).cumsum() / days.cumsum()
    dollars = ((shares * days * price).cumsum() / days.cumsum())[through] / 1e3
    rows = pd.DataFrame({"shares": shares, "to_date": to_date, "days": days})
    return Volume(rows, float(to_date[through]), float(dollars))
