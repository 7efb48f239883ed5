"""A persistent predictor: the small-sample bias of its slope, and a null that shares it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smallcaps.inference.bias import kendall_bias, slope_bias
from smallcaps.inference.checks import (
    check_alternative,
    check_generator,
    check_whole,
)
from smallcaps.inference.overlap import checked_pair, windows_ahead
from smallcaps.inference.result import choose_tail, tail_p

__all__ = ["Predictive", "predictive"]

LEVEL = 0.95
HIGHEST_RHO = 0.999  # the corrected autocorrelation may pass 1, where the predictor would have no mean


@dataclass(frozen=True, kw_only=True)
class Predictive:
    """A predictive regression with its bias and a simulated p.

    Attributes
    ----------
    method, null : str
        What was done, and the null hypothesis in words.
    alternative : {"two-sided", "greater", "less"}
        Direction of the test.
    slope : float
        Least-squares slope, log return over `horizon` periods per unit of the predictor.
    bias : float
        Expected slope where there is no predictability.
    corrected : float
        `slope` minus `bias`.
    rho, corrected_rho : float
        First autocorrelation of the predictor, as estimated and with Kendall's correction.
    correlation : float
        Correlation of the innovations of predictor and return: what makes the slope biased.
    statistic : float
        The plain least-squares t. It ignores the overlap, as do its simulated counterparts.
    p : float
        Share of simulations under the null at least as extreme, (b + 1) / (m + 1), where it is
        largest of three autocorrelations.
    interval : tuple of (float, float)
        Two-sided interval at `level` for the slope: the slope less the simulated quantiles of t
        times its error.
    n, horizon, simulations : int
        Windows used, periods in each, simulations drawn.
    """

    method: str
    null: str
    alternative: str
    slope: float
    bias: float
    corrected: float
    rho: float
    corrected_rho: float
    correlation: float
    statistic: float
    p: float
    interval: tuple[float, float]
    n: int
    horizon: int
    simulations: int
    level: float = LEVEL
    assumes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def predictive(
    returns: Sequence[float],
    predictor: Sequence[float],
    *,
    horizon: int,
    rng: np.random.Generator,
    simulations: int = 2_000,
    alternative: str = "two-sided",
) -> Predictive:
    """Return slope, corrected slope and simulated p of the next `horizon` periods' return.

    A predictor that moves slowly and whose surprises go with those of the return gives a slope away
    from zero where there is nothing to predict (Stambaugh 1999). The null is simulated: the
    predictor follows an AR(1) with Kendall's correction, returns are their mean plus noise, and
    both surprises are drawn together from the data's own pairs.

    The t under the null hangs on an autocorrelation that the sample hardly knows, and whose error
    goes with the slope's own. So the null is simulated at the corrected value and two standard
    errors to each side, and the largest p counts, tail by tail: a bound in the manner of Cavanagh,
    Elliott and Stock (1995). With the corrected value alone, a test at 5 % rejected in 6 to 12 % of
    simulated samples of 200 periods (autocorrelation 0.9 to 0.98); the bound, in at most 5 %.

    Parameters
    ----------
    returns : array-like of shape (n,)
        One-period log returns, decimals, in time order.
    predictor : array-like of shape (n,)
        Row t is known at the end of period t; it meets the returns of t + 1 and later.
    horizon : int
        Periods that are summed; the windows overlap.
    rng : numpy.random.Generator
        Source of the simulations.
    simulations : int
        Number of simulated samples at each of the three autocorrelations.
    alternative : {"two-sided", "greater", "less"}
        Two-sided is twice the smaller tail, since the simulated t is not centred at zero.

    Raises
    ------
    InputError
        Missing values, unequal lengths, a predictor that does not vary, no `rng`.
    TooFewEvents
        Fewer than 10 periods, or than 2 horizons.

    References
    ----------
    Stambaugh (1999), "Predictive regressions", Journal of Financial Economics 54. Kendall (1954),
    Biometrika 41. Boudoukh, Israel and Richardson (2022), "Biases in long-horizon predictive
    regressions", Journal of Financial Economics 145.
    Cavanagh, Elliott and Stock (1995), Econometric Theory 11.
    """
    r, x = checked_pair(returns, predictor, horizon=horizon)
    check_alternative(alternative)
    check_generator(rng, why="a simulated null")
    check_whole(simulations, name="simulations", least=99)
    n = len(r)
    slope, error = (float(v[0]) for v in _slope_and_error(windows_ahead(r[None], horizon=horizon), x[None, :-horizon]))

    rho = _slope(x[:-1], x[1:])
    corrected_rho = min(rho - kendall_bias(rho, n=n - 1), HIGHEST_RHO)
    surprise = x[1:] - rho * x[:-1]
    surprise = surprise - surprise.mean()
    noise = r[1:] - _slope(x[:-1], r[1:]) * x[:-1]
    noise = noise - noise.mean()
    ratio = float(surprise @ noise / (surprise @ surprise))
    bias = slope_bias(corrected_rho, n=n - 1, horizon=horizon, ratio=ratio)

    spread = 2 * np.sqrt(max(1 - rho**2, 0.0) / (n - 1))
    null_t = [
        _null_t(r, x, rho=possible, horizon=horizon, simulations=simulations, rng=rng)
        for possible in np.clip(corrected_rho + spread * np.array([-1, 0, 1]), -HIGHEST_RHO, HIGHEST_RHO)
    ]
    t = slope / error
    greater, less = (
        max(tail_p(t, drawn, alternative=side, exhaustive=False) for drawn in null_t) for side in ("greater", "less")
    )
    low = min(np.quantile(drawn, (1 - LEVEL) / 2) for drawn in null_t)
    high = max(np.quantile(drawn, (1 + LEVEL) / 2) for drawn in null_t)
    capped = rho - kendall_bias(rho, n=n - 1) > HIGHEST_RHO
    return Predictive(
        method=f"predictive regression on overlapping windows of {horizon}, simulated null",
        null=(
            "returns cannot be predicted, while the predictor is persistent "
            "and its surprises go with those of the returns"
        ),
        alternative=alternative,
        slope=slope,
        bias=bias,
        corrected=slope - bias,
        rho=rho,
        corrected_rho=corrected_rho,
        correlation=float(np.corrcoef(surprise, noise)[0, 1]),
        statistic=t,
        p=choose_tail(greater, less, alternative=alternative),
        interval=(float(slope - high * error), float(slope - low * error)),
        n=n - horizon,
        horizon=horizon,
        simulations=simulations,
        assumes=(
            "the predictor is an AR(1)",
            "surprises are independent over time, with one distribution",
        ),
        notes=(f"the corrected autocorrelation was capped at {HIGHEST_RHO}",) if capped else (),
    )


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    centred = x - x.mean()
    return float(centred @ y / (centred @ centred))


def _slope_and_error(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return slopes and plain standard errors of y on x, row by row of (samples, windows)."""
    y = y - y.mean(axis=1, keepdims=True)
    x = x - x.mean(axis=1, keepdims=True)
    spread = (x * x).sum(axis=1)
    slope = (x * y).sum(axis=1) / spread
    residual = (y * y).sum(axis=1) - slope**2 * spread
    # Least squares cannot leave less than nothing, rounding can.
    return slope, np.sqrt(np.maximum(residual, 0.0) / (y.shape[1] - 2) / spread)


def _null_t(r, x, *, rho, horizon, simulations, rng) -> np.ndarray:
    """Return the t of samples without predictability, shape (simulations,)."""
    from scipy.signal import lfilter

    n = len(r)
    surprise = x[1:] - rho * x[:-1]
    surprise = surprise - surprise.mean()
    drawn = rng.integers(0, n - 1, size=(simulations, n))
    shocks = surprise[drawn]
    # Each sample starts from some value that the predictor has had: near a unit root a fixed start
    # would tie them all.
    shocks[:, 0] = rng.choice(x - x.mean(), size=simulations)
    null_x = lfilter([1.0], [1.0, -rho], shocks, axis=1)
    slopes, errors = _slope_and_error(windows_ahead(r[1:][drawn], horizon=horizon), null_x[:, :-horizon])
    return slopes / errors
