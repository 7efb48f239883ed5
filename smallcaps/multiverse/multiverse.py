"""A multiverse: a grid of specifications, a panel to compute them from, and the curve that comes of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from smallcaps.errors import TooFewEvents
from smallcaps.multiverse.curve import Curve, curve_of
from smallcaps.multiverse.evaluation import Evaluation
from smallcaps.multiverse.grid import Grid, Specification
from smallcaps.multiverse.placebo import DRAWS, Cycle, Moved
from smallcaps.multiverse.source import Source, Unavailable
from smallcaps.panel import Panel

LEAST = 10  # specifications: with fewer there is no curve to speak of


class Multiverse(ABC):
    """The specifications of one claim on one panel. A subclass says how one is laid on the calendar and evaluated."""

    intervals: str  # which 95 % intervals these are
    placebo: str  # what the placebo calendars do, as a clause about them

    def __init__(self, panel: Panel, grid: Grid, source: Source):
        self.panel = panel
        self.grid = grid
        self.source = source

    @abstractmethod
    def case(self, specification: Specification) -> Any:
        """The specification laid on the calendar; Unavailable with the reason where the window lacks what it needs."""

    @abstractmethod
    def placebos(self, rng: np.random.Generator, *, draws: int = DRAWS) -> Moved | Cycle:
        """The placebo calendars that all specifications share."""

    @abstractmethod
    def evaluate(self, cases: Sequence[Any], placebos: Moved | Cycle) -> Evaluation:
        """The cases in every placebo calendar."""

    def declared_begins(self) -> list[int]:
        """Positions of the months at which the grid's samples begin."""
        options = (
            option for dimension in self.grid.dimensions if dimension.name == "sample" for option in dimension.options
        )
        return [self.source.calendar.position(pd.Period(o.value, freq="M")) for o in options if o.value is not None]

    def laid(self, specifications: Sequence[Specification] | None = None) -> Laid:
        """The specifications (all of the grid if None) as cases, each set of events and series once."""
        chosen = self.grid.specifications if specifications is None else specifications
        kept, cases, seen, together, left_out = [], [], set(), 0, Counter()
        for specification in chosen:
            try:
                case = self.case(specification)
            except Unavailable as reason:
                left_out[str(reason)] += 1
                continue
            if case.fault:
                left_out[case.fault] += 1
            elif case.key in seen:
                together += 1
            else:
                seen.add(case.key)
                kept.append(specification)
                cases.append(case)
        return Laid(tuple(kept), tuple(cases), together, dict(left_out))


@dataclass(frozen=True)
class Laid:
    """Specifications with their cases; how many fell together with an earlier one, and how many could not be laid."""

    specifications: tuple[Specification, ...]
    cases: tuple[Any, ...]
    fell_together: int
    left_out: dict[str, int]


def specification_curve(multiverse: Multiverse, *, rng: np.random.Generator, draws: int = DRAWS) -> Curve:
    """The specification curve of a multiverse with its joint inference.

    `rng` draws the placebo calendars where not all are taken. TooFewEvents where fewer than LEAST specifications
    remain.
    """
    laid = multiverse.laid()
    require_enough(len(laid.cases), claim=multiverse.grid.claim)
    placebos = multiverse.placebos(rng, draws=draws)
    found = multiverse.evaluate(laid.cases, placebos)
    return curve_of(
        multiverse.grid,
        found,
        labels=[specification.labels for specification in laid.specifications],
        exhaustive=placebos.exhaustive,
        fell_together=laid.fell_together,
        left_out=laid.left_out,
        intervals=multiverse.intervals,
        placebo=multiverse.placebo,
    )


def require_enough(count: int, *, claim: str) -> None:
    """TooFewEvents where `count` specifications are too few for a curve."""
    if count < LEAST:
        raise TooFewEvents(f"{count} specifications of {claim} can be computed from this window; a curve takes {LEAST}")
