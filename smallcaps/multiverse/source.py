"""What the grids take from a panel, each series once, and the reason where a window does not have it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import pandas as pd

from smallcaps.errors import InputError, NotCovered, SmallCapsError
from smallcaps.multiverse.placebo import Calendar
from smallcaps.panel import Panel
from smallcaps.returns import ReturnSeries
from smallcaps.studies.event_study import windows_after


class Unavailable(SmallCapsError):
    """A specification that this window cannot give; the curve counts it with its reason."""


class Source:
    """A panel with a memory: series, windows and masks on one calendar, made once however many specifications ask.

    The calendar holds base months (or years): position t is the end of a month, and a window from t begins a month
    later.
    """

    def __init__(self, panel: Panel, calendar: Calendar):
        self.panel = panel
        self.calendar = calendar
        self._memory: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` returns, made at the first call with this key; Unavailable if it cannot be made."""
        if key not in self._memory:
            try:
                self._memory[key] = make()
            except NotCovered:
                self._memory[key] = Unavailable("no data in this edition's dates")
            except InputError as error:  # a chapter that does not declare a table has none of its series
                self._memory[key] = Unavailable(str(error))
        found = self._memory[key]
        if isinstance(found, Unavailable):
            raise Unavailable(str(found))
        return found

    @property
    def own(self) -> tuple[str, ...]:
        """The names of the panel's own series."""
        return self.panel.own.names if self.panel.own else ()

    def returns(self, name: str) -> ReturnSeries:
        """The return series `name` between the panel's dates."""
        return self.once(("returns", name), lambda: self.panel.returns(name))

    def windows(self, small: str, large: str, *, horizon: int, measure: str = "gap") -> np.ndarray:
        """Percent over the `horizon` months after each base month: column `measure` of event_study.windows_after."""
        frame = self.once(
            ("frame", small, large, horizon),
            lambda: windows_after(self.returns(small), self.returns(large), horizon=horizon),
        )
        return self.once(("windows", small, large, horizon, measure), lambda: self.calendar.array(frame[measure]))

    def alone(self, name: str, *, horizon: int) -> np.ndarray:
        """Percent that one series returned over the `horizon` months after each base month."""
        return self.windows(name, name, horizon=horizon, measure="small")

    def since(self, start: str | None) -> np.ndarray:
        """Base months whose window begins in the month `start` (YYYY-MM) or later; all for None."""
        months = np.arange(self.calendar.length)
        return months >= (0 if start is None else self.calendar.position(pd.Period(start, freq="M")) - 1)

    def recession(self) -> np.ndarray:
        """NBER's recession months on the calendar: 1.0 or 0.0, NaN where it has not said (yet)."""
        make = lambda: self.calendar.array(self.panel.history("fred_monthly")["USREC"].astype(float))  # noqa: E731
        return self.once("recession", make)

    def calm(self, *, horizon: int, wanted: bool) -> np.ndarray:
        """Base months after which no month of the window is known or feared to be a recession; all if not `wanted`."""
        if not wanted:
            return np.ones(self.calendar.length, dtype=bool)

        def make() -> np.ndarray:
            clear = np.append(self.recession() == 0, np.zeros(horizon, dtype=bool)).astype(int)
            total = np.concatenate([[0], np.cumsum(clear)])
            months = np.arange(self.calendar.length)
            return total[months + 1 + horizon] - total[months + 1] == horizon

        return self.once(("calm", horizon), make)


def base_calendar(panel: Panel, *, first: str = "1926-06") -> Calendar:
    """The base months from `first` to the panel's end, or to the last month of its return tables where it has none."""
    start = pd.Period(first, freq="M")
    if panel.start is not None:
        start = max(start, panel.start - 1)
    end = panel.end
    if end is None:
        end = max(panel.frame(t).index[-1] for t in ("index_levels", "etf_total_returns") if t in panel.tables)
    return Calendar(start, max(1, end.ordinal - start.ordinal + 1))
