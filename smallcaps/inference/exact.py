"""Exact tests for a handful of events: sign flips and the binomial."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from smallcaps.errors import InputError
from smallcaps.inference.checks import (
    check_alternative,
    check_generator,
    check_probability,
    check_whole,
    finite_values,
)
from smallcaps.inference.result import TIE, TestResult, choose_tail, smallest_p

__all__ = ["attainable_p", "binomial", "sign_flip"]

EXACT_TO = 16  # 65,536 sign patterns; beyond it random flips are as good and much cheaper
LEVEL = 0.95


def sign_flip(
    x: Sequence[float],
    *,
    null: float = 0.0,
    alternative: str = "two-sided",
    rng: np.random.Generator | None = None,
    flips: int = 100_000,
) -> TestResult:
    """Return the mean of `x`, its sign-flip p against `null`, and the 95 % interval.

    Under the null the values are symmetric around `null`, so every pattern of signs of ``x - null``
    was equally likely. Up to 16 values all 2**n patterns are counted; beyond, `flips` random ones,
    with (b + 1) / (m + 1).

    Flipping the signs of a subset F lowers the mean unless ``mean(x[F]) <= null``, so p follows
    from counting the subset means on each side of `null`. The interval then needs no search: its
    ends are order statistics of the same subset means, for both kinds of count (Hartigan 1969). A
    value belongs to the closed interval exactly if the two-sided test does not reject it at 5 %.

    Parameters
    ----------
    x : array-like of shape (n_events,)
        One value per event, in any unit (the book uses decimals per window).
    null : float
        Centre under the null, in the unit of `x`.
    alternative : {"two-sided", "greater", "less"}
        Two-sided doubles the smaller tail. The interval is two-sided in every case.
    rng : numpy.random.Generator, optional
        Needed above 16 values.
    flips : int
        Number of random patterns above 16 values.

    Returns
    -------
    TestResult
        `estimate` is the mean, `statistic` the mean minus `null`. `interval` is None where it has
        no end: below 6 values even the most extreme pattern leaves more than 2.5 % in a tail.

    Raises
    ------
    TooFewEvents
        Fewer than 2 values.
    InputError
        Missing values, unknown alternative, or no `rng` where one is needed.

    References
    ----------
    Fisher (1935), The Design of Experiments, section 21. Hartigan (1969), "Using subsample values
    as typical values", Journal of the American Statistical Association 64.
    """
    values = finite_values(x, name="x", least=2)
    check_alternative(alternative)
    if not np.isfinite(null):
        raise InputError(f"null is {null!r}; allowed: a finite number")
    n, mean = len(values), float(values.mean())
    if n <= EXACT_TO:
        subsets = _all_subset_means(values - mean)
        patterns = total = 2**n
        kind = "all sign patterns"
    else:
        check_whole(flips, name="flips", least=999)
        check_generator(rng, why=f"a sign-flip test of {n} values (above {EXACT_TO})")
        subsets = _drawn_subset_means(values - mean, rng=rng, flips=flips)
        patterns, total = flips, flips + 1
        kind = "random sign patterns"
    # Patterns that flip nothing (the data themselves among them) tie with the data: extreme in both
    # directions.
    unflipped = total - len(subsets)
    centre = null - mean
    tie = TIE * max(float(np.abs(values - mean).max()), abs(centre))
    greater = (unflipped + np.count_nonzero(subsets <= centre + tie)) / total
    less = (unflipped + np.count_nonzero(subsets >= centre - tie)) / total
    interval = _invert(subsets, total=total, unflipped=unflipped)
    endless = f"no 95 % interval: with {n} values the sign-flip interval has no end"
    return TestResult(
        method="exact sign flips" if n <= EXACT_TO else "sign flips",
        null=f"the events' values are symmetric around {null:g} ({kind}: {patterns:,})",
        alternative=alternative,
        estimate=mean,
        statistic=mean - null,
        p=choose_tail(greater, less, alternative=alternative),
        n=n,
        interval=None if interval is None else (interval[0] + mean, interval[1] + mean),
        level=LEVEL,
        assumes=("events are independent", "each value is symmetric around the null"),
        notes=() if interval else (endless,),
        resamples=patterns,
        smallest_p=attainable_p(n, alternative=alternative, flips=flips),
    )


def binomial(successes: int, *, n: int, base_rate: float, alternative: str = "two-sided") -> TestResult:
    """Return the hit rate, its exact binomial p against `base_rate`, and the 95 % interval.

    Parameters
    ----------
    successes : int
        Number of hits.
    n : int
        Number of events.
    base_rate : float
        The hit rate of all windows of the same sample, from 0 to 1: not one half, unless that is
        the base rate.
    alternative : {"two-sided", "greater", "less"}
        Two-sided sums every outcome no likelier than the one seen. The interval is two-sided in
        every case.

    Raises
    ------
    InputError
        Counts that are no whole numbers, more successes than events, a base rate outside [0, 1].

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26.
    """
    from scipy.stats import binomtest

    check_alternative(alternative)
    check_whole(n, name="n")
    check_whole(successes, name="successes", least=0, most=n)
    check_probability(base_rate, name="base_rate", closed=True)
    test = binomtest(successes, n, base_rate, alternative=alternative)
    # binomtest makes its interval one-sided with the test; the book shows two-sided intervals only
    limits = binomtest(successes, n, base_rate).proportion_ci(confidence_level=LEVEL, method="exact")
    return TestResult(
        method="exact binomial",
        null=f"every event hits with probability {base_rate:.3g}, as any window of the sample does",
        alternative=alternative,
        estimate=successes / n,
        statistic=float(successes),
        p=float(test.pvalue),
        n=n,
        interval=(float(limits.low), float(limits.high)),
        level=LEVEL,
        assumes=("events are independent", "the base rate is known without error"),
    )


def attainable_p(n: int, *, alternative: str = "two-sided", flips: int = 100_000) -> float:
    """Return the smallest p that a sign-flip test of `n` events can give, however clear the effect.

    Parameters
    ----------
    n : int
        Number of events.
    alternative : {"two-sided", "greater", "less"}
        Two-sided doubles the one-sided floor.
    flips : int
        Number of random patterns that the test draws above 16 events.
    """
    check_whole(n, name="n")
    check_whole(flips, name="flips", least=1)
    exact = n <= EXACT_TO
    return smallest_p(2**n if exact else flips, alternative=alternative, exhaustive=exact)


@lru_cache(maxsize=EXACT_TO)
def _subset_sizes(n: int) -> np.ndarray:
    sizes = np.zeros(1)
    for _ in range(n):
        sizes = np.concatenate([sizes, sizes + 1])
    sizes.flags.writeable = False  # shared by every call through the cache
    return sizes


def _all_subset_means(x: np.ndarray) -> np.ndarray:
    """Return the means of all 2**n - 1 subsets that hold at least one value."""
    sums = np.zeros(1)
    for value in x:
        sums = np.concatenate([sums, sums + value])
    return sums[1:] / _subset_sizes(len(x))[1:]


def _drawn_subset_means(x: np.ndarray, *, rng: np.random.Generator, flips: int) -> np.ndarray:
    """Return the means of random subsets; the caller counts draws that flip nothing."""
    drawn = rng.integers(0, 2, size=(flips, len(x)), dtype=np.int8).astype(float)
    sizes = drawn.sum(axis=1)
    return (drawn @ x)[sizes > 0] / sizes[sizes > 0]


def _invert(subsets: np.ndarray, *, total: int, unflipped: int) -> tuple[float, float] | None:
    """Return the smallest and largest centre that the two-sided test keeps, None without ends.

    A centre is kept if ``unflipped + count(subsets <= centre) > total * (1 - LEVEL) / 2``, and
    likewise above.
    """
    # The rounding guards against 0.025 * 40 being 1.0000000000000009.
    needed = int(np.floor(round(total * (1 - LEVEL) / 2, 9))) + 1 - unflipped
    if needed < 1:
        return None
    low = np.partition(subsets, needed - 1)[needed - 1]
    high = np.partition(subsets, len(subsets) - needed)[len(subsets) - needed]
    return float(low), float(high)
