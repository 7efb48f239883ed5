"""Inflation surprises: what consumer prices did beyond what a stated model made of their own past."""

from __future__ import annotations

import numpy as np
import pandas as pd

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.returns import simple_returns

LAGS = 12  # a year of months
LEAST = 120  # months before the first forecast: thirteen coefficients on ten years
MEAN_LEAST = 9  # of the last twelve months: one month that was never collected spoils two changes
MODELS = ("autoregression", "mean")


def monthly_inflation(prices: pd.Series) -> pd.Series:
    """Percent change of the price index on the month before; missing where either month is missing."""
    known = prices.loc[prices.first_valid_index() : prices.last_valid_index()]
    return simple_returns(known) * 100


def inflation_surprises(prices: pd.Series, *, model: str = "autoregression") -> pd.Series:
    """Inflation of each month less its forecast, percentage points, by the month in which it is published.

    `autoregression`: least squares on the twelve months before, estimated anew each month on all earlier months (at
    least LEAST). `mean`: the average of the twelve months before (Atkeson and Ohanian 2001 use the year before in the
    same way), of which MEAN_LEAST must be known. Neither looks ahead, nothing is interpolated: a month without a price
    has no surprise, and under `autoregression` neither do the twelve that need it. A stand-in for what markets did not
    expect: today's revised index, no survey, and dated to the next month as if it were always published then.
    """
    if model not in MODELS:
        raise InputError(f"model is {model!r}; allowed: {', '.join(MODELS)}")
    inflation = monthly_inflation(prices)
    forecast = _mean(inflation) if model == "mean" else _autoregression(inflation)
    surprises = (inflation - forecast).dropna()
    if surprises.empty:
        raise TooFewEvents(f"{inflation.count()} months of inflation; the model {model!r} gives no forecast from them")
    surprises.index = surprises.index + 1
    return surprises.rename("surprise")


def _mean(inflation: pd.Series) -> pd.Series:
    return inflation.shift(1).rolling(LAGS, min_periods=MEAN_LEAST).mean()


def _autoregression(inflation: pd.Series) -> pd.Series:
    """Forecasts by expanding least squares on a constant and the twelve months before."""
    past = np.column_stack([np.ones(len(inflation)), *(inflation.shift(lag) for lag in range(1, LAGS + 1))])
    values, known = inflation.to_numpy(), np.isfinite(past).all(axis=1)
    usable = known & np.isfinite(values)
    forecast = np.full(len(values), np.nan)
    for row in np.flatnonzero(known):
        earlier = np.flatnonzero(usable[:row])
        if len(earlier) >= LEAST:
            forecast[row] = past[row] @ np.linalg.lstsq(past[earlier], values[earlier], rcond=None)[0]
    return pd.Series(forecast, index=inflation.index)
