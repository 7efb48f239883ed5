"""How often a test rejects where there is nothing to find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

import numpy as np

from smallcaps.inference.checks import check_generator, check_probability, check_whole
from smallcaps.inference.result import TestResult

__all__ = ["Size", "simulated_size"]

TOLERATED = 1.5  # 7.5 % for a test at 5 %

Sample = TypeVar("Sample")


@dataclass(frozen=True, kw_only=True)
class Size:
    """The simulated size of a test.

    `share` of `reps` samples under `null` were rejected at level `nominal`; `standard_error` is
    that share's Monte Carlo error.
    """

    nominal: float
    share: float
    reps: int
    standard_error: float
    null: str

    @property
    def distorted(self) -> bool:
        """Whether it rejects over one and a half times as often as it says: 7.5 % at 5 %."""
        return self.share > TOLERATED * self.nominal


def simulated_size(
    test: Callable[[Sample], TestResult | float],
    *,
    simulate: Callable[[np.random.Generator], Sample],
    reps: int,
    rng: np.random.Generator,
    nominal: float = 0.05,
    null: str = "the simulated samples hold no effect",
) -> Size:
    """Return how often `test` rejects at level `nominal` in samples made under the null.

    Parameters
    ----------
    test : callable
        Takes one sample; returns its p, or a result with the attribute `p`.
    simulate : callable
        Takes the generator; returns one sample in which the null holds.
    reps : int
        Number of samples.
    rng : numpy.random.Generator
        Source of the samples.
    nominal : float
        Level at which the test is said to reject; p up to and including it counts as a rejection.
    null : str
        What holds in the samples, in words.

    Raises
    ------
    InputError
        Counts or levels out of range, no `rng`, or a p that is not from 0 to 1.
    """
    check_whole(reps, name="reps")
    check_generator(rng, why="a simulation")
    check_probability(nominal, name="nominal")
    rejected = 0
    for _ in range(reps):
        outcome = test(simulate(rng))
        p = check_probability(getattr(outcome, "p", outcome), name="p of the test", closed=True)
        # Exact tests take few values, and p = nominal is among them: rounding must not decide.
        rejected += p <= nominal + 1e-12
    share = rejected / reps
    return Size(
        nominal=nominal,
        share=share,
        reps=reps,
        standard_error=sqrt(share * (1 - share) / reps),
        null=null,
    )
