"""False-discovery control against the published example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallcaps.errors import InputError
from smallcaps.inference import benjamini_hochberg


def test_by_hand():
    # Sorted p times m over rank: 0.04, 0.04, 0.04, 0.05 after the running minimum from the top.
    p = {"a": 0.01, "b": 0.03, "c": 0.02, "d": 0.05}
    assert benjamini_hochberg(p) == pytest.approx({"a": 0.04, "b": 0.04, "c": 0.04, "d": 0.05})


def test_published_example():
    # Benjamini and Hochberg (1995), section 4.1: of these 15, the first four are rejected at 5 %.
    ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262]
    ps += [0.5719, 0.6528, 0.7590, 1.0]
    adjusted = benjamini_hochberg({str(i): p for i, p in enumerate(ps)})
    assert [i for i, p in adjusted.items() if p <= 0.05] == ["0", "1", "2", "3"]


def test_claims_without_a_test_stay_out():
    adjusted = benjamini_hochberg({"fact": None, "a": 0.02, "none": None, "b": 0.04})
    assert adjusted == {"fact": None, "a": pytest.approx(0.04), "none": None, "b": 0.04}
    assert list(adjusted) == ["fact", "a", "none", "b"]
    assert benjamini_hochberg({"fact": None}) == {"fact": None}
    assert benjamini_hochberg({}) == {}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_never_below_the_raw_p_nor_above_bonferroni(ps):
    adjusted = benjamini_hochberg(dict(enumerate(ps)))
    for i, p in enumerate(ps):
        assert p - 1e-12 <= adjusted[i] <= min(1, p * len(ps)) + 1e-12


def test_refuses_what_is_no_p():
    with pytest.raises(InputError, match=r"p of b is 1.2; allowed: from 0 to 1"):
        benjamini_hochberg({"a": 0.1, "b": 1.2})
    with pytest.raises(InputError, match=r"p of a is nan"):
        benjamini_hochberg({"a": float("nan")})
