"""A researcher's own series in a grid: an option beside the book's, the chapter's own choice, and what fits it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from smallcaps.errors import InputError
from smallcaps.multiverse.grid import Dimension, Exclusion, Grid, Option
from smallcaps.own import is_own
from smallcaps.pairs import OWN
from smallcaps.panel import Panel

REASON = "The series of one's own that this run was asked for."
SINGLE, PAIR = 26, 36  # letters that the names of options have room for
_ONE_KIND = "an own series has returns of one kind, and so has what it is set against"
_ONE_WEIGHTING = "an own series has weights of its own, as have the indexes, the funds and the whole market"
_SIDES = {"small": ("small", "breaks out"), "large": ("large", "return of")}  # what grids call either side


def with_own(grid: Grid, panel: Panel) -> Grid:
    """The grid with the panel's own series as the first option of each side that is one; as it is without any."""
    if panel.own is None:
        return grid
    names = {dimension.name for dimension in grid.dimensions}
    if {"small", "large"} <= names:
        return _pairs(grid, panel)
    if "breaks out" in names:
        return replace(grid, dimensions=tuple(_with_option(dimension, panel) for dimension in grid.dimensions))
    if "return of" in names:
        small, large = panel.labels(OWN)
        option = Option(_fitting(f"{small} minus {large}", room=PAIR), panel.own.sides, REASON)
        return replace(grid, dimensions=tuple(_first(d, option, "return of") for d in grid.dimensions))
    chosen = ", ".join(dimension.name for dimension in grid.dimensions)
    raise InputError(f"the grid of {grid.claim!r} has no place for an own series; it chooses {chosen}")


def _fitting(label: str, *, room: int) -> str:
    """The label, or a short word for it where the figure of the choices would lose its dots to its names."""
    return label if len(label) <= room else "the own series" if room == SINGLE else "the own pair"


def _pairs(grid: Grid, panel: Panel) -> Grid:
    """Small, large, returns and weighting: own series meet what has returns of their kind."""
    kind = panel.own.kind
    dimensions = tuple(
        dimension.beginning_with(kind) if dimension.name == "returns" else _with_option(dimension, panel)
        for dimension in grid.dimensions
    )
    book = tuple(Exclusion(rule.reason, _without_own(rule.applies)) for rule in grid.exclusions)
    return replace(
        grid,
        dimensions=dimensions,
        exclusions=(
            *book,
            Exclusion(_ONE_KIND, lambda v: bool(_own(v)) and v["returns"] != kind),
            Exclusion(_ONE_KIND, lambda v: bool(_own(v)) and kind == "price" and _others(v) - {"index"} != set()),
            Exclusion(
                _ONE_WEIGHTING,
                lambda v: bool(_own(v)) and v["weighting"] == "ew" and not _others(v) - {"index", "market"},
            ),
        ),
    )


def _with_option(dimension: Dimension, panel: Panel) -> Dimension:
    for side, label in zip(("small", "large"), panel.labels(OWN), strict=True):
        name = getattr(panel.own, side)
        if name and dimension.name in _SIDES[side]:
            return _first(dimension, Option(_fitting(label, room=SINGLE), name, REASON), dimension.name)
    return dimension


def _first(dimension: Dimension, option: Option, name: str) -> Dimension:
    return Dimension(name, (option, *dimension.options)) if dimension.name == name else dimension


def _own(values: Mapping[str, Any]) -> set[str]:
    return {values[side] for side in ("small", "large") if is_own(values[side])}


def _others(values: Mapping[str, Any]) -> set[str]:
    return {values["small"], values["large"]} - _own(values)


def _without_own(applies: Callable[[Mapping[str, Any]], bool]) -> Callable[[Mapping[str, Any]], bool]:
    return lambda values: not _own(values) and applies(values)
