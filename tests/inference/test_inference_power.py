"""The smallest effect that a sample can show, and leave-one-out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference import leave_one_out, minimum_detectable_effect


@pytest.mark.parametrize(("n", "expected"), [(6, 1.43), (8, 1.16), (10, 1.00), (12, 0.89), (16, 0.75), (25, 0.58)])
def test_known_table(n, expected):
    # statsmodels TTestPower().solve_power(nobs=n, alpha=0.05, power=0.8), in standard deviations.
    assert minimum_detectable_effect(1.0, n=n) == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(("alternative", "sides"), [("two-sided", 2), ("greater", 1), ("less", 1)])
@pytest.mark.parametrize("n", [2, 7, 40])
def test_power_at_the_effect_is_the_power_asked_for(alternative, sides, n):
    effect = minimum_detectable_effect(3.0, n=n, alternative=alternative) / 3.0
    critical = stats.t.ppf(1 - 0.05 / sides, n - 1)
    power = stats.nct.sf(critical, n - 1, effect * np.sqrt(n))
    if sides == 2:
        power += stats.nct.cdf(-critical, n - 1, effect * np.sqrt(n))
    assert power == pytest.approx(0.8, abs=1e-4)


def test_no_spread_no_effect_needed():
    assert minimum_detectable_effect(0.0, n=5) == 0.0


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (dict(sd=1.0, n=1), TooFewEvents, r"n is 1; allowed: at least 2"),
        (dict(sd=-1.0, n=5), InputError, r"sd is -1.0; allowed: a finite number, at least 0"),
        (dict(sd=float("nan"), n=5), InputError, r"sd is nan"),
        (dict(sd=1.0, n=5, power=0.04), InputError, r"power is 0.04; allowed: above alpha, 0.05"),
        (dict(sd=1.0, n=5, alpha=0), InputError, r"alpha is 0; allowed"),
        (dict(sd=1.0, n=5, alternative="x"), InputError, r"alternative is 'x'"),
    ],
)
def test_effect_refuses(given, error, message):
    with pytest.raises(error, match=message):
        minimum_detectable_effect(given.pop("sd"), **given)


def test_leave_one_out_by_hand():
    found = leave_one_out([0.1, 0.2, 0.9], labels=["1984", "1989", "1995"])
    assert found.mean == pytest.approx(0.4)
    assert found.without == pytest.approx({"1984": 0.55, "1989": 0.5, "1995": 0.15})
    assert found.most_influential == "1995"
    assert found.influence == pytest.approx(0.25)
    assert (found.low, found.high) == (pytest.approx(0.15), pytest.approx(0.55))


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=12))
def test_leave_one_out_is_the_loop(x):
    found = leave_one_out(x, labels=range(len(x)))
    for i in range(len(x)):
        assert found.without[i] == pytest.approx(np.mean(np.delete(x, i)), abs=1e-9)
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9


def test_leave_one_out_refuses():
    with pytest.raises(InputError, match=r"labels holds 1 different labels; allowed: 2"):
        leave_one_out([1.0, 2.0], labels=["a", "a"])
    with pytest.raises(TooFewEvents):
        leave_one_out([1.0], labels=["a"])
