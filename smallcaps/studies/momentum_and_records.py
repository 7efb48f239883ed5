"""August 2025: the month's returns, its rank in the year, and the run of gains that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.evidence import Evidence, months
from smallcaps.panel import Panel
from smallcaps.studies.breakouts import known
from smallcaps.words import month, number

AUGUST = pd.Period("2025-08", freq="M")


def august_return(panel: Panel, *, at: pd.Period = AUGUST) -> pd.DataFrame:
    """Price and total return of one month, percent: rows Russell 2000 and S&P 500, columns price and total.

    From month-end close to month-end close; the total returns are those of the funds IWM and SPY. NotCovered if the
    window does not hold the month.
    """
    rows = {}
    for name, pair in (("Russell 2000", ("r2000_price", "r2000_total")), ("S&P 500", ("sp500_price", "spy"))):
        values = [_at(panel.returns(series).values, at) * 100 for series in pair]
        rows[name] = dict(zip(("price", "total"), values, strict=True))
    return pd.DataFrame(rows).T.rename_axis("index")


@dataclass(frozen=True)
class Rank:
    """The months of a year up to one of them: `values` in percent, and the `rank` of the last, 1 being the best."""

    values: pd.Series
    rank: int


def august_rank(panel: Panel, *, at: pd.Period = AUGUST, series: str = "r2000_price") -> Rank:
    """The returns of the year to the month `at`, percent, and its rank among them; NotCovered without that month.

    The year's earlier months count also where they lie before the window.
    """
    _at(panel.returns(series).values, at)
    year = known(panel).returns(series).values.loc[pd.Period(year=at.year, month=1, freq="M") : at] * 100
    return Rank(year, int((year > year[at]).sum()) + 1)


@dataclass(frozen=True)
class Streak:
    """Rising months in a row up to the month `at`.

    `runs` has a row a run of rising months, oldest first: first, last, length; the run that holds `at` ends there.
    `values` are the returns in percent. `previous` is the latest earlier run at least as long, None if none was.
    """

    at: pd.Period
    values: pd.Series
    runs: pd.DataFrame

    @property
    def length(self) -> int:
        """Months in the run that ends at `at`; 0 if that month did not rise."""
        last = self.runs.iloc[-1] if len(self.runs) else None
        return 0 if last is None or last["last"] != self.at else int(last["length"])

    @property
    def previous(self) -> pd.Series | None:
        """The latest earlier run at least as long: first, last, length."""
        earlier = self.runs[(self.runs["last"] < self.at) & (self.runs["length"] >= max(self.length, 1))]
        return earlier.iloc[-1] if len(earlier) else None

    @property
    def waits(self) -> pd.Series:
        """Months from the end of a run at least as long to the month in which the next one got as long.

        Indexed by that month, oldest first.
        """
        length = max(self.length, 1)
        long = self.runs[self.runs["length"] >= length]
        waits = {
            later.first + length - 1: (later.first + length - 1 - earlier.last).n
            for earlier, later in pairwise(long.itertuples())
        }
        return pd.Series(waits, dtype=int)


def streak(panel: Panel, *, at: pd.Period = AUGUST, series: str = "r2000_price") -> Streak:
    """The runs of rising months from the series' beginning to the month `at`; NotCovered without that month."""
    _at(panel.returns(series).values, at)
    values = known(panel).returns(series).values.loc[:at]
    rising = values > 0
    number_of_run = (rising != rising.shift(fill_value=False)).cumsum()[rising]
    grouped = number_of_run.index.to_series().groupby(number_of_run.to_numpy())
    runs = pd.DataFrame({"first": grouped.first(), "last": grouped.last(), "length": grouped.size()})
    return Streak(at, values * 100, runs.reset_index(drop=True))


def fact_evidence(returns: pd.DataFrame, rank: Rank, run: Streak) -> dict[str, Evidence]:
    """The evidence for the claims about August 2025, by claim id."""
    in_august = months(AUGUST, AUGUST)
    previous = run.previous
    return {
        "value-august-r2000": Evidence(
            estimate=float(returns.loc["Russell 2000", "price"]),
            n=1,
            why=f"with dividends (IWM) it was {number(returns.loc['Russell 2000', 'total'])} %",
            **in_august,
        ),
        "value-august-sp500": Evidence(
            estimate=float(returns.loc["S&P 500", "price"]),
            n=1,
            why=f"with dividends (SPY) it was {number(returns.loc['S&P 500', 'total'])} %",
            **in_august,
        ),
        "value-august-best": Evidence(
            estimate=float(rank.rank), n=len(rank.values), **months(rank.values.index[0], rank.values.index[-1])
        ),
        "value-streak": Evidence(
            estimate=float(run.length),
            holds=bool(run.length == 4 and previous is not None and previous["last"].year == 2021),
            n=len(run.values),
            why=f"a run of {run.length} ends in {month(run.at)}; "
            + (
                "no earlier one was as long"
                if previous is None
                else f"the last one as long, of {previous['length']}, ended in {month(previous['last'])}"
            ),
            **months(run.values.index[0], run.at),
        ),
    }


def _at(values: pd.Series, at: pd.Period) -> float:
    """The value of one month; NotCovered with the span that the series has in this window."""
    if at not in values.index:
        raise NotCovered(f"{at} lies outside the window {values.index[0]} to {values.index[-1]}")
    return float(values[at])
