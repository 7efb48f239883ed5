"""Small-sample bias of autocorrelations and of predictive slopes."""

from __future__ import annotations

import numpy as np

from smallcaps.inference.checks import check_whole, finite_values

__all__ = ["kendall_bias", "slope_bias"]


def kendall_bias(rho: float, *, n: int) -> float:
    """Return the expected error of a first autocorrelation from `n` pairs, -(1 + 3 rho) / n.

    References
    ----------
    Kendall (1954), "Note on bias in the estimation of autocorrelation", Biometrika 41.
    """
    check_whole(n, name="n")
    return -(1 + 3 * float(rho)) / n


def slope_bias(rho: float, *, n: int, horizon: int, ratio: float) -> float:
    """Return the expected slope over overlapping windows where nothing can be predicted.

    Parameters
    ----------
    rho : float
        First autocorrelation of the predictor.
    n : int
        Number of one-period pairs.
    horizon : int
        Periods summed, h.
    ratio : float
        Covariance of the two surprises over the variance of the predictor's: units of return per
        unit of predictor.

    Returns
    -------
    float
        -ratio / n * (h (1 + rho) + 2 rho (1 - rho^h) / (1 - rho)). With h = 1 this is Stambaugh's
        ratio times Kendall's bias.

    References
    ----------
    Stambaugh (1999); Boudoukh, Israel and Richardson (2022), Journal of Financial
    Economics 145.
    """
    check_whole(horizon, name="horizon")
    finite_values([rho, ratio], name="rho and ratio")
    check_whole(n, name="n")
    geometric = float(np.sum(rho ** np.arange(horizon)))  # the closed form fails at rho = 1
    return -ratio / n * (horizon * (1 + rho) + 2 * rho * geometric)
