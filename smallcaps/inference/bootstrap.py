"""Block bootstraps: means and comparisons of series whose neighbours resemble each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from smallcaps.errors import InputError
from smallcaps.inference.checks import (
    check_alternative,
    check_generator,
    check_probability,
    check_whole,
    finite_values,
)
from smallcaps.inference.result import TestResult, smallest_p, tail_p

__all__ = ["Superior", "block_bootstrap_mean", "stepm"]

LEVEL = 0.95
SHORTEST = 20  # below it neither the block length nor the spread of block means can be estimated


def block_bootstrap_mean(
    x: Sequence[float],
    *,
    rng: np.random.Generator,
    reps: int = 10_000,
    block_length: float | None = None,
    null: float = 0.0,
    alternative: str = "two-sided",
) -> TestResult:
    """Return the mean of a series with the p and 95 % interval of a stationary bootstrap.

    Parameters
    ----------
    x : array-like of shape (n,)
        The series in time order, in any unit.
    rng : numpy.random.Generator
        Source of the blocks.
    reps : int
        Number of resampled series.
    block_length : float, optional
        Mean length of a block in periods; by default that of Politis and White, at least 1.
    null : float
        Mean under the null, in the unit of `x`.
    alternative : {"two-sided", "greater", "less"}
        Two-sided is twice the smaller tail.

    Returns
    -------
    TestResult
        `statistic` is (mean - null) over the bootstrap's standard error; `p` compares the mean with
        resampled means moved to `null`; `interval` is the basic (reverse percentile) one, which
        inverts that comparison.

    Raises
    ------
    InputError
        Missing values, a series that does not vary, a block length below 1 or above n, no `rng`.
    TooFewEvents
        Fewer than 20 values.

    References
    ----------
    Politis and Romano (1994), Journal of the American Statistical Association 89. Politis and White
    (2004), Econometric Reviews 23, with the correction of Patton, Politis and White (2009).
    """
    values = finite_values(x, name="x", least=SHORTEST)
    check_alternative(alternative)
    check_generator(rng, why="a bootstrap")
    check_whole(reps, name="reps", least=99)
    if np.ptp(values) == 0:
        raise InputError(f"x is {values[0]:g} in every row; allowed: values that vary")
    if block_length is not None and not 1 <= block_length <= len(values):
        raise InputError(f"block_length is {block_length!r}; allowed: 1 to {len(values)}")

    from arch.bootstrap import StationaryBootstrap, optimal_block_length

    if block_length is None:
        block_length = max(1.0, float(optimal_block_length(values)["stationary"].iloc[0]))
    mean = float(values.mean())
    means = StationaryBootstrap(block_length, values, seed=rng).apply(np.mean, reps)[:, 0]
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return TestResult(
        method=f"stationary bootstrap, mean block {block_length:.1f}",
        null=f"the mean is {null:g}",
        alternative=alternative,
        estimate=mean,
        statistic=(mean - null) / float(means.std(ddof=1)),
        p=tail_p(mean, means - mean + null, alternative=alternative, exhaustive=False),
        n=len(values),
        interval=(float(2 * mean - high), float(2 * mean - low)),
        level=LEVEL,
        assumes=("the series is stationary", "dependence dies out well within the sample"),
        resamples=reps,
        smallest_p=smallest_p(reps, alternative=alternative, exhaustive=False),
    )


@dataclass(frozen=True, kw_only=True)
class Superior:
    """Which of many series beat a benchmark, tested together.

    `superior` are those of `names` that do, with the familywise error held at `size`.
    """

    method: str
    null: str
    names: tuple[str, ...]
    superior: tuple[str, ...]
    size: float
    n: int
    reps: int
    assumes: tuple[str, ...] = ()


def stepm(
    benchmark_losses: Sequence[float],
    losses: Mapping[str, Sequence[float]],
    *,
    rng: np.random.Generator,
    size: float = 0.05,
    reps: int = 1_000,
    block_length: int | None = None,
) -> Superior:
    """Return which series have lower mean loss than the benchmark, tested together.

    Parameters
    ----------
    benchmark_losses : array-like of shape (n,)
        Loss of the benchmark each period; for returns the loss is minus the return.
    losses : mapping of name to array-like of shape (n,)
        Losses of the series that are compared.
    rng : numpy.random.Generator
        Source of the blocks.
    size : float
        Probability of naming any series that is not better.
    reps : int
        Number of resampled series.
    block_length : int, optional
        Mean block length; by default arch's, the square root of n.

    Raises
    ------
    InputError
        No series, unequal lengths, missing values, no `rng`.
    TooFewEvents
        Fewer than 20 periods.

    References
    ----------
    Romano and Wolf (2005), "Stepwise multiple testing as formalized data snooping", Econometrica
    73.
    """
    benchmark = finite_values(benchmark_losses, name="benchmark_losses", least=SHORTEST)
    check_generator(rng, why="a bootstrap")
    check_probability(size, name="size")
    check_whole(reps, name="reps", least=99)
    if block_length is not None:
        check_whole(block_length, name="block_length", most=len(benchmark))
    if not losses:
        raise InputError("losses is empty; allowed: at least one series")
    names = tuple(losses)
    columns = [finite_values(losses[name], name=f"losses[{name!r}]") for name in names]
    for name, column in zip(names, columns, strict=True):
        if len(column) != len(benchmark):
            raise InputError(f"losses[{name!r}] has {len(column)} rows; allowed: {len(benchmark)}")

    from arch.bootstrap import StepM

    test = StepM(benchmark, np.column_stack(columns), size=size, reps=reps, block_size=block_length, seed=rng)
    test.compute()
    return Superior(
        method="StepM, stationary bootstrap, studentised",
        null="the series' mean loss is not below the benchmark's",
        names=names,
        superior=tuple(names[i] for i in sorted(test.superior_models)),
        size=size,
        n=len(benchmark),
        reps=reps,
        assumes=("loss differences are stationary",),
    )
