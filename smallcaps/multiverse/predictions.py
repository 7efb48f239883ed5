"""Predictive regressions by the hundred, each slope less the bias that a persistent predictor brings with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smallcaps.inference import hodrick_1b
from smallcaps.inference.overlap import windows_ahead
from smallcaps.inference.persistence import HIGHEST_RHO
from smallcaps.multiverse.evaluation import Evaluation
from smallcaps.multiverse.placebo import Moved


@dataclass(frozen=True, eq=False)
class PredictionCase:
    """One specification of a predictive regression on an annual calendar.

    `rows` are the positions of its years in a row; `returns` (log, decimals) and `predictor` lie on the calendar. The
    slope is in percentage points a year, for `unit` of the predictor.
    """

    rows: np.ndarray
    returns: np.ndarray
    predictor: np.ndarray
    horizon: int
    unit: float = 1.0

    @property
    def scale(self) -> float:
        """From a slope of the summed log return to percentage points a year for one unit."""
        return self.unit * 100 / self.horizon

    @property
    def key(self) -> bytes:
        """What is computed with: two cases with one key are the same specification under two names."""
        return self.returns[self.rows].tobytes() + self.predictor[self.rows].tobytes() + bytes([self.horizon])

    @property
    def fault(self) -> str | None:
        """Why the case gives no estimate, or None."""
        least = max(10, 2 * self.horizon + 1)
        return f"fewer years than {least}, the least for {self.horizon}" if len(self.rows) < least else None


def evaluate(cases: Sequence[PredictionCase], *, placebos: Moved) -> Evaluation:
    """The corrected slope of each case in every placebo set, each set with the bias of its own moved predictor.

    The interval is Hodrick's 1B of the data as they are, about the corrected slope; the base rate is zero.
    """
    estimates = np.full((len(cases), placebos.sets + 1), np.nan)
    low, high = np.full(len(cases), np.nan), np.full(len(cases), np.nan)
    n = np.zeros(len(cases), dtype=int)
    for row, case in enumerate(cases):
        returns, own = case.returns[case.rows], case.predictor[case.rows]
        predictor = placebos.series(case.predictor)[:, case.rows]
        slope = _slopes(predictor[:, : -case.horizon], windows_ahead(returns, horizon=case.horizon))
        bias = _biases(returns, predictor, horizon=case.horizon)
        estimates[row] = (slope - bias) * case.scale
        limits = hodrick_1b(returns, own, horizon=case.horizon).intervals["predictor"]
        low[row], high[row] = ((limit - bias[0]) * case.scale for limit in limits)
        n[row] = len(case.rows) - case.horizon
    return Evaluation(estimates, low, high, np.zeros(len(cases)), n)


def _slopes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Slopes of y on each row of x; y has one row for all or one for each."""
    centred = x - x.mean(axis=1, keepdims=True)
    return (centred * y).sum(axis=1) / (centred * centred).sum(axis=1)


def _biases(returns: np.ndarray, predictor: np.ndarray, *, horizon: int) -> np.ndarray:
    """What inference.slope_bias gives for each row of `predictor`, with Kendall's correction of its persistence."""
    now, before = predictor[:, 1:], predictor[:, :-1]
    pairs = now.shape[1]
    rho = _slopes(before, now)
    surprise = now - rho[:, None] * before
    surprise -= surprise.mean(axis=1, keepdims=True)
    noise = returns[1:] - _slopes(before, returns[1:])[:, None] * before
    ratio = (surprise * noise).sum(axis=1) / (surprise * surprise).sum(axis=1)
    rho = np.minimum(rho + (1 + 3 * rho) / pairs, HIGHEST_RHO)
    geometric = (rho[:, None] ** np.arange(horizon)).sum(axis=1)
    return -ratio / pairs * (horizon * (1 + rho) + 2 * rho * geometric)
