"""What a sample can show: the smallest effect it would detect, and how much hangs on one event."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from smallcaps.errors import InputError, TooFewEvents
from smallcaps.inference.checks import (
    check_alternative,
    check_probability,
    check_whole,
    finite_values,
)

__all__ = ["LeaveOneOut", "leave_one_out", "minimum_detectable_effect"]


def minimum_detectable_effect(
    sd: float,
    *,
    n: int,
    alpha: float = 0.05,
    power: float = 0.8,
    alternative: str = "two-sided",
) -> float:
    """Return the mean effect that a t test of `n` events finds with probability `power`.

    Parameters
    ----------
    sd : float
        Standard deviation of the events' values; the result has the same unit. 1.0 gives it in
        standard deviations.
    n : int
        Number of events.
    alpha : float
        Level of the test.
    power : float
        Probability of a rejection where the effect is real; above `alpha`.
    alternative : {"two-sided", "greater", "less"}
        Both one-sided tests give the same number, without sign.

    Raises
    ------
    InputError
        A negative or missing `sd`, probabilities out of range, power not above alpha.
    TooFewEvents
        Fewer than 2 events.
    """
    if not (np.isfinite(sd) and sd >= 0):
        raise InputError(f"sd is {sd!r}; allowed: a finite number, at least 0")
    if check_whole(n, name="n", least=0) < 2:
        raise TooFewEvents(f"n is {n}; allowed: at least 2")
    check_probability(alpha, name="alpha")
    check_probability(power, name="power")
    if power <= alpha:
        raise InputError(f"power is {power!r}; allowed: above alpha, {alpha!r}")
    side = "two-sided" if check_alternative(alternative) == "two-sided" else "larger"

    from statsmodels.stats.power import TTestPower

    effect = TTestPower().solve_power(nobs=n, alpha=alpha, power=power, alternative=side)
    return float(sd) * float(effect)


@dataclass(frozen=True, kw_only=True)
class LeaveOneOut:
    """Means without each event: `without` maps label to mean, in the unit of the input.

    `mean` is that of all events; `most_influential` the label whose removal moves it furthest,
    `influence` by how much (mean minus the mean without it); `low` and `high` the smallest and
    largest of the means.
    """

    mean: float
    without: dict[Hashable, float]
    most_influential: Hashable
    influence: float
    low: float
    high: float


def leave_one_out(x: Sequence[float], *, labels: Sequence[Hashable]) -> LeaveOneOut:
    """Return the mean without each event in turn, and the event that matters most.

    Parameters
    ----------
    x : array-like of shape (n_events,)
        One value per event.
    labels : sequence of shape (n_events,)
        Names of the events, all different.

    Raises
    ------
    InputError
        Labels that do not fit or repeat, missing values.
    TooFewEvents
        Fewer than 2 events.
    """
    values = finite_values(x, name="x", least=2)
    labels = list(labels)
    if len(labels) != len(values) or len(set(labels)) != len(labels):
        raise InputError(f"labels holds {len(set(labels))} different labels; allowed: {len(values)}")
    mean = float(values.mean())
    others = (values.sum() - values) / (len(values) - 1)
    most = int(np.argmax(np.abs(others - mean)))
    return LeaveOneOut(
        mean=mean,
        without=dict(zip(labels, others.tolist(), strict=True)),
        most_influential=labels[most],
        influence=mean - float(others[most]),
        low=float(others.min()),
        high=float(others.max()),
    )
