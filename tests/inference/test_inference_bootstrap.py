"""Block bootstraps against the standard errors that theory gives."""

import numpy as np
import pytest

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference import block_bootstrap_mean, stepm


def test_independent_values_give_the_textbook_error():
    x = np.random.default_rng(0).normal(0.1, 1, 300)
    result = block_bootstrap_mean(x, rng=np.random.default_rng(1), reps=2_000, block_length=1)
    error = x.std() / np.sqrt(300)
    assert result.statistic == pytest.approx(x.mean() / error, rel=0.06)
    assert result.interval == pytest.approx((x.mean() - 1.96 * error, x.mean() + 1.96 * error), abs=0.15 * error)


def test_dependence_widens_the_interval():
    rng = np.random.default_rng(2)
    x = np.convolve(rng.standard_normal(411), np.ones(12) / 12, mode="valid")
    blocks = block_bootstrap_mean(x, rng=np.random.default_rng(3), reps=999)
    single = block_bootstrap_mean(x, rng=np.random.default_rng(3), reps=999, block_length=1)
    assert np.diff(blocks.interval) > 2 * np.diff(single.interval)


def test_p_and_interval_agree():
    x = np.random.default_rng(4).normal(0, 1, 100)
    given = dict(reps=1_999, block_length=4)
    low, high = block_bootstrap_mean(x, rng=np.random.default_rng(5), **given).interval
    for null, rejected in [(low - 0.02, True), (low + 0.02, False), (high + 0.02, True)]:
        result = block_bootstrap_mean(x, rng=np.random.default_rng(5), null=null, **given)
        assert (result.p < 0.05) is rejected


def test_block_length_is_that_of_politis_and_white():
    from arch.bootstrap import optimal_block_length

    x = np.convolve(np.random.default_rng(6).standard_normal(205), np.ones(6), mode="valid")
    expected = optimal_block_length(x)["stationary"].iloc[0]
    result = block_bootstrap_mean(x, rng=np.random.default_rng(0), reps=99)
    assert f"mean block {expected:.1f}" in result.method
    assert result == block_bootstrap_mean(x, rng=np.random.default_rng(0), reps=99)


def test_mean_refuses():
    rng = np.random.default_rng(0)
    with pytest.raises(TooFewEvents, match=r"x has 19 values; allowed: at least 20"):
        block_bootstrap_mean(range(19), rng=rng)
    with pytest.raises(InputError, match=r"x is 1 in every row"):
        block_bootstrap_mean([1.0] * 30, rng=rng)
    with pytest.raises(InputError, match=r"block_length is 0.5; allowed: 1 to 30"):
        block_bootstrap_mean(range(30), rng=rng, block_length=0.5)
    with pytest.raises(InputError, match=r"rng is None"):
        block_bootstrap_mean(range(30), rng=None)


def test_stepm_finds_the_better_series_only():
    rng = np.random.default_rng(7)
    benchmark = rng.normal(0, 1, 240)
    losses = {
        "same": benchmark + rng.normal(0, 0.5, 240),
        "better": benchmark - 0.5 + rng.normal(0, 0.5, 240),
        "worse": benchmark + 0.5 + rng.normal(0, 0.5, 240),
    }
    found = stepm(benchmark, losses, rng=np.random.default_rng(8), reps=299)
    assert found.superior == ("better",)
    assert found.names == ("same", "better", "worse")
    assert "not below" in found.null


def test_stepm_refuses():
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match=r"losses is empty"):
        stepm(range(30), {}, rng=rng)
    with pytest.raises(InputError, match=r"losses\['a'\] has 29 rows; allowed: 30"):
        stepm(range(30), {"a": range(29)}, rng=rng)
    with pytest.raises(InputError, match=r"size is 1; allowed"):
        stepm(range(30), {"a": range(30)}, rng=rng, size=1)
