"""Least squares with autocorrelation-consistent errors against formulas written out by hand."""

import numpy as np
import pytest
from scipy import stats

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference import first_slopes, hodrick_1b, ols, simulated_size
from smallcaps.inference.overlap import windows_ahead


@pytest.fixture
def sample():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((150, 2))
    noise = np.convolve(rng.standard_normal(153), [1, 0.8, 0.5, 0.3], mode="valid")
    return 0.5 + x @ [1.0, -0.4] + noise, x


def by_hand(y, x, *, lags, weight):
    design = np.column_stack([np.ones(len(y)), x])
    n, k = design.shape
    beta = np.linalg.solve(design.T @ design, design.T @ y)
    scores = design * (y - design @ beta)[:, None]
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        for t in range(lag, n):
            outer = np.outer(scores[t], scores[t - lag])
            middle += weight(lag) * (outer + outer.T)
    bread = np.linalg.inv(design.T @ design)
    return beta, np.sqrt(np.diag(bread @ middle @ bread) * n / (n - k))


def test_newey_west_is_bartlett_by_hand(sample):
    y, x = sample
    fit = ols(y, x, names=["a", "b"], lags=5)
    beta, errors = by_hand(y, x, lags=5, weight=lambda lag: 1 - lag / 6)
    assert list(fit.params.values()) == pytest.approx(beta)
    assert list(fit.standard_errors.values()) == pytest.approx(errors)
    assert fit.names == ("intercept", "a", "b")
    t = beta[1] / errors[1]
    assert fit.t["a"] == pytest.approx(t)
    assert fit.p["a"] == pytest.approx(2 * stats.t.sf(abs(t), 147))
    margin = stats.t.ppf(0.975, 147) * errors[2]
    assert fit.intervals["b"] == pytest.approx((beta[2] - margin, beta[2] + margin))


def test_hansen_hodrick_is_uniform_by_hand(sample):
    y, x = sample
    fit = ols(y, x, names=["a", "b"], kind="hansen-hodrick", horizon=4)
    _, errors = by_hand(y, x, lags=3, weight=lambda lag: 1.0)
    assert list(fit.standard_errors.values()) == pytest.approx(errors)
    assert fit.lags == 3
    assert fit.notes == ()


def test_default_lags(sample):
    y, x = sample
    assert ols(y, x, names=["a", "b"]).lags == 4  # floor(4 * 1.5 ** (2 / 9)) = floor(4.38)
    assert ols(y, x, names=["a", "b"], horizon=12).lags == 11
    assert ols(y, x, names=["a", "b"], kind="hansen-hodrick").lags == 0


def test_hansen_hodrick_says_where_the_variance_is_negative():
    y = np.tile([1.0, -1.0], 20) + 0.01 * np.arange(40)
    fit = ols(y, np.arange(40.0), names=["x"], kind="hansen-hodrick", lags=1)
    assert np.isnan(fit.standard_errors["intercept"])
    assert np.isnan(fit.p["intercept"])
    assert "not positive" in fit.notes[0]
    assert np.isfinite(fit.params["x"])


def test_without_intercept_and_one_column(sample):
    y, x = sample
    fit = ols(y, x[:, 0], names=["a"], intercept=False)
    assert fit.names == ("a",)
    assert fit.params["a"] == pytest.approx(x[:, 0] @ y / (x[:, 0] @ x[:, 0]))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (dict(kind="white"), InputError, r"kind is 'white'; allowed: newey-west, hansen-hodrick"),
        (dict(names=["a"]), InputError, r"names is \('a',\); allowed: 2 names"),
        (dict(names=["a", "a"]), InputError, r"allowed: 2 names, all different"),
        (dict(lags=-1), InputError, r"lags is -1; allowed"),
        (dict(lags=147), TooFewEvents, r"y has 150 rows; allowed: more than 3 coefficients"),
        (dict(X=np.ones((149, 2))), InputError, r"X has shape \(149, 2\); allowed: 150 rows"),
        (dict(X=np.ones((150, 2))), InputError, r"rank below 3; allowed: no collinear columns"),
        (dict(X=np.full((150, 2), np.nan)), InputError, r"a has 150 missing"),
    ],
)
def test_ols_refuses(sample, change, error, message):
    y, x = sample
    given = dict(X=x, names=["a", "b"]) | change
    with pytest.raises(error, match=message):
        ols(y, given.pop("X"), **given)


