"""The dated facts of 2025: August's returns, the run of gains, the record, a close and a volume that were not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.evidence import Evidence, months
from smallcaps.panel import Panel
from smallcaps.studies.breakouts import known
from smallcaps.words import day, month, number

AUGUST = pd.Period("2025-08", freq="M")
OLD_RECORD, NEW_RECORD = pd.Timestamp("2021-11-08"), pd.Timestamp("2025-09-18")
QUOTED_DAY, DAY_BEFORE = pd.Timestamp("2025-10-10"), pd.Timestamp("2025-10-09")
QUOTED_CLOSE, QUOTED_VOLUME = 2473.29, 5.38  # what one article prints for QUOTED_DAY: index points, billion shares
BILLION = 1e9


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
    def longest_wait(self) -> int:
        """The most months that ever passed from the end of one run at least as long to the end of the next."""
        ends = self.runs.loc[self.runs["length"] >= max(self.length, 1), "last"]
        ordinals = [end.ordinal for end in ends]
        return max((later - end for end, later in pairwise(ordinals)), default=0)


def streak(panel: Panel, *, at: pd.Period = AUGUST, series: str = "r2000_price") -> Streak:
    """The runs of rising months from the series' beginning to the month `at`; NotCovered without that month."""
    _at(panel.returns(series).values, at)
    values = known(panel).returns(series).values.loc[:at]
    rising = values > 0
    number_of_run = (rising != rising.shift(fill_value=False)).cumsum()[rising]
    grouped = number_of_run.index.to_series().groupby(number_of_run.to_numpy())
    runs = pd.DataFrame({"first": grouped.first(), "last": grouped.last(), "length": grouped.size()})
    return Streak(at, values * 100, runs.reset_index(drop=True))


@dataclass(frozen=True)
class Records:
    """The Russell 2000 against its record close of 8 November 2021.

    `days` are the closes of single days, `month_ends` the month-end closes since January 2021, both with columns
    close (index points) and against (percent above the record close of 2021); `month_ends` also marks month ends at
    a new high of all month ends (record).
    """

    days: pd.DataFrame
    month_ends: pd.DataFrame

    @property
    def holds(self) -> bool:
        """Whether the close of 18 September 2025 was above that of 8 November 2021."""
        return bool(self.days.loc[NEW_RECORD, "against"] > 0)

    @property
    def month_end_records(self) -> pd.DataFrame:
        """Month ends at a new high of all month ends."""
        return self.month_ends[self.month_ends["record"]]

    @property
    def first_month_end_above(self) -> pd.Period | None:
        """The first month end above the daily record close of 2021."""
        above = self.month_ends.index[self.month_ends["against"] > 0]
        return above[0] if len(above) else None


def record_close(panel: Panel) -> Records:
    """Closes of the Russell 2000 against the record of 8 November 2021; NotCovered without 18 September 2025."""
    _require_days(panel, NEW_RECORD)
    days = panel.known_events("index_daily_facts")
    record = float(days.loc[OLD_RECORD, "rut_close"])
    closes = panel.history("index_levels")["russell2000_close"].dropna()
    ends = pd.DataFrame({"close": closes, "against": (closes / record - 1) * 100})
    ends["record"] = closes > closes.cummax().shift(1)
    close = days["rut_close"]
    return Records(pd.DataFrame({"close": close, "against": (close / record - 1) * 100}), ends.loc["2021-01":])


def quoted_close(panel: Panel) -> pd.DataFrame:
    """Open and close of the Russell 2000 on 9 and 10 October 2025, index points; NotCovered without those days."""
    return _require_days(panel, DAY_BEFORE, QUOTED_DAY)[["rut_open", "rut_close"]]


def index_volume(panel: Panel) -> pd.DataFrame:
    """Volume shown for each index on each day of the table, billion shares: columns rut and spx.

    A missing volume is NaN. NotCovered without 9 and 10 October 2025.
    """
    _require_days(panel, DAY_BEFORE, QUOTED_DAY)
    days = panel.known_events("index_daily_facts")
    return pd.DataFrame({"rut": days["rut_volume_shown"], "spx": days["spx_volume_shown"]}) / BILLION


@dataclass(frozen=True)
class Since:
    """The S&P 500's price return, percent, from its close of 18 September 2025 to the end of `month`."""

    month: pd.Period
    gain: float


def since_record(panel: Panel) -> Since:
    """What the S&P 500 did from 18 September 2025 to the window's last month end; NotCovered without that day."""
    start = float(_require_days(panel, NEW_RECORD)["spx_close"].iloc[0])
    closes = panel.history("index_levels")["sp500_close"].dropna()
    return Since(closes.index[-1], float(closes.iloc[-1] / start - 1) * 100)


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


def record_evidence(records: Records) -> Evidence:
    """The evidence for the record of September 2025: two daily closes; that none between was higher is cited."""
    new, old = (records.days.loc[date, "close"] for date in (NEW_RECORD, OLD_RECORD))
    return Evidence(
        estimate=float(new),
        holds=records.holds,
        n=2,
        why=f"{number(new, 2)} on {day(NEW_RECORD)} against {number(old, 2)} on {day(OLD_RECORD)}",
        **months(OLD_RECORD, NEW_RECORD),
    )


def quoted_evidence(days: pd.DataFrame, volumes: pd.DataFrame) -> dict[str, Evidence]:
    """The evidence for the quoted close and volume of 10 October 2025, by claim id."""
    opened, closed = (float(days.loc[QUOTED_DAY, column]) for column in ("rut_open", "rut_close"))
    own, exchange = volumes.loc[QUOTED_DAY]
    before = volumes.loc[DAY_BEFORE]
    span = months(QUOTED_DAY, QUOTED_DAY)
    return {
        "momentum-close": Evidence(
            estimate=closed,
            holds=bool(round(closed, 2) == QUOTED_CLOSE),
            n=1,
            why=f"the day opened at {number(opened, 2)} and closed at {number(closed, 2)}",
            **span,
        ),
        "market-volume": Evidence(
            # Cut or rounded, the figure printed is within a hundredth; a missing volume is near nothing.
            holds=bool(abs(own - QUOTED_VOLUME) < 0.01 and own != exchange),
            n=len(volumes),
            why=f"for {day(DAY_BEFORE)} the Russell 2000 is shown with {number(before['rut'], 3)} bn and the S&P 500 "
            f"with {number(before['spx'], 3)} bn; for {day(QUOTED_DAY)} the S&P 500 with {number(exchange, 3)} bn",
            **span,
        ),
    }


def _require_days(panel: Panel, *days: pd.Timestamp) -> pd.DataFrame:
    """The rows of `days` in the table of daily facts; NotCovered if the window does not hold them all."""
    rows = panel.frame("index_daily_facts")
    missing = [date for date in days if date not in rows.index]
    if missing:
        raise NotCovered(f"the window {panel.start} to {panel.end} does not hold {missing[0]:%Y-%m-%d}")
    return rows.loc[list(days)]


def _at(values: pd.Series, at: pd.Period) -> float:
    """The value of one month; NotCovered with the span that the series has in this window."""
    if at not in values.index:
        raise NotCovered(f"{at} lies outside the window {values.index[0]} to {values.index[-1]}")
    return float(values[at])
