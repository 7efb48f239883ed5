"""The six headline claims with an effect, each with its multiverse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from smallcaps.errors import InputError
from smallcaps.multiverse.curve import Curve
from smallcaps.multiverse.grid import Grid
from smallcaps.multiverse.grids import breakouts, elections, first_cuts, flows, own_series, rates, spreads
from smallcaps.multiverse.multiverse import Multiverse, specification_curve
from smallcaps.multiverse.placebo import DRAWS
from smallcaps.panel import Panel


@dataclass(frozen=True)
class Headline:
    """How to make the multiverse of a claim: its grid and the class that evaluates it, and the tables it reads."""

    chapter: str
    grid: Callable[..., Grid]
    multiverse: Callable[[Panel, Grid], Multiverse]
    tables: tuple[str, ...]


_INDEXES = ("index_levels", "etf_total_returns")
_FRENCH = ("ff_size_portfolios", "ff_size_portfolios_ew", "ff_factors")

HEADLINES = {
    first_cuts.CLAIM: Headline(
        "rate_sensitivity",
        first_cuts.grid,
        first_cuts.FirstCuts,
        (*_INDEXES, *_FRENCH, "fomc_target_changes", "fred_monthly"),
    ),
    rates.CLAIM: Headline(
        "rate_sensitivity",
        rates.grid,
        rates.Rates,
        (*_INDEXES, *_FRENCH, "fomc_target_changes", "treasury_yields_month_end", "fred_monthly"),
    ),
    elections.CLAIM: Headline(
        "election_cycles",
        elections.grid,
        elections.Elections,
        (*_INDEXES, *_FRENCH, "presidential_elections", "fred_monthly"),
    ),
    breakouts.CLAIM: Headline(
        "momentum_and_records",
        breakouts.grid,
        breakouts.Breakouts,
        (*_INDEXES, "ff_size_portfolios", "ff_factors", "fred_monthly"),
    ),
    spreads.CLAIM: Headline(
        "value_rotation",
        spreads.grid,
        spreads.Spreads,
        ("ff_6_portfolios", "ff_factors", "ff_beme_breakpoints"),
    ),
    flows.CLAIM: Headline(
        "etf_flows",
        flows.grid,
        flows.Flows,
        ("etf_total_returns", "ff_size_portfolios", "iwm_month_end", "iwm_flows_daily_method", "fred_monthly"),
    ),
}


def multiverse(claim: str, panel: Panel, **own: Any) -> Multiverse:
    """The multiverse of `claim` on `panel`; `own` are the chapter's own choices, and `wide` for the sweep's grid.

    Where the panel has an own pair, its series are options too, and the chapter's.
    """
    if claim not in HEADLINES:
        raise InputError(f"claim {claim!r} has no specification curve; those that have one: {', '.join(HEADLINES)}")
    headline = HEADLINES[claim]
    if "pair" in own:
        own["pair"] = panel.base_of(own["pair"])
    return headline.multiverse(panel, own_series.with_own(headline.grid(**own), panel))


def curve(panel: Panel, *, claim: str, rng: np.random.Generator, draws: int = DRAWS, **own: Any) -> Curve:
    """The specification curve of `claim` on `panel` with its joint inference.

    `own` are the chapter's own choices where it has parameters: horizon and pair, or horizon and quiet. TooFewEvents
    where the window leaves fewer than ten specifications.
    """
    return specification_curve(multiverse(claim, panel, **own), rng=rng, draws=draws)
