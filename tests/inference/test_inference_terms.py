"""Permutation of whole terms against a loop over every arrangement."""

from itertools import combinations

import numpy as np
import pytest

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference import simulated_size, term_permutation

PARTIES = "DRRDDRRD"


@pytest.fixture
def months():
    """Eight terms of unequal length, the last two shorter, as a sample's edges make them."""
    lengths = [48] * 6 + [30, 12]
    values = np.random.default_rng(2).normal(0.01, 0.05, sum(lengths))
    terms = np.repeat(np.arange(8), lengths)
    return values, np.array(list(PARTIES))[terms], terms


def loop(values, terms, *, chosen, by_term=False):
    if by_term:
        means = np.array([values[terms == t].mean() for t in range(8)])
        held = np.isin(range(8), chosen)
        return means[held].mean() - means[~held].mean()
    held = np.isin(terms, chosen)
    return values[held].mean() - values[~held].mean()


@pytest.mark.parametrize("by_term", [False, True])
def test_exhaustive_is_the_loop(months, by_term):
    values, labels, terms = months
    every = [loop(values, terms, chosen=c, by_term=by_term) for c in combinations(range(8), 4)]
    observed = loop(values, terms, chosen=[0, 3, 4, 7], by_term=by_term)
    expected = np.mean(np.array(every) >= observed - 1e-12)
    result = term_permutation(
        values,
        labels,
        terms,
        statistic="difference in term means" if by_term else "difference in means",
        alternative="greater",
    )
    assert result.estimate == pytest.approx(observed)
    assert result.p == pytest.approx(expected)
    assert (result.n, result.resamples, result.smallest_p) == (8, 70, 1 / 70)
    assert "70" in result.null


def test_the_other_order_gives_the_other_sign(months):
    here = term_permutation(*months, alternative="greater")
    there = term_permutation(*months, alternative="less", first="R")
    assert there.estimate == pytest.approx(-here.estimate)
    assert there.p == here.p


def test_random_arrangements_come_close_to_all(months, monkeypatch):
    exact = term_permutation(*months)
    monkeypatch.setattr("smallcaps.inference.terms.EXHAUSTIVE_TO", 10)
    drawn = term_permutation(*months, rng=np.random.default_rng(0), draws=20_000)
    assert drawn.p == pytest.approx(exact.p, abs=0.015)
    assert drawn.estimate == exact.estimate
    assert drawn.smallest_p == 2 / 20_001


def test_many_terms_need_a_generator():
    terms = np.repeat(np.arange(24), 4)
    labels = np.where(terms % 2 == 0, "D", "R")
    with pytest.raises(InputError, match=r"rng is None; a draw from 2,704,156 arrangements"):
        term_permutation(np.arange(96.0), labels, terms)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (dict(labels=["D"] * 6), InputError, r"labels holds \['D'\]; allowed: exactly two"),
        (dict(labels=list("DDRRDR")), InputError, r"term 2 has labels 'D' and 'R'"),
        (dict(labels=list("DDRR")), InputError, r"have 6, 4, 6 entries"),
        (dict(terms=[0, 0, 1, 1, 1, 1], labels=list("DDRRRR")), TooFewEvents, r"holds 2 terms"),
        (dict(values=[0, 1, 2, np.nan, 4, 5]), InputError, r"values has 1 missing"),
        (dict(statistic="median"), InputError, r"statistic is 'median'; allowed: difference"),
        (dict(first="W"), InputError, r"first is 'W'; allowed: \['D', 'R'\]"),
        (dict(alternative="up"), InputError, r"alternative is 'up'"),
    ],
)
def test_refuses(change, error, message):
    given = dict(values=np.arange(6.0), labels=list("DDRRDD"), terms=[0, 0, 1, 1, 2, 2]) | change
    with pytest.raises(error, match=message):
        term_permutation(given.pop("values"), given.pop("labels"), given.pop("terms"), **given)


@pytest.mark.slow
def test_keeps_its_size_where_a_dummy_regression_would_not():
    terms = np.repeat(np.arange(10), 48)
    labels = np.array(list("DDRDRRDRRD"))[terms]

    def persistent(rng):
        return np.repeat(rng.standard_normal(10), 48) + rng.standard_normal(480)

    size = simulated_size(
        lambda x: term_permutation(x, labels, terms),
        simulate=persistent,
        reps=2_000,
        rng=np.random.default_rng(6),
    )
    assert size.share <= 0.05 + 3 * size.standard_error
