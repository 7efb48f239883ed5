"""Permutation of whole terms: a label that lasts for years counts once, not once a month."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations
from math import comb

import numpy as np

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference.checks import (
    check_alternative,
    check_generator,
    check_whole,
    finite_values,
)
from smallcaps.inference.result import TestResult, smallest_p, tail_p

__all__ = ["term_permutation"]

EXHAUSTIVE_TO = 20_000  # arrangements of terms; beyond it they are drawn


def term_permutation(
    values: Sequence[float],
    labels: Sequence[Hashable],
    terms: Sequence[Hashable],
    *,
    statistic: str = "difference in means",
    alternative: str = "two-sided",
    rng: np.random.Generator | None = None,
    draws: int = 20_000,
    first: Hashable | None = None,
) -> TestResult:
    """Return the difference between two labels and its p among arrangements over whole terms.

    A label that lasts for years (the party in office) has as many chances to be right as there are
    terms, not months.

    Parameters
    ----------
    values : array-like of shape (n_months,)
        The monthly series, without gaps.
    labels : sequence of shape (n_months,)
        One of exactly two labels for each month, the same all through a term.
    terms : sequence of shape (n_months,)
        The term that each month belongs to.
    statistic : {"difference in means", "difference in term means"}
        Over months, or with every term counted once.
    alternative : {"two-sided", "greater", "less"}
        Two-sided is twice the smaller tail.
    rng : numpy.random.Generator, optional
        Needed when there are more than 20,000 arrangements: then `draws` random ones count, with (b
        + 1) / (m + 1).
    first : label, optional
        The label whose mean comes first in the difference; the first in sorted order if not given.

    Returns
    -------
    TestResult
        `estimate` and `statistic` are the difference, in the unit of `values`; `n` is the number of
        terms.

    Raises
    ------
    InputError
        Other than two labels, a term with two labels, unequal lengths, missing values, an unknown
        statistic.
    TooFewEvents
        Fewer than 3 terms.
    """
    months = finite_values(values, name="values")
    check_alternative(alternative)
    allowed = ("difference in means", "difference in term means")
    if statistic not in allowed:
        raise InputError(f"statistic is {statistic!r}; allowed: {', '.join(allowed)}")
    first, second, is_first, sums, sizes = _terms(months, labels, terms, first=first)
    if statistic == "difference in term means":
        sums, sizes = sums / sizes, np.ones(len(sizes))
    count, held = len(sums), int(is_first.sum())
    arrangements = comb(count, held)
    exhaustive = arrangements <= EXHAUSTIVE_TO
    if exhaustive:
        sets = np.zeros((arrangements, count))
        chosen = np.array(list(combinations(range(count), held)))
        np.put_along_axis(sets, chosen, 1.0, axis=1)
    else:
        check_whole(draws, name="draws", least=99)
        check_generator(rng, why=f"a draw from {arrangements:,} arrangements (above {EXHAUSTIVE_TO:,})")
        sets = rng.permuted(np.tile(is_first.astype(float), (draws, 1)), axis=1)

    def difference(held_by_first: np.ndarray) -> np.ndarray:
        total, size = held_by_first @ sums, held_by_first @ sizes
        return total / size - (sums.sum() - total) / (sizes.sum() - size)

    observed = float(difference(is_first.astype(float)))
    kind = "all" if exhaustive else "random"
    return TestResult(
        method="permutation of whole terms",
        null=f"a term's label says nothing about its returns ({kind} arrangements: {len(sets):,})",
        alternative=alternative,
        estimate=observed,
        statistic=observed,
        p=tail_p(observed, difference(sets), alternative=alternative, exhaustive=exhaustive),
        n=count,
        assumes=("terms are exchangeable under the null", "each label's number of terms is given"),
        notes=(f"{statistic}: {first} minus {second}; {held} of {count} terms are {first}",),
        resamples=len(sets),
        smallest_p=smallest_p(len(sets), alternative=alternative, exhaustive=exhaustive),
    )


def _terms(months, labels, terms, *, first):
    """Return both labels, which terms hold the first, and each term's sum and number of months."""
    labels, terms = list(labels), list(terms)
    if not len(months) == len(labels) == len(terms):
        raise InputError(
            f"values, labels, terms have {len(months)}, {len(labels)}, {len(terms)} entries; allowed: equal lengths"
        )
    label_of: dict[Hashable, Hashable] = {}
    for label, term in zip(labels, terms, strict=True):
        if label_of.setdefault(term, label) != label:
            raise InputError(f"term {term!r} has labels {label_of[term]!r} and {label!r}; allowed: one a term")
    kinds = sorted(set(labels), key=str)
    if len(kinds) != 2:
        raise InputError(f"labels holds {kinds}; allowed: exactly two different labels")
    if len(label_of) < 3:
        raise TooFewEvents(f"terms holds {len(label_of)} terms; allowed: at least 3")
    first = kinds[0] if first is None else first
    if first not in kinds:
        raise InputError(f"first is {first!r}; allowed: {kinds}")
    number = {term: i for i, term in enumerate(label_of)}
    index = np.array([number[term] for term in terms])
    is_first = np.array([label == first for label in label_of.values()])
    second = kinds[1] if first == kinds[0] else kinds[0]
    sums, sizes = np.bincount(index, weights=months), np.bincount(index).astype(float)
    return first, second, is_first, sums, sizes
