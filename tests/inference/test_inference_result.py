"""The result, the tails and what every test refuses."""

import numpy as np
import pytest

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference import TestResult, check_alternative, tail_p
from smallcaps.inference.checks import (
    check_generator,
    check_probability,
    check_whole,
    finite_values,
)
from smallcaps.inference.result import smallest_p


def test_unknown_alternative_names_value_and_allowed():
    with pytest.raises(InputError, match=r"alternative is 'both'; allowed: two-sided, greater"):
        check_alternative("both")


def test_result_is_frozen_and_checks_its_alternative():
    given = dict(method="m", null="h", estimate=1.0, statistic=1.0, p=0.5, n=3)
    result = TestResult(alternative="less", **given)
    with pytest.raises(AttributeError):
        result.p = 0.1
    with pytest.raises(InputError):
        TestResult(alternative="smaller", **given)
    assert not TestResult.__test__


@pytest.mark.parametrize(
    ("alternative", "exhaustive", "expected"),
    [
        ("greater", True, 2 / 5),
        ("less", True, 4 / 5),
        ("two-sided", True, 4 / 5),
        ("greater", False, 3 / 6),
        ("less", False, 5 / 6),
        ("two-sided", False, 1.0),
    ],
)
def test_tail_p_counts_ties_on_both_sides(alternative, exhaustive, expected):
    p = tail_p(2.0, np.array([0, 1, 1.5, 2, 3.0]), alternative=alternative, exhaustive=exhaustive)
    assert p == pytest.approx(expected)


def test_tail_p_takes_rounding_for_a_tie():
    assert tail_p(0.3, np.array([0.1 + 0.2, 0.1]), alternative="less", exhaustive=True) == 1.0
    assert tail_p(0.1 + 0.2, np.array([0.3, 0.1]), alternative="greater", exhaustive=True) == 0.5


def test_smallest_p():
    assert smallest_p(40, alternative="greater", exhaustive=True) == 1 / 40
    assert smallest_p(99, alternative="two-sided", exhaustive=False) == 2 / 100


@pytest.mark.parametrize("value", [0, 2.0, True, "3", 11])
def test_whole_numbers(value):
    with pytest.raises(InputError, match=r"draws is .*; allowed: a whole number, 1 to 10"):
        check_whole(value, name="draws", most=10)


@pytest.mark.parametrize("value", [0.0, 1.0, -0.1, float("nan")])
def test_probabilities(value):
    with pytest.raises(InputError, match=r"alpha is .*; allowed: between 0 and 1"):
        check_probability(value, name="alpha")


def test_finite_values_refuses_what_it_cannot_use():
    with pytest.raises(InputError, match=r"x has 1 missing or infinite values, .* position 1"):
        finite_values([1.0, np.nan], name="x")
    with pytest.raises(InputError, match=r"x has 2 dimensions; allowed: 1"):
        finite_values([[1.0]], name="x")
    with pytest.raises(InputError, match=r"allowed: numbers"):
        finite_values(["a"], name="x")
    with pytest.raises(TooFewEvents, match=r"x has 1 values; allowed: at least 2"):
        finite_values([1.0], name="x", least=2)
    with pytest.raises(InputError, match=r"rng is 3; a draw needs a numpy.random.Generator"):
        check_generator(3, why="a draw")
