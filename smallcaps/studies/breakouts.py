"""What large caps did after small caps broke out to a new high, beside what any window gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from smallcaps.errors import TooFewEvents
from smallcaps.events import Event, breakouts
from smallcaps.evidence import Evidence
from smallcaps.inference import TestResult, circular_shift
from smallcaps.panel import Panel
from smallcaps.studies.event_study import EventStudy, event_study


def known(panel: Panel) -> Panel:
    """The same tables from their beginning to the window's end.

    Whether a month end is a record depends on all that came before it, also before the window; never on what came
    after.
    """
    return Panel(panel.snapshot, tables=panel.tables, end=panel.end, own=panel.own)


def small_levels(panel: Panel, *, pair: str = "price") -> pd.Series:
    """Month-end levels of the small side of `pair`, from its beginning to the window's end; 1 before its first return.

    Made from linked returns, so that no level of one source meets that of another.
    """
    values = known(panel).returns(panel.sides(pair)[0]).values
    levels = np.concatenate([[1.0], (1 + values).cumprod()])
    return pd.Series(levels, index=pd.period_range(values.index[0] - 1, values.index[-1], freq="M"))


def breakout_events(panel: Panel, *, pair: str = "price", quiet: int = 12) -> tuple[Event, ...]:
    """Month ends at a new high of the small side after at least `quiet` without one, known by the window's end."""
    return breakouts(small_levels(panel, pair=pair), quiet_months=quiet)


def latest_breakout(panel: Panel, *, pair: str = "price", quiet: int = 12) -> Event:
    """The last breakout by the window's end, with or without a whole window after it; TooFewEvents if none was."""
    events = breakout_events(panel, pair=pair, quiet=quiet)
    if not events:
        raise TooFewEvents(f"no breakout after {quiet} month ends without a record by {panel.end}")
    return events[-1]


def events_by_level(panel: Panel, *, quiet: int = 12) -> tuple[Event, ...]:
    """The same from the table's linked level column, whose join of two sources may be half a percent off in 1987."""
    return breakouts(panel.history("index_levels")["russell2000_linked"].dropna(), quiet_months=quiet)


def breakout(
    panel: Panel,
    *,
    pair: str = "price",
    horizon: int = 12,
    quiet: int = 12,
    events: Sequence[Event] | None = None,
    rng: np.random.Generator,
) -> EventStudy:
    """Large caps in the `horizon` months from each breakout of small caps, percent, simple, compounded.

    Tested against the mean of all windows of the same sample, claimed to be greater. `events` takes the place of
    those by rule. TooFewEvents with fewer than five whole windows.
    """
    small, large = panel.pair(pair)
    dated = breakout_events(panel, pair=pair, quiet=quiet) if events is None else events
    return event_study(small, large, events=dated, horizon=horizon, measure="large", what="breakouts", rng=rng)


def shifted(study: EventStudy) -> TestResult:
    """The mean after breakouts against that of the same dates moved as one piece to every other place of the sample."""
    positions = [study.windows.index.get_loc(base) for base in study.table["base"]]
    return circular_shift(study.windows[study.measure].to_numpy(), positions, alternative="greater")


def positive(study: EventStudy) -> tuple[int, float]:
    """Events after which large caps rose, and the share of all windows in which they did, percent."""
    return int((study.values > 0).sum()), float((study.windows[study.measure] > 0).mean() * 100)


def breakout_evidence(study: EventStudy, *, latest: Event) -> Evidence:
    """The evidence for the claim about breakouts; month ends stand in for days, so it is a proxy."""
    return replace(study.evidence(), proxy=True, why=f"by month ends the latest breakout is {latest.label}")


def comparison(studies: Mapping[str, EventStudy]) -> pd.DataFrame:
    """One row a study: events, mean, all windows, difference, interval of the difference, p, smallest effect shown."""
    rows = {}
    for name, study in studies.items():
        low, high = study.against_base.interval or (np.nan, np.nan)
        rows[name] = {
            "Events": study.n,
            "Mean, %": study.mean,
            "All windows, %": study.base_rate,
            "Difference, pp": study.mean - study.base_rate,
            "Low": low - study.base_rate,
            "High": high - study.base_rate,
            "p": study.against_base.p,
            "Shows, pp": study.minimum_detectable_effect,
        }
    return pd.DataFrame(rows).T.rename_axis("Returns and sample")
