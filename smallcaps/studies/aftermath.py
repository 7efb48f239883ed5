"""What else came after the articles: value against growth, the flows of IWM, the target, and yields."""

from __future__ import annotations

import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.flows import net_flows
from smallcaps.panel import Panel
from smallcaps.returns import window_gap
from smallcaps.studies.one_year_on import MONTH_A, MONTH_B, both_returns
from smallcaps.studies.outcomes import Outcome
from smallcaps.words import THIN, number

VALUE_PAIRS = {"small": ("iwn", "iwo"), "large": ("vtv", "vug")}  # value fund, growth fund


def leadership(panel: Panel, *, size: str, base: pd.Period = MONTH_A) -> Outcome:
    """Value fund minus growth fund since `base`, pp, total returns: `size` small (IWN, IWO) or large (VTV, VUG)."""
    value, growth = (panel.returns(name) for name in VALUE_PAIRS[size])
    last = min(value.last, growth.last)
    length = _length(base, last)
    gaps = window_gap(value, growth, horizon=length) * 100
    return Outcome(_at(gaps, base), gaps, length)


def leadership_paths(panel: Panel, *, base: pd.Period = MONTH_A) -> pd.DataFrame:
    """Value minus growth since `base`, pp, total returns, by month end: columns small and large, first row 0."""
    columns = {}
    for size, names in VALUE_PAIRS.items():
        both = both_returns(*(panel.returns(name) for name in names))
        span = pd.period_range(base + 1, both.index[-1], freq="M")
        if not len(span) or span[0] not in both.index:
            raise NotCovered(f"no return for {base + 1} between {both.index[0]} and {both.index[-1]}")
        grown = (1 + both.loc[span]).cumprod()
        columns[size] = pd.concat([pd.Series([0.0], index=[base]), (grown["small"] - grown["large"]) * 100])
    return pd.DataFrame(columns).rename_axis("month")


def flows(panel: Panel, *, base: pd.Period = MONTH_A) -> Outcome:
    """Net flow of IWM in the months after `base`, bn USD (see smallcaps.flows), among all windows of that length."""
    monthly = net_flows(panel)["flow"]
    length = _length(base, monthly.index[-1])
    sums = monthly.rolling(length).sum().dropna()
    sums.index = sums.index - length
    return Outcome(_at(sums, base), sums, length)


def dollars(value: float) -> str:
    """An amount in billions of dollars with its sign: "−0.9 bn dollars"; a dollar sign would begin a formula."""
    return f"{number(value, sign=True)}{THIN}bn dollars"


def target_changes(panel: Panel) -> pd.Series:
    """Changes of the federal funds target since the end of August 2025, basis points, by day of announcement."""
    changes = panel.known_events("fomc_target_changes")["change"].dropna() * 100
    if panel.end is not None and panel.end <= MONTH_A:
        raise NotCovered(f"the window ends in {panel.end}, before the first change after {MONTH_A}")
    return changes[changes.index > MONTH_A.end_time]


def yields_since(panel: Panel) -> pd.DataFrame:
    """Change of yields since the end of 2025-08 and of 2025-10, basis points, a row a series, with its last month.

    Treasury yields at month ends (to 2026-05); the last two rows are monthly means, which reach further.
    """
    ends, means = panel.history("treasury_yields_month_end"), panel.history("fred_monthly")
    series = {
        "3-month, month end": ends["DGS3MO"],
        "2-year, month end": ends["DGS2"],
        "10-year, month end": ends["DGS10"],
        "3-month bill, monthly mean": means["TB3MS"],
        "10-year, monthly mean": means["GS10"],
    }
    rows = {}
    for name, values in series.items():
        known = values.dropna()
        if not len(known) or known.index[-1] <= MONTH_B:
            raise NotCovered(f"no yield after {MONTH_B} in a window that ends {panel.end}")
        moves = [(known.iloc[-1] - known[base]) * 100 for base in (MONTH_A, MONTH_B)]
        rows[name] = [*moves, float(known.iloc[-1]), str(known.index[-1])]
    columns = ["Since August 2025, bp", "Since October 2025, bp", "Level, %", "Last month"]
    return pd.DataFrame(rows, index=columns).T.infer_objects().rename_axis("Yield")


def _length(base: pd.Period, last: pd.Period) -> int:
    if last <= base:
        raise NotCovered(f"nothing after {base} in a window that ends {last}")
    return (last - base).n


def _at(values: pd.Series, base: pd.Period) -> float:
    if base not in values.index:
        raise NotCovered(f"the window after {base} is not whole in this edition")
    return float(values[base])
