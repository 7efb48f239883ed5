"""Records and breakouts dated by the day: for whoever has refreshed the data, since daily levels stay on a machine."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.panel import Panel

TABLE = "index_daily"


@dataclass(frozen=True)
class DailyRecords:
    """The days on which an index closed at a new high.

    `records` are closes above every earlier close of the table (index points, by day); `breakouts` those of them that
    came at least `quiet_months` months after the record before.
    """

    records: pd.Series
    breakouts: pd.DatetimeIndex
    quiet_months: int


def daily_records(panel: Panel, *, column: str = "russell2000_close", quiet_months: int = 12) -> DailyRecords:
    """Records and breakouts of `column` (russell2000_close or sp500_close) up to the end of the panel's window.

    Price index, closes. The table's first day starts the count and is no record. NotCovered where this vintage has no
    daily levels.
    """
    if TABLE not in panel.snapshot.catalog.tables:
        vintage = panel.snapshot.vintage
        raise NotCovered(
            f"vintage {vintage} holds no daily levels: make data brings them, and they stay on the machine"
        )
    closes = panel.known_events(TABLE)[column].dropna()
    records = closes[closes > closes.cummax().shift(1)]
    days = records.index
    pause = pd.DateOffset(months=quiet_months)
    quiet = [later >= earlier + pause for earlier, later in pairwise(days)]
    return DailyRecords(records, days[1:][quiet], quiet_months)
