"""Simulated size of tests whose size is known."""

import numpy as np
import pytest

from smallcaps.errors import InputError
from smallcaps.inference import TestResult, simulated_size


def test_a_uniform_p_has_its_nominal_size():
    size = simulated_size(lambda p: p, simulate=lambda rng: rng.random(), reps=4_000, rng=np.random.default_rng(0))
    assert size.share == pytest.approx(0.05, abs=4 * size.standard_error)
    assert size.standard_error == pytest.approx(np.sqrt(size.share * (1 - size.share) / 4_000))
    assert not size.distorted


def test_a_test_that_rejects_twice_as_often_is_distorted():
    size = simulated_size(lambda p: p / 2, simulate=lambda rng: rng.random(), reps=2_000, rng=np.random.default_rng(0))
    assert size.distorted
    assert size.share == pytest.approx(0.10, abs=4 * size.standard_error)


def test_takes_results_and_counts_p_equal_to_the_level():
    result = TestResult(method="m", null="h", alternative="less", estimate=0, statistic=0, p=0.05, n=1)
    size = simulated_size(lambda _: result, simulate=lambda rng: None, reps=10, rng=np.random.default_rng(0))
    assert size.share == 1.0


def test_refuses():
    given = dict(simulate=lambda rng: None, reps=10, rng=np.random.default_rng(0))
    with pytest.raises(InputError, match=r"p of the test is nan; allowed: from 0 to 1"):
        simulated_size(lambda _: float("nan"), **given)
    with pytest.raises(InputError, match=r"reps is 0"):
        simulated_size(lambda _: 0.5, **(given | {"reps": 0}))
    with pytest.raises(InputError, match=r"rng is None; a simulation"):
        simulated_size(lambda _: 0.5, **(given | {"rng": None}))
    with pytest.raises(InputError, match=r"nominal is 0; allowed"):
        simulated_size(lambda _: 0.5, nominal=0, **given)
