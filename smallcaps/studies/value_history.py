"""What value and growth earned, small and big, since 1926: levels, decades, and the two funds of the Russell 2000."""

from __future__ import annotations

import numpy as np
import pandas as pd

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.panel import Panel
from smallcaps.returns import ReturnSeries, same_kind, window_gap

PORTFOLIOS = ("six:small_hibm", "six:small_lobm", "six:big_hibm", "six:big_lobm")
MIN_MONTHS = 36  # three years: a return per year over less is noise
HALF = 60  # months: a decade with fewer is left out


def wealth(panel: Panel) -> pd.DataFrame:
    """What one dollar became in small value, small growth, big value and big growth, total returns, a row a month end.

    The first row is the month end before the first return, where all stand at 1.
    """
    series = [panel.returns(name) for name in PORTFOLIOS]
    same_kind(series)
    returns = pd.concat({one.label: one.values for one in series}, axis=1)
    _enough(len(returns), what="months of the four portfolios")
    return _compounded(returns)


def summary(levels: pd.DataFrame) -> pd.DataFrame:
    """One row a portfolio: compounded return and volatility in percent a year, deepest drawdown, what 1 dollar became.

    Volatility is the standard deviation of monthly simple returns times the square root of 12; a drawdown is the fall
    from the highest month end before, in percent.
    """
    returns = levels.pct_change().iloc[1:]
    table = pd.DataFrame(
        {
            "Return a year, %": (levels.iloc[-1] ** (12 / len(returns)) - 1) * 100,
            "Volatility a year, %": returns.std() * np.sqrt(12) * 100,
            "Deepest drawdown, %": (levels / levels.cummax() - 1).min() * 100,
            "One dollar became, USD": levels.iloc[-1],
        }
    )
    return table.rename_axis("Portfolio")


def by_decade(panel: Panel, *, value: str = "six:small_hibm", growth: str = "six:big_lobm") -> pd.Series:
    """Compounded return a year of `value` minus that of `growth`, percentage points, by decade.

    A decade less than half inside the window is left out; one that is not whole is named by its years.
    """
    first, second = panel.returns(value), panel.returns(growth)
    same_kind((first, second))
    both = pd.concat([first.values, second.values], axis=1, join="inner")
    rows = {}
    for decade, part in both.groupby(both.index.year // 10 * 10):
        if len(part) >= HALF:
            a_year = (1 + part).prod() ** (12 / len(part)) - 1
            name = f"{decade}s" if len(part) == 120 else f"{part.index[0].year}–{part.index[-1].year % 100:02d}"
            rows[name] = float(a_year.iloc[0] - a_year.iloc[1]) * 100
    if not rows:
        raise TooFewEvents(
            f"{len(both)} months of both {first.label} and {second.label}, in no decade {HALF}: none can be shown"
        )
    return pd.Series(rows, name="gap, pp a year").rename_axis("decade")


def share_of_windows(panel: Panel, *, value: str, growth: str, horizon: int = 12) -> float:
    """The share of all windows of `horizon` months in which `value` beat `growth`, percent: the base rate."""
    gaps = window_gap(panel.returns(value), panel.returns(growth), horizon=horizon)
    _enough(len(gaps), what=f"windows of {horizon} months")
    return float((gaps > 0).mean() * 100)


def funds_against_portfolios(panel: Panel) -> pd.DataFrame:
    """Wealth in value relative to wealth in growth, 100 at the start, by funds (IWN, IWO) and by small portfolios.

    Columns "IWN over IWO" and "small value over small growth", from the first month that the funds have to the last
    that both pairs have; total returns.
    """
    legs = [panel.returns(name) for name in ("iwn", "iwo", "six:small_hibm", "six:small_lobm")]
    same_kind(legs)
    both = pd.concat([leg.values for leg in legs], axis=1, join="inner", keys=range(4))
    if not len(both):
        raise NotCovered("no month of the window has returns of IWN, IWO and the small portfolios")
    _enough(len(both), what="months of IWN, IWO and the small portfolios")
    levels = _compounded(both)
    return pd.DataFrame(
        {
            "IWN over IWO": levels[0] / levels[1] * 100,
            "small value over small growth": levels[2] / levels[3] * 100,
        }
    )


def a_year(series: ReturnSeries) -> float:
    """The compounded return of the whole series in percent a year."""
    return float((1 + series.values).prod() ** (12 / len(series.values)) - 1) * 100


def _compounded(returns: pd.DataFrame) -> pd.DataFrame:
    """Wealth from 1 at the month end before the first return."""
    levels = (1 + returns).cumprod()
    levels.loc[returns.index[0] - 1] = 1.0
    return levels.sort_index().rename_axis("month")


def _enough(have: int, *, what: str) -> None:
    if have < MIN_MONTHS:
        raise TooFewEvents(f"{have} {what}; at least {MIN_MONTHS} are needed")
