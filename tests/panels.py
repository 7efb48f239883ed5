"""The snapshot's panel between two months, for the tests of studies."""

from __future__ import annotations

import pandas as pd

from smallcaps.panel import Panel
from smallcaps.snapshot import current


def month(text: str) -> pd.Period:
    """The month written as YYYY-MM."""
    return pd.Period(text, freq="M")


def panel(start: str | None = None, end: str | None = None) -> Panel:
    """The panel of all tables from `start` to `end` (YYYY-MM), or as far as they go."""
    return Panel(current(), start=month(start) if start else None, end=month(end) if end else None)
