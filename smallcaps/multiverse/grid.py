"""Declared choices: dimensions with options, each with its reason, and the combinations that make no sense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from smallcaps.errors import InputError


@dataclass(frozen=True)
class Option:
    """One defensible choice: the label that pages print, the value that is computed with, and why it is defensible."""

    label: str
    value: Any
    reason: str


@dataclass(frozen=True)
class Dimension:
    """A decision that an analyst has to take, with the options that are defensible; the first is the chapter's own."""

    name: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        labels = [option.label for option in self.options]
        if not labels or len(set(labels)) < len(labels):
            raise InputError(f"dimension {self.name!r} has the options {labels}; allowed: at least one, each once")

    def beginning_with(self, label: str) -> Dimension:
        """The same dimension with the option `label` first, as the chapter's own choice."""
        own = [option for option in self.options if option.label == label]
        if not own:
            allowed = ", ".join(option.label for option in self.options)
            raise InputError(f"dimension {self.name!r} has no option {label!r}; it has: {allowed}")
        return Dimension(self.name, (*own, *(option for option in self.options if option.label != label)))


@dataclass(frozen=True)
class Exclusion:
    """Combinations that are not defensible: those whose values `applies` says yes to, and why."""

    reason: str
    applies: Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Specification:
    """One combination of options: `labels` in the order of the grid's dimensions, `values` by dimension."""

    labels: tuple[str, ...]
    values: Mapping[str, Any]

    def __getitem__(self, dimension: str) -> Any:
        return self.values[dimension]


@dataclass(frozen=True)
class Grid:
    """All defensible ways to measure one claim.

    `measure` says in words what is estimated, in `unit`; `claimed` is the figure (None: only the direction is
    claimed), `direction` positive or negative. The first option of every dimension together are the chapter's own
    specification.
    """

    claim: str
    measure: str
    unit: str
    direction: str
    dimensions: tuple[Dimension, ...]
    exclusions: tuple[Exclusion, ...] = ()
    claimed: float | None = None

    @property
    def size(self) -> int:
        """Combinations before any is excluded."""
        size = 1
        for dimension in self.dimensions:
            size *= len(dimension.options)
        return size

    @cached_property
    def specifications(self) -> tuple[Specification, ...]:
        """The defensible combinations, the chapter's own first, the last dimension changing fastest."""
        return tuple(specification for specification, reason in self._combinations if reason is None)

    @cached_property
    def excluded(self) -> dict[str, int]:
        """How many combinations each exclusion took out; one that several apply to counts for the first."""
        return dict(Counter(reason for _, reason in self._combinations if reason is not None))

    @cached_property
    def _combinations(self) -> list[tuple[Specification, str | None]]:
        names = [dimension.name for dimension in self.dimensions]
        found = []
        for options in product(*(dimension.options for dimension in self.dimensions)):
            values = {name: option.value for name, option in zip(names, options, strict=True)}
            reason = next((exclusion.reason for exclusion in self.exclusions if exclusion.applies(values)), None)
            found.append((Specification(tuple(option.label for option in options), values), reason))
        return found

    def as_json(self) -> list[dict[str, str]]:
        """Every option with its dimension and its reason."""
        return [
            {"dimension": dimension.name, "option": option.label, "reason": option.reason}
            for dimension in self.dimensions
            for option in dimension.options
        ]
