"""Joint inference over a specification curve, after Simonsohn, Simmons and Nelson (2020)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from smallcaps.inference import tail_p
from smallcaps.multiverse.evaluation import Evaluation


@dataclass(frozen=True)
class Statistics:
    """What a whole curve says, in one number each by placebo set; element 0 is the data as they are.

    `agreeing` is the share of specifications on the claimed side of their own base rate, `median` the median estimate,
    `holding` the share whose interval holds the claimed figure (None where no figure is claimed).
    """

    agreeing: np.ndarray
    median: np.ndarray
    holding: np.ndarray | None


def statistics(found: Evaluation, *, direction: str) -> Statistics:
    """The three statistics of `found`; a specification without a value in a set is left out of that set."""
    sign = 1 if direction == "positive" else -1
    there = ~np.isnan(found.estimates)
    count = there.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        beyond = sign * (found.estimates - found.base[:, None]) > 1e-9  # rounding is no agreement
        agreeing = (beyond & there).sum(axis=0) / count
        holding = None if found.holds is None else (found.holds & there).sum(axis=0) / count
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a set in which no specification has a value
        median = (
            np.nanmedian(found.estimates, axis=0)
            if np.isnan(found.estimates).any()
            else np.median(found.estimates, axis=0)
        )
    return Statistics(agreeing, median, holding)


@dataclass(frozen=True)
class Joint:
    """How often placebos gave as much as the data did: p-values of the three statistics in the claimed direction.

    `opposite` are those of the other tail. `p_share_holding` asks whether more intervals hold the claimed figure than
    under placebos. `smallest_p` is what so many placebo sets allow; `placebo_medians` has the median of every set.
    """

    placebos: int
    smallest_p: float
    p_share_agreeing: float
    p_median: float
    p_share_holding: float | None
    p_share_agreeing_opposite: float
    p_median_opposite: float
    placebo_share_agreeing: float
    placebo_share_holding: float | None
    placebo_medians: np.ndarray


def joint(found: Statistics, *, direction: str, exhaustive: bool) -> Joint:
    """The joint p-values; `exhaustive` if the sets are all that exist, the data among them."""
    toward = "greater" if direction == "positive" else "less"
    away = "less" if direction == "positive" else "greater"

    def p(values: np.ndarray, alternative: str) -> float:
        known = values[~np.isnan(values)]
        return tail_p(
            float(values[0]), known if exhaustive else known[1:], alternative=alternative, exhaustive=exhaustive
        )

    return Joint(
        placebos=len(found.median) if exhaustive else len(found.median) - 1,
        smallest_p=1 / len(found.median),
        p_share_agreeing=p(found.agreeing, "greater"),
        p_median=p(found.median, toward),
        p_share_holding=None if found.holding is None else p(found.holding, "greater"),
        p_share_agreeing_opposite=p(found.agreeing, "less"),
        p_median_opposite=p(found.median, away),
        placebo_share_agreeing=float(np.nanmean(found.agreeing[1:])),
        placebo_share_holding=None if found.holding is None else float(np.nanmean(found.holding[1:])),
        placebo_medians=found.median[1:],
    )
