"""Single days of 2025: the record close, the close and the volume that one article quotes, and what came since."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.evidence import Evidence, months
from smallcaps.panel import Panel
from smallcaps.words import day, number

OLD_RECORD, NEW_RECORD = pd.Timestamp("2021-11-08"), pd.Timestamp("2025-09-18")
NEAREST = pd.Timestamp("2024-11-25")  # the day between the two on which the index came nearest
QUOTED_DAY, DAY_BEFORE = pd.Timestamp("2025-10-10"), pd.Timestamp("2025-10-09")
QUOTED_CLOSE, QUOTED_VOLUME = 2473.29, 5.38  # what one article prints for QUOTED_DAY: index points, billion shares
BILLION = 1e9


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
        """Whether 18 September 2025 closed above 8 November 2021, and no day of the table between them did."""
        against = self.days["against"]
        between = against[(against.index > OLD_RECORD) & (against.index < NEW_RECORD)]
        return bool(against[NEW_RECORD] > 0 and (between <= 0).all())

    @property
    def month_end_records(self) -> pd.DataFrame:
        """Month ends at a new high of all month ends."""
        return self.month_ends[self.month_ends["record"]]

    @property
    def best_of_2021(self) -> pd.Period:
        """The highest month end of 2021."""
        return self.month_ends.loc["2021", "close"].idxmax()

    @property
    def passed(self) -> pd.Period | None:
        """The first month end above the highest one of 2021."""
        later = self.month_end_records.loc[self.best_of_2021 + 1 :]
        return later.index[0] if len(later) else None

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
