"""Net flows into IWM by month, by the better of two methods, from what the snapshot holds of the fund."""

from __future__ import annotations

import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.panel import Panel

DAILY, MONTH_ENDS = "daily", "month ends"
BILLION = 1e9


def net_flows(panel: Panel) -> pd.DataFrame:
    """Net flow into IWM, a row a month of the window: how much money came in, and by which method it was computed.

    Columns: `flow` (bn USD, positive = money came in), `share` (flow in percent of the net assets at the month's
    start), `method` (DAILY or MONTH_ENDS), `daily` and `month_ends` (the flow by each method, bn USD, NaN where there
    is none), `nav` (USD per share), `assets` (shares times net asset value at month end, bn USD) and `assets_before`.

    The daily method sums change of shares times that day's value over the days of the month; where the snapshot has
    it (2023-12 on) it is used. The month-end method, change of shares times the mean of the two month-end values,
    misses when in the month the money came. Tables: iwm_month_end, iwm_flows_daily_method. NotCovered if the window
    holds no month with a month end before it.
    """
    ends = panel.history("iwm_month_end")
    nav, shares = ends["nav_usd"], ends["shares"]
    daily = panel.history("iwm_flows_daily_method")["net_flow_musd"].reindex(ends.index) / 1e3
    month_ends = shares.diff() * (nav + nav.shift(1)) / 2 / BILLION
    assets = nav * shares / BILLION
    flow = daily.fillna(month_ends)
    frame = pd.DataFrame(
        {
            "flow": flow,
            "share": flow / assets.shift(1) * 100,
            "method": daily.notna().map({True: DAILY, False: MONTH_ENDS}),
            "daily": daily,
            "month_ends": month_ends,
            "nav": nav,
            "assets": assets,
            "assets_before": assets.shift(1),
        }
    ).iloc[1:]  # the first month end has none before it
    inside = frame.loc[panel.start :] if panel.start is not None else frame
    if not len(inside):
        asked = f"{panel.start or 'the beginning'} to {panel.end or 'the end'}"
        whole = panel.snapshot.table("iwm_month_end").frame.index
        raise NotCovered(f"IWM's flows cover {whole[0] + 1} to {whole[-1]}; none of it lies in the window {asked}")
    return inside
