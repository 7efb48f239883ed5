"""Grids: every option with its reason, the chapter's own specification first, and no two names for one thing."""

from __future__ import annotations

import pytest

from smallcaps.claims import load_register
from smallcaps.errors import InputError
from smallcaps.multiverse import HEADLINES
from smallcaps.multiverse.grid import Dimension, Exclusion, Grid, Option
from smallcaps.multiverse.grids import choices

COLOUR = Dimension("colour", (Option("red", "r", "It is red."), Option("blue", "b", "It is blue.")))
SIZE = Dimension(
    "size", (Option("small", 1, "It is small."), Option("big", 9, "It is big."), Option("huge", 99, "Huge."))
)
NOT_BLUE = Exclusion("nothing blue is huge", lambda v: v["colour"] == "b" and v["size"] == 99)


def made(**more) -> Grid:
    return Grid("a-claim", "a mean", "pp", "positive", (COLOUR, SIZE), **more)


def test_combinations_in_order_and_what_is_excluded():
    grid = made(exclusions=(NOT_BLUE,))
    assert grid.size == 6
    assert [s.labels for s in grid.specifications] == [
        ("red", "small"),
        ("red", "big"),
        ("red", "huge"),
        ("blue", "small"),
        ("blue", "big"),
    ]
    assert grid.specifications[1]["size"] == 9
    assert grid.excluded == {"nothing blue is huge": 1}


def test_the_own_option_comes_first():
    assert [o.label for o in SIZE.beginning_with("big").options] == ["big", "small", "huge"]
    with pytest.raises(InputError, match="has no option 'tiny'; it has: small, big, huge"):
        SIZE.beginning_with("tiny")
    with pytest.raises(InputError, match="each once"):
        Dimension("twice", (COLOUR.options[0], COLOUR.options[0]))


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("claim", HEADLINES)
def test_declared_grids(claim, wide):
    grid = HEADLINES[claim].grid(wide=wide)
    assert grid.claim == claim
    for dimension in grid.dimensions:
        for option in dimension.options:
            assert len(option.reason) > 3 and option.reason.endswith("."), (dimension.name, option.label)
        assert len({str(option.value) for option in dimension.options}) == len(dimension.options)
    assert all(exclusion.reason for exclusion in grid.exclusions)
    if wide:  # tens of thousands of combinations, made by the same lines
        assert grid.size >= HEADLINES[claim].grid().size
        return
    assert len(grid.specifications) + sum(grid.excluded.values()) == grid.size
    assert grid.specifications[0].labels == tuple(d.options[0].label for d in grid.dimensions)
    assert len(grid.specifications) >= 200


@pytest.mark.parametrize("claim", HEADLINES)
def test_grids_say_what_the_register_says(claim):
    registered = next(c for c in load_register().claims if c.id == claim)
    grid = HEADLINES[claim].grid()
    assert (grid.claimed, grid.direction, grid.unit) == (registered.claimed, registered.direction, registered.unit)
    assert HEADLINES[claim].chapter == registered.chapter


@pytest.mark.parametrize(
    ("pair", "names"),
    [
        ("price", ("r2000_price", "sp500_price")),
        ("total", ("r2000_total", "spy")),
        ("french", ("vw:lo_30", "vw:hi_30")),
    ],
)
def test_the_chapters_pair_is_its_own_specification(pair, names):
    for claim in ("rates-first-cut-gap", "rates-sensitivity", "election-83"):
        own = HEADLINES[claim].grid(pair=pair).specifications[0]
        assert choices.names(own.values) == names
    with pytest.raises(InputError, match="unknown pair 'mixed'"):
        choices.pairs("mixed")


def test_no_pair_mixes_kinds_or_weights():
    for specification in HEADLINES["election-83"].grid(wide=True).specifications:
        small, large = choices.names(specification.values)
        assert ("price" in small) == ("price" in large)
        assert small.startswith("ew:") == large.startswith("ew:")


def test_a_chapters_own_horizon_is_added_and_comes_first():
    grid = HEADLINES["election-83"].grid(horizon=7)
    horizon = next(d for d in grid.dimensions if d.name == "horizon")
    assert [o.value for o in horizon.options] == [7, 6, 12, 24]
    assert horizon.options[0].reason
    assert [o.value for o in HEADLINES["momentum-breakout"].grid(quiet=12).dimensions[1].options] == [12, 6, 24]
