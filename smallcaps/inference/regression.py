"""Linear regression with standard errors for series that are correlated in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference.checks import check_whole, finite_values

__all__ = ["Regression", "ols", "regression_result"]

LEVEL = 0.95
KERNELS = {"newey-west": "bartlett", "hansen-hodrick": "uniform"}


@dataclass(frozen=True, kw_only=True)
class Regression:
    """A regression, with what it tested; every mapping has the names of the coefficients as keys.

    Attributes
    ----------
    method : str
        Estimator and kind of standard error.
    null : str
        The null hypothesis of each p in words.
    names : tuple of str
        Coefficients in order, "intercept" first where there is one.
    params, standard_errors, t, p : dict of str to float
        Coefficients in units of y per unit of x, their standard errors, ratios and two-sided p. A
        standard error that the estimator could not give is NaN, as are its t, p and interval, and
        `notes` says why.
    intervals : dict of str to tuple of (float, float)
        Two-sided intervals at `level`.
    n : int
        Number of rows used.
    r2 : float
        Share of the variance explained.
    lags : int
        Number of autocorrelations that the standard errors allow for.
    assumes, notes : tuple of str
        What must hold, and what a reader should know of this very result.
    """

    method: str
    null: str
    names: tuple[str, ...]
    params: dict[str, float]
    standard_errors: dict[str, float]
    t: dict[str, float]
    p: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    n: int
    r2: float
    lags: int
    level: float = LEVEL
    assumes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def ols(
    y: Sequence[float],
    X: Sequence,
    *,
    names: Sequence[str],
    lags: int | None = None,
    horizon: int = 1,
    kind: str = "newey-west",
    intercept: bool = True,
) -> Regression:
    """Return least-squares coefficients with Newey-West or Hansen-Hodrick standard errors.

    Parameters
    ----------
    y : array-like of shape (n,)
        Left-hand side, in time order and without gaps.
    X : array-like of shape (n,) or (n, k)
        Right-hand side, without the column of ones.
    names : sequence of k str
        Names of the columns of `X`.
    lags : int, optional
        Autocorrelations allowed for. Default for Newey-West: the larger of floor(4 (n/100)^(2/9))
        and `horizon` - 1; for Hansen-Hodrick: `horizon` - 1.
    horizon : int
        Periods that each row of `y` covers; above 1 the rows overlap.
    kind : {"newey-west", "hansen-hodrick"}
        Weights of the autocorrelations: declining to 0 (Bartlett), or all 1 (uniform). The second
        fits overlap exactly, but can give a negative variance: then NaN, and `notes` says so.
    intercept : bool
        Whether to add a column of ones, named "intercept".

    Returns
    -------
    Regression
        Covariances are scaled by n / (n - k); p and intervals are of Student's t with n - k degrees
        of freedom.

    Raises
    ------
    InputError
        Missing values, unequal lengths, names that do not fit, collinear columns, unknown `kind`.
    TooFewEvents
        Not more rows than coefficients plus lags.

    References
    ----------
    Newey and West (1987), Econometrica 55. Hansen and Hodrick (1980), Journal of Political Economy
    88.
    """
    if kind not in KERNELS:
        raise InputError(f"kind is {kind!r}; allowed: {', '.join(KERNELS)}")
    left, right, names = _design(y, X, names=names, intercept=intercept)
    check_whole(horizon, name="horizon")
    n, k = right.shape
    if lags is None:
        lags = newey_west_lags(n, horizon=horizon) if kind == "newey-west" else horizon - 1
    check_whole(lags, name="lags", least=0)
    if n <= k + lags:
        raise TooFewEvents(f"y has {n} rows; allowed: more than {k} coefficients and {lags} lags together")
    if np.linalg.matrix_rank(right) < k:
        raise InputError(f"X with columns {', '.join(names)} has rank below {k}; allowed: no collinear columns")

    from statsmodels.regression.linear_model import OLS

    fit = OLS(left, right).fit()
    fit = fit.get_robustcov_results("HAC", maxlags=lags, kernel=KERNELS[kind], use_correction=True, use_t=True)
    covariance = np.asarray(fit.cov_params())
    title = "Newey-West" if kind == "newey-west" else "Hansen-Hodrick"
    return regression_result(
        names,
        fit.params,
        covariance,
        degrees=n - k,
        n=n,
        r2=float(fit.rsquared),
        lags=lags,
        method=f"least squares, {title} standard errors with {lags} lags",
        null="the coefficient is zero",
        assumes=("the series are stationary", f"errors over {lags} periods apart are uncorrelated"),
    )


def newey_west_lags(n: int, *, horizon: int = 1) -> int:
    """The number of autocorrelations allowed for: floor(4 (n/100)^(2/9)), or `horizon` - 1 where that is more."""
    return max(int(4 * (n / 100) ** (2 / 9)), horizon - 1)


def first_slopes(y: np.ndarray, X: np.ndarray, *, horizon: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return the slope on the first column and its Newey-West standard error, sample by sample.

    What `ols` gives with its defaults, for many samples at once and without its bookkeeping and checks. `X` has shape
    (samples, n, k) and no column of ones; `y` has shape (n,) or (samples, n). Both results have shape (samples,).
    """
    samples, n, k = X.shape
    design = np.concatenate([np.ones((samples, n, 1)), X], axis=2)
    turned = design.transpose(0, 2, 1)
    inverse = np.linalg.inv(turned @ design)
    left = np.broadcast_to(y, (samples, n))[:, :, None]
    params = inverse @ (turned @ left)
    scores = design * (left - design @ params)
    lags = newey_west_lags(n, horizon=horizon)
    middle = scores.transpose(0, 2, 1) @ scores
    for lag in range(1, lags + 1):
        cross = scores[:, lag:].transpose(0, 2, 1) @ scores[:, :-lag]
        middle += (1 - lag / (lags + 1)) * (cross + cross.transpose(0, 2, 1))
    variance = (inverse @ middle @ inverse)[:, 1, 1] * n / (n - k - 1)
    return params[:, 1, 0], np.sqrt(np.maximum(variance, 0.0))


