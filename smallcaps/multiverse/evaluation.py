"""What an evaluation of many specifications under many placebos hands back, and the 95 % intervals in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.95
TAIL = (1 + LEVEL) / 2


@dataclass(frozen=True)
class Evaluation:
    """Estimates of S specifications in J placebo sets; column 0 is the data as they are.

    `estimates` has shape (S, 1 + J), NaN where a placebo left a specification without a value; `low`, `high`, `base`
    (the base rate) and `n` have shape (S,). `holds` says, in the shape of `estimates`, whether the interval holds the
    claimed figure; None where no figure is claimed.
    """

    estimates: np.ndarray
    low: np.ndarray
    high: np.ndarray
    base: np.ndarray
    n: np.ndarray
    holds: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.estimates)

    def take(self, rows: np.ndarray | list[int]) -> Evaluation:
        """The evaluation of the specifications `rows` alone, in that order."""
        parts = {name: getattr(self, name) for name in ("estimates", "low", "high", "base", "n", "holds")}
        return Evaluation(**{name: part if part is None else part[rows] for name, part in parts.items()})


def mean_margin(n: np.ndarray, total: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Half the width of the t interval of a mean of `n` values with this sum and sum of squares; NaN below two."""
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.maximum(squares - total**2 / n, 0.0) / (n - 1)
        error = np.sqrt(variance / n)
    most = int(n.max(initial=2))
    critical = np.full(most + 1, np.nan)
    critical[2:] = stats.t.ppf(TAIL, np.arange(1, most))
    return critical[n.astype(int)] * error


def share_interval(hits: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The Clopper-Pearson interval of a share, percent; NaN where n is 0. Each pair of counts is computed once."""
    pairs, place = np.unique(np.stack([hits.ravel(), n.ravel()]), axis=1, return_inverse=True)
    k, m = pairs
    with np.errstate(invalid="ignore"):
        low = np.where(k > 0, stats.beta.ppf(1 - TAIL, k, m - k + 1), 0.0)
        high = np.where(k < m, stats.beta.ppf(TAIL, k + 1, m - k), 1.0)
    none = m == 0
    low[none] = high[none] = np.nan
    return (low * 100)[place].reshape(hits.shape), (high * 100)[place].reshape(hits.shape)
