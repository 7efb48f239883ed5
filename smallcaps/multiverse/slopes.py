"""Slopes by the hundred: every regression under every move of its regressor by products of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from smallcaps.inference import first_slopes
from smallcaps.multiverse.evaluation import TAIL, Evaluation
from smallcaps.multiverse.placebo import Moved
from smallcaps.studies.betas import MIN_MONTHS


@dataclass(frozen=True, eq=False)
class SlopeCase:
    """One specification of a regression, laid on the calendar.

    `response` (percentage points) is NaN outside the specification's sample; `driver` belongs to months too and moves
    under the placebos; `control`, if there is one, stays with the response. `horizon` is the number of months that a
    row of the response covers.
    """

    response: np.ndarray
    driver: np.ndarray
    horizon: int = 1
    control: np.ndarray | None = None

    @property
    def stays(self) -> np.ndarray:
        """Months in which everything that does not move is there."""
        there = ~np.isnan(self.response)
        return there if self.control is None else there & ~np.isnan(self.control)

    @property
    def sample(self) -> tuple[np.ndarray, np.ndarray]:
        """Response, and design of driver and control, over the months that have all."""
        rows = self.stays & ~np.isnan(self.driver)
        columns = [self.driver] if self.control is None else [self.driver, self.control]
        return self.response[rows], np.stack([column[rows] for column in columns], axis=1)

    @property
    def key(self) -> bytes:
        """What is computed with: two cases with one key are the same specification under two names."""
        response, design = self.sample
        return response.tobytes() + design.tobytes() + bytes([self.horizon])

    @property
    def fault(self) -> str | None:
        """Why the case gives no estimate, or None."""
        months = int((self.stays & ~np.isnan(self.driver)).sum())
        return f"fewer than {MIN_MONTHS} months" if months < MIN_MONTHS else None


def evaluate(cases: Sequence[SlopeCase], *, placebos: Moved) -> Evaluation:
    """The slope on the driver of each case in every placebo set, with the Newey-West interval of the data as they are.

    The base rate of a slope is zero. Cases with the same driver and kind of control share their products of matrices.
    """
    count = len(cases)
    estimates = np.full((count, placebos.sets + 1), np.nan)
    groups: dict[tuple[int, bool], list[int]] = {}
    drivers = {id(case.driver): case.driver for case in cases}
    for row, case in enumerate(cases):
        groups.setdefault((id(case.driver), case.control is None), []).append(row)
    for (driver, _), rows in groups.items():
        estimates[rows] = _group([cases[row] for row in rows], placebos.series(drivers[driver])).T
    limits = np.array([newey_west(*case.sample, horizon=case.horizon) for case in cases]).reshape(count, 2)
    n = np.array([len(case.sample[0]) for case in cases], dtype=int)
    return Evaluation(estimates, limits[:, 0], limits[:, 1], np.zeros(count), n)


def _group(cases: Sequence[SlopeCase], driver: np.ndarray) -> np.ndarray:
    """Slopes of shape (sets, cases) for the rows of `driver`, which all cases have in common."""
    used = np.any([case.stays for case in cases], axis=0)
    stays = np.stack([case.stays[used] for case in cases], axis=1).astype(float)
    y = _filled([case.response[used] for case in cases], stays)
    there = ~np.isnan(driver[:, used])
    x, there = np.where(there, driver[:, used], 0.0), there.astype(float)
    n, sx, sy, sxx, sxy = there @ stays, x @ stays, there @ y, (x * x) @ stays, x @ y
    with np.errstate(invalid="ignore", divide="ignore"):
        xx, xy = sxx - sx * sx / n, sxy - sx * sy / n
        if cases[0].control is None:
            return np.where(n >= 3, xy / xx, np.nan)
        c = _filled([case.control[used] for case in cases], stays)
        sc, scc, scy, sxc = there @ c, there @ (c * c), there @ (c * y), x @ c
        cc, cy, xc = scc - sc * sc / n, scy - sc * sy / n, sxc - sx * sc / n
        return np.where(n >= 4, (xy * cc - cy * xc) / (xx * cc - xc * xc), np.nan)


def _filled(columns: list[np.ndarray], stays: np.ndarray) -> np.ndarray:
    return np.where(stays > 0, np.stack(columns, axis=1), 0.0)


def newey_west(y: np.ndarray, drivers: np.ndarray, *, horizon: int = 1) -> tuple[float, float]:
    """The 95 % interval of the first slope, as inference.ols gives it: Student's t with n - k degrees of freedom."""
    slope, error = first_slopes(y, drivers[None], horizon=horizon)
    margin = stats.t.ppf(TAIL, len(y) - drivers.shape[1] - 1) * error
    return float((slope - margin)[0]), float((slope + margin)[0])