@pytest.fixture
def series():
    rng = np.random.default_rng(9)
    x = np.zeros(240)
    for t in range(1, 240):
        x[t] = 0.95 * x[t - 1] + rng.standard_normal()
    return 0.005 + 0.04 * rng.standard_normal(240), 3 + x


def test_windows_ahead_start_after_the_row():
    assert windows_ahead(np.arange(6.0), horizon=2).tolist() == [3, 5, 7, 9]


@pytest.mark.parametrize("horizon", [1, 12])
def test_hodrick_1b_is_the_formula(series, horizon):
    r, x = series
    n, h = len(r), horizon
    e = r - r[1:].mean()
    middle = np.zeros((2, 2))
    for s in range(h, n):  # the return of period s, predictors of the h periods before it
        w = e[s] * sum(np.array([1.0, x[s - 1 - i]]) for i in range(h))
        middle += np.outer(w, w)
    base = np.column_stack([np.ones(n - h), x[: n - h]])
    ahead = np.array([r[t + 1 : t + 1 + h].sum() for t in range(n - h)])
    bread = np.linalg.inv(base.T @ base)
    fit = hodrick_1b(r, x, horizon=h)
    assert list(fit.params.values()) == pytest.approx(bread @ base.T @ ahead)
    assert list(fit.standard_errors.values()) == pytest.approx(np.sqrt(np.diag(bread @ middle @ bread)))
    assert fit.p["predictor"] == pytest.approx(2 * stats.norm.sf(abs(fit.t["predictor"])))
    assert fit.n == n - h


def test_hodrick_1b_refuses(series):
    r, x = series
    with pytest.raises(InputError, match=r"returns and predictor have 240 and 239 rows"):
        hodrick_1b(r, x[1:], horizon=3)
    with pytest.raises(TooFewEvents, match=r"returns has 20 values; allowed: at least 25"):
        hodrick_1b(r[:20], x[:20], horizon=12)
    with pytest.raises(InputError, match=r"predictor is 1 in every row"):
        hodrick_1b(r, np.ones(240), horizon=3)
    with pytest.raises(InputError, match=r"horizon is 0"):
        hodrick_1b(r, x, horizon=0)


@pytest.mark.slow
def test_hodrick_1b_holds_its_size_where_newey_west_does_not():
    def simulate(rng):
        shocks = rng.standard_normal((2, 400))
        x = np.empty(400)
        x[0] = shocks[0, 0]
        for t in range(1, 400):
            x[t] = 0.95 * x[t - 1] + shocks[0, t]
        return shocks[1], x

    def newey_west(pair):
        r, x = pair
        fit = ols(windows_ahead(r, horizon=12), x[:-12], names=["x"], horizon=12)
        return fit.p["x"]

    given = dict(simulate=simulate, reps=1_000)
    hodrick = simulated_size(
        lambda pair: hodrick_1b(*pair, horizon=12).p["predictor"],
        rng=np.random.default_rng(1),
        **given,
    )
    assert not hodrick.distorted
    assert simulated_size(newey_west, rng=np.random.default_rng(1), **given).distorted


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize("horizon", [1, 7])
@pytest.mark.parametrize("shared", [True, False])
def test_many_slopes_at_once_are_those_of_one_regression_each(columns, horizon, shared):
    rng = np.random.default_rng(8)
    X = rng.normal(size=(5, 90, columns)).cumsum(axis=1)
    y = rng.normal(size=90 if shared else (5, 90))
    slopes, errors = first_slopes(y, X, horizon=horizon)
    names = [f"x{column}" for column in range(columns)]
    for sample in range(5):
        one = ols(y if shared else y[sample], X[sample], names=names, horizon=horizon)
        assert slopes[sample] == pytest.approx(one.params["x0"], rel=1e-9)
        assert errors[sample] == pytest.approx(one.standard_errors["x0"], rel=1e-9)
