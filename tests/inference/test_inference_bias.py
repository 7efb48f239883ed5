"""Bias formulas against what simulated samples show."""

import numpy as np
import pytest
from scipy.signal import lfilter

from smallcaps.errors import InputError
from smallcaps.inference import kendall_bias, slope_bias


def test_kendall():
    assert kendall_bias(0.9, n=100) == pytest.approx(-0.037)
    assert kendall_bias(0.0, n=50) == pytest.approx(-0.02)


def test_slope_bias_of_one_period_is_stambaughs():
    stambaugh = -2.0 * kendall_bias(0.95, n=120)
    assert slope_bias(0.95, n=120, horizon=1, ratio=-2.0) == pytest.approx(stambaugh)


def test_slope_bias_at_a_unit_root_is_the_limit():
    assert slope_bias(1.0, n=100, horizon=3, ratio=-1.0) == pytest.approx(0.12)
    assert slope_bias(1 - 1e-9, n=100, horizon=3, ratio=-1.0) == pytest.approx(0.12)


@pytest.mark.parametrize("horizon", [1, 6])
def test_slope_bias_is_the_mean_of_simulated_slopes(horizon):
    # Return surprises are -0.9 times the predictor's, and nothing can be predicted.
    n, samples = 240, 20_000
    shocks = np.random.default_rng(0).standard_normal((samples, n + 100))
    x = lfilter([1.0], [1.0, -0.9], shocks, axis=1)[:, 100:-horizon]
    total = np.cumsum(-0.9 * shocks[:, 100:], axis=1)
    ahead = total[:, horizon:] - total[:, :-horizon]
    x = x - x.mean(axis=1, keepdims=True)
    slopes = (x * ahead).sum(axis=1) / (x * x).sum(axis=1)
    expected = slope_bias(0.9, n=n - 1, horizon=horizon, ratio=-0.9)
    assert slopes.mean() == pytest.approx(expected, rel=0.08)


def test_refuses():
    with pytest.raises(InputError, match=r"n is 0; allowed"):
        kendall_bias(0.9, n=0)
    with pytest.raises(InputError, match=r"horizon is 0; allowed"):
        slope_bias(0.9, n=100, horizon=0, ratio=1.0)
    with pytest.raises(InputError, match=r"rho and ratio has 1 missing"):
        slope_bias(float("nan"), n=100, horizon=1, ratio=1.0)
