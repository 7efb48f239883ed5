"""The predictive regression by hand, and its size with a persistent predictor."""

import numpy as np
import pytest
from scipy.signal import lfilter

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference import predictive, simulated_size
from smallcaps.inference.persistence import _slope_and_error


def persistent(rng, *, n=200, rho=0.95, correlation=-0.9, samples=1):
    """Predictors and returns without predictability, whose surprises go against each other."""
    v = rng.standard_normal((samples, n + 300))
    u = correlation * v + np.sqrt(1 - correlation**2) * rng.standard_normal(v.shape)
    x = lfilter([1.0], [1.0, -rho], v, axis=1)
    return u[:, 300:], x[:, 300:]


def test_slope_and_error_are_least_squares():
    rng = np.random.default_rng(3)
    y, x = rng.standard_normal((2, 60))
    design = np.column_stack([np.ones(60), x])
    beta, rest = np.linalg.lstsq(design, y, rcond=None)[:2]
    variance = rest[0] / 58 * np.linalg.inv(design.T @ design)[1, 1]
    slope, error = _slope_and_error(y[None], x[None])
    assert (slope[0], error[0]) == (pytest.approx(beta[1]), pytest.approx(np.sqrt(variance)))


def test_predictive_by_hand():
    u, x = persistent(np.random.default_rng(5), n=300)
    r, x = u[0], x[0]
    result = predictive(r, x, horizon=1, rng=np.random.default_rng(1), simulations=499)
    slope = np.polyfit(x[:-1], r[1:], 1)[0]
    rho = np.polyfit(x[:-1], x[1:], 1)[0]
    corrected_rho = min(rho + (1 + 3 * rho) / 299, 0.999)
    v = x[1:] - np.polyval(np.polyfit(x[:-1], x[1:], 1), x[:-1])
    e = r[1:] - np.polyval(np.polyfit(x[:-1], r[1:], 1), x[:-1])
    bias = -(v @ e) / (v @ v) * (1 + 3 * corrected_rho) / 299
    assert result.slope == pytest.approx(slope)
    assert result.rho == pytest.approx(rho)
    assert result.corrected_rho == pytest.approx(corrected_rho)
    assert result.correlation == pytest.approx(np.corrcoef(v, e)[0, 1])
    assert result.bias == pytest.approx(bias)
    assert result.corrected == pytest.approx(slope - bias)
    assert result.n == 299


def test_interval_and_p_agree_and_a_strong_slope_is_found():
    rng = np.random.default_rng(6)
    u, x = persistent(rng, n=240)
    r = u[0].copy()
    r[1:] += 0.5 * x[0][:-1]
    found = predictive(r, x[0], horizon=6, rng=np.random.default_rng(2), simulations=999)
    assert found.p < 0.05
    assert found.interval[0] > 0
    nothing = predictive(u[0], x[0], horizon=6, rng=np.random.default_rng(2), simulations=999)
    assert (nothing.p > 0.05) == (nothing.interval[0] < 0 < nothing.interval[1])


def test_same_seed_same_result_and_units_do_not_matter():
    u, x = persistent(np.random.default_rng(7), n=150)
    here = predictive(u[0], x[0], horizon=12, rng=np.random.default_rng(3), simulations=299)
    again = predictive(u[0], x[0], horizon=12, rng=np.random.default_rng(3), simulations=299)
    scaled = predictive(u[0], 100 * x[0] + 7, horizon=12, rng=np.random.default_rng(3), simulations=299)
    assert here == again
    assert scaled.p == here.p
    assert scaled.corrected == pytest.approx(here.corrected / 100)


def test_cap_is_noted():
    x = np.arange(100.0) + np.random.default_rng(0).normal(size=100)
    r = np.random.default_rng(1).normal(size=100)
    result = predictive(r, x, horizon=1, rng=np.random.default_rng(0), simulations=99)
    assert result.corrected_rho == 0.999
    assert "capped at 0.999" in result.notes[0]


def test_refuses():
    rng = np.random.default_rng(0)
    with pytest.raises(TooFewEvents, match=r"returns has 9 values; allowed: at least 10"):
        predictive(np.arange(9.0), np.arange(9.0), horizon=1, rng=rng)
    with pytest.raises(InputError, match=r"rng is None; a simulated null"):
        predictive(np.arange(30.0), np.arange(30.0), horizon=1, rng=None)
    with pytest.raises(InputError, match=r"alternative is 'x'"):
        predictive(np.arange(30.0), np.arange(30.0), horizon=1, rng=rng, alternative="x")
    with pytest.raises(InputError, match=r"simulations is 5"):
        predictive(np.arange(30.0), np.arange(30.0), horizon=1, rng=rng, simulations=5)


@pytest.mark.slow
@pytest.mark.parametrize("horizon", [1, 12])
def test_size_with_a_persistent_predictor(horizon):
    draws = np.random.default_rng(10)
    size = simulated_size(
        lambda pair: predictive(pair[0][0], pair[1][0], horizon=horizon, rng=draws, simulations=199),
        simulate=persistent,
        reps=500,
        rng=np.random.default_rng(12),
    )
    assert not size.distorted
