"""Records and breakouts by the day, on a handful of closes."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from smallcaps.errors import NotCovered
from smallcaps.panel import Panel
from smallcaps.snapshot import current
from smallcaps.studies.daily_records import TABLE, daily_records

CLOSES = {
    "2020-01-02": 100.0, "2020-01-03": 101.0, "2020-01-06": 99.0, "2020-01-07": 101.0, "2020-06-01": 102.0,
    "2021-06-01": 103.0, "2022-05-31": 104.0, "2022-06-01": None, "2024-01-02": 105.0,
}  # fmt: skip


class FakePanel:
    snapshot = SimpleNamespace(vintage="2030-01", catalog=SimpleNamespace(tables={TABLE: None}))

    def known_events(self, table: str) -> pd.DataFrame:
        assert table == TABLE
        return pd.DataFrame({"russell2000_close": CLOSES.values()}, index=pd.DatetimeIndex(CLOSES), dtype=float)


def test_a_record_is_above_every_earlier_close():
    found = daily_records(FakePanel()).records
    assert list(found.index.strftime("%Y-%m-%d")) == [
        "2020-01-03",
        "2020-06-01",
        "2021-06-01",
        "2022-05-31",
        "2024-01-02",
    ]
    assert list(found) == [101.0, 102.0, 103.0, 104.0, 105.0]


def test_a_breakout_needs_a_quiet_year_before():
    assert list(daily_records(FakePanel()).breakouts.strftime("%Y-%m-%d")) == ["2021-06-01", "2024-01-02"]
    assert list(daily_records(FakePanel(), quiet_months=18).breakouts.strftime("%Y-%m-%d")) == ["2024-01-02"]


def test_without_daily_levels_it_says_how_to_get_them():
    with pytest.raises(NotCovered, match="holds no daily levels: make data brings them"):
        daily_records(Panel(current()))
