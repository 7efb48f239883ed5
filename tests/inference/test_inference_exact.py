"""Sign flips and the binomial against brute force, scipy and R."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference import attainable_p, binomial, sign_flip, simulated_size

GAPS = [0.31, -0.12, 0.05, 0.44, -0.20, 0.18, 0.02, 0.27]
values = st.lists(st.integers(-1000, 1000).map(lambda i: i / 100), min_size=6, max_size=9)


def brute_force(x, *, null=0.0, alternative="two-sided"):
    """The definition: every pattern of signs, counted in exact integers."""
    steps = [round((v - null) * 100_000) for v in x]
    sums = [sum(s * v for s, v in zip(signs, steps, strict=True)) for signs in product((1, -1), repeat=len(x))]
    observed = sum(steps)
    greater = sum(s >= observed for s in sums) / len(sums)
    less = sum(s <= observed for s in sums) / len(sums)
    return {"greater": greater, "less": less, "two-sided": min(1, 2 * min(greater, less))}[alternative]


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize("null", [0.0, 0.12, -0.3])
def test_sign_flip_is_the_count_over_all_patterns(alternative, null):
    result = sign_flip(GAPS, null=null, alternative=alternative)
    assert result.p == brute_force(GAPS, null=null, alternative=alternative)
    assert result.estimate == pytest.approx(np.mean(GAPS))
    assert result.n == 8
    assert result.resamples == 256
    assert "256" in result.null


@pytest.mark.parametrize("n", [2, 5, 12, 16])
def test_sign_flip_is_scipys_permutation_test(n):
    x = np.random.default_rng(n).normal(0.4, 1, n)
    expected = stats.permutation_test(
        (x,),
        lambda a, axis: a.mean(axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        batch=10_000,
    )
    assert sign_flip(x).p == pytest.approx(expected.pvalue, abs=1e-12)


@pytest.mark.parametrize("n", [6, 8, 12, 16])
def test_interval_ends_where_the_test_begins_to_reject(n):
    x = np.random.default_rng(n).normal(0.1, 1, n)
    low, high = sign_flip(x).interval
    step = 1e-7
    assert sign_flip(x, null=low).p > 0.05
    assert sign_flip(x, null=high).p > 0.05
    assert sign_flip(x, null=low - step).p <= 0.05
    assert sign_flip(x, null=high + step).p <= 0.05


def test_interval_of_six_is_the_range():
    # At n = 6 only the two patterns at the ends (2 / 64 = 0.031) are rejected.
    assert sign_flip([3.0, 1.0, 2.0, 9.0, 4.0, 5.0]).interval == pytest.approx((1.0, 9.0))


def test_interval_of_random_flips_inverts_the_same_flips():
    x = np.random.default_rng(0).normal(0.1, 1, 24)

    def p(null):
        return sign_flip(x, null=null, rng=np.random.default_rng(5), flips=4_999).p

    low, high = sign_flip(x, rng=np.random.default_rng(5), flips=4_999).interval
    assert p(low) > 0.05
    assert p(high) > 0.05
    assert p(low - 1e-7) <= 0.05
    assert p(high + 1e-7) <= 0.05


def test_random_flips_come_close_to_all():
    x = np.random.default_rng(3).normal(0.35, 1, 17)
    sums = np.array([0.0])
    for v in np.abs(x):
        sums = np.concatenate([sums - v, sums + v])
    exact = (np.abs(sums) >= abs(x.sum()) - 1e-12).mean()
    drawn = sign_flip(x, rng=np.random.default_rng(1))
    assert drawn.p == pytest.approx(exact, abs=5 * np.sqrt(exact / 100_000))
    assert drawn.smallest_p == 2 / 100_001


def test_no_interval_below_six():
    result = sign_flip(GAPS[:5])
    assert result.interval is None
    assert "no 95 % interval" in result.notes[0]


def test_all_values_at_the_null():
    result = sign_flip([0.0] * 7)
    assert result.p == 1.0
    assert result.interval == (0.0, 0.0)


@given(values)
@settings(max_examples=40, deadline=None)
def test_opposite_signs_give_opposite_results(x):
    up, down = sign_flip(x, alternative="greater"), sign_flip([-v for v in x], alternative="less")
    assert up.p == down.p
    assert sign_flip(x).p == sign_flip([-v for v in x]).p
    assert up.interval == pytest.approx([-down.interval[1], -down.interval[0]])


@given(values, st.integers(-500, 500))
@settings(max_examples=40, deadline=None)
def test_a_shift_moves_the_interval_and_nothing_else(x, shift):
    here, there = sign_flip(x), sign_flip([v + shift for v in x], null=shift)
    assert there.p == here.p
    assert there.interval == pytest.approx([end + shift for end in here.interval], abs=1e-9)


@given(values, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_does_not_matter(x, random):
    mixed = random.sample(x, len(x))
    assert sign_flip(mixed).p == sign_flip(x).p == brute_force(x)
    assert sign_flip(mixed).interval == pytest.approx(sign_flip(x).interval)


def test_sign_flip_refuses():
    with pytest.raises(TooFewEvents, match=r"x has 1 values; allowed: at least 2"):
        sign_flip([0.1])
    with pytest.raises(InputError, match=r"missing"):
        sign_flip([0.1, float("nan"), 0.2])
    with pytest.raises(InputError, match=r"alternative is 'up'"):
        sign_flip(GAPS, alternative="up")
    with pytest.raises(InputError, match=r"rng is None; a sign-flip test of 17 values"):
        sign_flip(range(17))
    with pytest.raises(InputError, match=r"null is nan"):
        sign_flip(GAPS, null=float("nan"))


def test_attainable_p_is_the_known_floor():
    floors = [attainable_p(n) for n in (4, 5, 6, 8)]
    assert floors == [0.125, 0.0625, 0.03125, 0.0078125]
    assert attainable_p(4, alternative="greater") == 0.0625
    assert attainable_p(1) == 1.0
    for n in (4, 8):
        assert sign_flip(np.arange(1.0, n + 1)).p == attainable_p(n)


def test_binomial_is_r():
    # R, ?binom.test: binom.test(682, 925, p = 0.75), Conover (1971), Mendel's pea plants:
    # p-value = 0.3825, 95 percent confidence interval 0.7076683 0.7654066, estimate 0.7372973.
    result = binomial(682, n=925, base_rate=0.75)
    assert result.p == pytest.approx(0.3825, abs=5e-5)
    assert result.interval == pytest.approx((0.7076683, 0.7654066), abs=5e-8)
    assert result.estimate == pytest.approx(0.7372973, abs=5e-8)


def test_binomial_is_the_sum_and_keeps_a_two_sided_interval():
    result = binomial(10, n=12, base_rate=0.47, alternative="greater")
    assert result.p == pytest.approx(stats.binom.sf(9, 12, 0.47))
    low, high = result.interval
    assert stats.binom.sf(9, 12, low) == pytest.approx(0.025)
    assert stats.binom.cdf(10, 12, high) == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (dict(successes=5, n=4, base_rate=0.5), r"successes is 5; allowed: .* 0 to 4"),
        (dict(successes=1, n=0, base_rate=0.5), r"n is 0; allowed"),
        (dict(successes=1, n=4, base_rate=1.5), r"base_rate is 1.5; allowed: from 0 to 1"),
        (dict(successes=1, n=4, base_rate=0.5, alternative="x"), r"alternative is 'x'"),
    ],
)
def test_binomial_refuses(given, message):
    with pytest.raises(InputError, match=message):
        binomial(given.pop("successes"), **given)


def test_exact_size_at_an_attainable_level():
    # At n = 8 the levels are multiples of 1/128: at 6/128 the test rejects exactly that often.
    size = simulated_size(
        sign_flip,
        simulate=lambda rng: rng.standard_t(3, 8),
        reps=1_500,
        rng=np.random.default_rng(11),
        nominal=6 / 128,
    )
    assert size.share == pytest.approx(6 / 128, abs=3.5 * size.standard_error)


@pytest.mark.slow
@pytest.mark.parametrize("n", [6, 8, 10, 12])
def test_sign_flip_rejects_no_more_than_it_says(n):
    size = simulated_size(
        sign_flip,
        simulate=lambda rng: rng.laplace(size=n),
        reps=4_000,
        rng=np.random.default_rng(n),
    )
    assert size.share <= 0.05 + 3 * size.standard_error
    assert not size.distorted


@pytest.mark.slow
@pytest.mark.parametrize("n", [7, 10])
def test_interval_covers(n):
    rng = np.random.default_rng(n)
    ends = np.array([sign_flip(rng.normal(0.4, 1, n)).interval for _ in range(3_000)])
    coverage = ((ends[:, 0] <= 0.4) & (ends[:, 1] >= 0.4)).mean()
    assert 0.95 - 0.012 < coverage < 0.985
