"""What the methods page says of few events among many claims."""

from __future__ import annotations

import re

import pytest

from smallcaps.book.methods import FEW, few_events_among_many, needed
from smallcaps.book.results import Results, Stamp, judge
from smallcaps.claims import EFFECTS, load_register
from smallcaps.evidence import Evidence
from smallcaps.inference import benjamini_hochberg, sign_flip


def results(claims: int, *, n: int = 8) -> Results:
    """An edition in which `claims` effects have a p, the exact test of FEW among them."""
    register = load_register()
    others = [claim.id for claim in register.claims if claim.type in EFFECTS and claim.ceiling != "none"]
    names = [FEW, *(name for name in others if name != FEW)][:claims]
    found = {name: Evidence(estimate=1.0, p=0.5, n=n) for name in names}
    judged = judge(found, curves={}, chapters={claim.chapter for claim in register.claims})
    return Results(Stamp("1926-07", "2026-09", {}, None, "0"), {}, judged, {})


@pytest.mark.parametrize("count", [1, 5, 12, 13, 24, 60])
@pytest.mark.parametrize("p", [1 / 256, 1 / 64, 0.049])
def test_so_many_equal_p_values_are_needed_and_one_less_is_not_enough(p, count):
    least = needed(p, count=count)

    def smallest(small: int) -> float:
        values = {str(i): p if i < small else 1.0 for i in range(count)}
        return min(benjamini_hochberg(values).values())

    assert least <= count
    assert smallest(least) < 0.05
    assert least == 1 or smallest(least - 1) >= 0.05


def test_the_smallest_p_is_that_of_the_test():
    least = sign_flip([1.0] * 8, null=0.0, alternative="greater").p
    assert least == 1 / 256
    assert "1/256 (0.004)" in few_events_among_many(results(12))


def test_what_the_correction_leaves_hangs_on_the_number_of_claims_and_of_events():
    strict = few_events_among_many(results(12))
    assert "only if all eight events point the claimed way" in strict
    assert "1/256 (0.004) at the least; times twelve" in strict
    assert "p = 2/256, comes to 0.094." in strict
    assert "also if not all events point the claimed way" in few_events_among_many(results(5))
    assert "at least one other claim has to have a p about as small" in few_events_among_many(results(6, n=6))
    assert "at least three other claims have to have" in few_events_among_many(results(12, n=6))


def test_the_number_of_events_is_the_one_found():
    assert re.search(r"six events.* 64 patterns of signs.* 1/64 \(0\.016\)", few_events_among_many(results(3, n=6)))


def test_nothing_is_said_where_the_test_was_not_made():
    empty = Results(Stamp("1926-07", "2026-09", {}, None, "0"), {}, judge({}, curves={}, chapters={"etf_flows"}), {})
    assert few_events_among_many(empty) == ""