def _design(y, X, *, names, intercept) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    left = finite_values(y, name="y")
    columns = np.asarray(X, dtype=float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if columns.ndim != 2 or len(columns) != len(left):
        raise InputError(f"X has shape {columns.shape}; allowed: {len(left)} rows as y")
    names = (names,) if isinstance(names, str) else tuple(names)
    full = ("intercept", *names) if intercept else names
    if len(names) != columns.shape[1] or len(set(full)) != len(full):
        raise InputError(f"names is {names}; allowed: {columns.shape[1]} names, all different, not 'intercept'")
    for name, column in zip(names, columns.T, strict=True):
        finite_values(column, name=name)
    return left, np.column_stack([np.ones(len(left)), columns]) if intercept else columns, full


def regression_result(names, params, covariance, *, degrees: float, **rest) -> Regression:
    """Return the result for a covariance matrix; a variance not above 0 gives NaN and a note."""
    from scipy.stats import t as student  # with infinite degrees of freedom this is the normal

    params, variances = np.asarray(params), np.diag(covariance)
    errors = np.sqrt(np.where(variances > 0, variances, np.nan))
    ratios = params / errors
    margin = student.ppf((1 + LEVEL) / 2, degrees) * errors
    failed = [name for name, error in zip(names, errors, strict=True) if np.isnan(error)]
    why = f"no standard error for {', '.join(failed)}: the estimated variance is not positive"
    return Regression(
        names=tuple(names),
        params=_named(names, params),
        standard_errors=_named(names, errors),
        t=_named(names, ratios),
        p=_named(names, 2 * student.sf(np.abs(ratios), degrees)),
        intervals=dict(
            zip(
                names,
                zip((params - margin).tolist(), (params + margin).tolist(), strict=True),
                strict=True,
            )
        ),
        notes=(why,) if failed else (),
        **rest,
    )


def _named(names: Sequence[str], values: np.ndarray) -> dict[str, float]:
    return dict(zip(names, np.asarray(values, dtype=float).tolist(), strict=True))
