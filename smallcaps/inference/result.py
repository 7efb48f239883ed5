"""What a test hands back: a frozen result that carries its null hypothesis in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from smallcaps.inference.checks import check_alternative

__all__ = ["TestResult", "choose_tail", "smallest_p", "tail_p"]

# Two placebo statistics that differ by rounding alone are equal: sums taken in another order differ
# by about 1e-16.
TIE = 1e-12


@dataclass(frozen=True, kw_only=True)
class TestResult:
    """The outcome of one test, with what it tested.

    Attributes
    ----------
    method : str
        Name of the test.
    null : str
        The null hypothesis in words.
    alternative : {"two-sided", "greater", "less"}
        Direction of the test.
    estimate : float
        The quantity of interest, in the unit of the input.
    statistic : float
        What was compared with its distribution under the null.
    p : float
        Probability under the null of a statistic at least as extreme.
    n : int
        Number of observations (events, windows, months) that the estimate rests on.
    interval : tuple of (float, float), optional
        Two-sided interval at `level`, whatever the alternative; None where the test gives none.
    level : float
        Coverage of the interval.
    assumes : tuple of str
        What must hold for p and interval to mean what they say.
    notes : tuple of str
        What a reader should know of this very result.
    resamples : int, optional
        Size of the reference set: sign patterns, placebo sets, arrangements or draws.
    smallest_p : float, optional
        The smallest p that a reference set of this size can give.
    """

    __test__: ClassVar[bool] = False  # the name begins with Test, and pytest would collect it

    method: str
    null: str
    alternative: str
    estimate: float
    statistic: float
    p: float
    n: int
    interval: tuple[float, float] | None = None
    level: float = 0.95
    assumes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    resamples: int | None = None
    smallest_p: float | None = None

    def __post_init__(self) -> None:
        check_alternative(self.alternative)


def tail_p(observed: float, reference: np.ndarray, *, alternative: str, exhaustive: bool) -> float:
    """Return the share of a reference set at least as extreme as the observed statistic.

    Parameters
    ----------
    observed : float
        The statistic of the data.
    reference : ndarray of shape (n_sets,)
        The statistic of every set, or of a random draw of sets, under the null.
    alternative : {"two-sided", "greater", "less"}
        Two-sided is twice the smaller tail, at most 1, since reference sets need not be symmetric.
    exhaustive : bool
        True if `reference` holds every set, the observed one among them. Otherwise the observed set
        is added to the draws, (b + 1) / (m + 1), so that p is never 0 and the test keeps its size.

    References
    ----------
    Phipson and Smyth (2010), "Permutation p-values should never be zero".
    """
    check_alternative(alternative)
    tie = TIE * max(float(np.max(np.abs(reference))), abs(observed))
    extra = 0 if exhaustive else 1
    total = len(reference) + extra
    greater = (np.count_nonzero(reference >= observed - tie) + extra) / total
    less = (np.count_nonzero(reference <= observed + tie) + extra) / total
    return choose_tail(greater, less, alternative=alternative)


def choose_tail(greater: float, less: float, *, alternative: str) -> float:
    """Return the p of one alternative from those of both tails; two-sided doubles the smaller."""
    tails = {"greater": greater, "less": less, "two-sided": min(1.0, 2 * min(greater, less))}
    return float(tails[check_alternative(alternative)])


def smallest_p(sets: int, *, alternative: str, exhaustive: bool) -> float:
    """Return the smallest p that `tail_p` can give with a reference set of this size."""
    sides = 2 if check_alternative(alternative) == "two-sided" else 1
    return min(1.0, sides / (sets if exhaustive else sets + 1))
