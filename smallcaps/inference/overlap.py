"""Returns over overlapping windows: Hodrick's standard errors, free of overlapping errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smallcaps.errors import InputError
from smallcaps.inference.checks import check_whole, finite_values
from smallcaps.inference.regression import Regression, regression_result

__all__ = ["checked_pair", "hodrick_1b", "windows_ahead"]


def hodrick_1b(returns: Sequence[float], predictor: Sequence[float], *, horizon: int) -> Regression:
    """Return the slope of the next `horizon` periods' return, with Hodrick's 1B standard errors.

    The regression is ``r[t+1] + ... + r[t+h] = a + b x[t]`` over all overlapping windows. Under the
    null of no predictability its moments need not be summed over overlapping errors: the one-period
    return, about its mean, times the sum of the last h predictors has the same variance and no
    autocorrelation. This keeps its size at long horizons, where Newey-West and Hansen-Hodrick
    reject too often. It does not undo the bias of a persistent predictor whose surprises go with
    those of the returns: `smallcaps.inference.predictive` does.

    Parameters
    ----------
    returns : array-like of shape (n,)
        One-period log returns, decimals, in time order.
    predictor : array-like of shape (n,)
        Row t is known at the end of period t; it meets the returns of t + 1 and later.
    horizon : int
        Number of periods summed, h.

    Returns
    -------
    Regression
        Names "intercept" and "predictor"; p and intervals are normal; `n` is the number of windows,
        n - h.

    Raises
    ------
    InputError
        Missing values, unequal lengths, a predictor that does not vary.
    TooFewEvents
        Fewer than 10 periods, or than 2 horizons.

    References
    ----------
    Hodrick (1992), "Dividend yields and expected stock returns", Review of Financial Studies 5.
    """
    r, x = checked_pair(returns, predictor, horizon=horizon)
    ahead = windows_ahead(r, horizon=horizon)
    design = np.column_stack([np.ones(len(x)), x])
    base, n = design[:-horizon], len(ahead)
    params = np.linalg.lstsq(base, ahead, rcond=None)[0]
    residuals = ahead - base @ params
    # Row s: the return of period s about its mean, times the sum of the predictors of s-h ... s-1.
    sums = np.apply_along_axis(windows_ahead, 0, np.vstack([np.zeros(2), design[:-1]]), horizon=horizon)
    scores = (r - r[1:].mean())[horizon:, None] * sums
    inverse = np.linalg.inv(base.T @ base)
    covariance = inverse @ (scores.T @ scores) @ inverse
    return regression_result(
        ("intercept", "predictor"),
        params,
        covariance,
        degrees=np.inf,
        n=n,
        r2=float(1 - residuals.var() / ahead.var()),
        lags=horizon - 1,
        method=f"least squares on overlapping windows of {horizon}, Hodrick 1B standard errors",
        null="returns cannot be predicted: the slope is zero",
        assumes=(
            "returns are uncorrelated under the null",
            "surprises of predictor and return are nearly uncorrelated",
        ),
    )


def windows_ahead(x: np.ndarray, *, horizon: int) -> np.ndarray:
    """Return the sums of the `horizon` values after each one, shape (..., n - horizon)."""
    total = np.cumsum(x, axis=-1)
    return total[..., horizon:] - total[..., :-horizon]


def checked_pair(returns, predictor, *, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Return both series checked: equal lengths, no gaps, long enough for the horizon."""
    check_whole(horizon, name="horizon")
    least = max(10, 2 * horizon + 1)
    r = finite_values(returns, name="returns", least=least)
    x = finite_values(predictor, name="predictor")
    if len(r) != len(x):
        raise InputError(f"returns and predictor have {len(r)} and {len(x)} rows; allowed: equal lengths")
    if np.ptp(x[:-horizon]) == 0:
        raise InputError(f"predictor is {x[0]:g} in every row; allowed: values that vary")
    return r, x
