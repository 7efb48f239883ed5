"""Other rules for what counts as a first cut, beside those of smallcaps.events."""

from __future__ import annotations

import pandas as pd

from smallcaps.events import Event, base_month, first_cuts, proxy_first_cuts
from smallcaps.panel import Panel
from smallcaps.studies.rate_sensitivity import all_events, direct_events


def cuts_after_pause(targets: pd.DataFrame, *, quiet_months: int) -> tuple[Event, ...]:
    """Cuts with no other cut in the `quiet_months` before, whatever the change before them was, oldest first.

    Counts cuts that resume an easing after a pause. The table's first rows have no such past and do not count.
    """
    changes = targets["change"].dropna()
    cuts = changes[changes < 0].index
    events = []
    for date in cuts:
        past = date - pd.DateOffset(months=quiet_months)
        if targets.index[0] <= past and not ((cuts > past) & (cuts < date)).any():
            events.append(Event(date, base_month(date), f"{date:%b %Y}"))
    return tuple(events)


def first_cut_events(panel: Panel, *, rule: str) -> tuple[Event, ...]:
    """First cuts by one of the rules that the grid of first cuts declares, known by the end of the panel's window.

    `target-QUIET`, `pause-QUIET` (months), `target+funds`, `funds-FALL` (percentage points).
    """
    kind, _, number = rule.partition("-")
    if kind == "target+funds":
        return all_events(panel)
    if kind == "target":
        quiet = int(number)
        return direct_events(panel) if quiet == 12 else first_cuts(_targets(panel), quiet_months=quiet)
    if kind == "pause":
        return cuts_after_pause(_targets(panel), quiet_months=int(number))
    return proxy_first_cuts(panel.history("fred_monthly")["FEDFUNDS"], fall=float(number))


def _targets(panel: Panel) -> pd.DataFrame:
    return panel.known_events("fomc_target_changes")
