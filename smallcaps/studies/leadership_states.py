"""Who leads, by a model of two hidden states: probabilities that know only the past, and hindsight for comparison."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.panel import Panel
from smallcaps.studies.value_rotation import LEGS, relative_wealth

FIRST_FIT = 240  # months: twenty years before the first estimate
REFIT = 60  # months between estimates
DIGITS = 3  # of the estimates: far within their error, and the same on every machine
SINCE = pd.Period("1963-07", freq="M")  # with all since 1926 a few outliers take one state for themselves


@dataclass(frozen=True)
class States:
    """Two states of the monthly log gap, small value minus big growth; state 1 is the one with the higher mean.

    `means` and `deviations` are in percentage points a month, `stay` the probabilities of staying in a state for
    another month. `filtered` and `smoothed` are probabilities of state 1 by month, given the months so far and all
    months; both use the estimates of the whole sample.
    """

    means: tuple[float, float]
    deviations: tuple[float, float]
    stay: tuple[float, float]
    filtered: pd.Series
    smoothed: pd.Series


@dataclass(frozen=True)
class Leadership:
    """Probability that small value leads. `known` uses past months alone, estimates included: re-estimated every REFIT
    months on the months so far, first after FIRST_FIT. `whole` is the model of the whole sample, with hindsight.
    """

    known: pd.Series
    whole: States
    refits: int

    def at(self, month: pd.Period) -> float:
        """The probability known at the end of `month`, percent; NotCovered outside the sample."""
        if month not in self.known.index:
            raise NotCovered(
                f"no state probability for {month}; there are some for {self.known.index[0]} to {self.known.index[-1]}"
            )
        return float(self.known[month] * 100)


def leadership(panel: Panel, *, since: pd.Period = SINCE, legs: tuple[str, str] = LEGS) -> Leadership:
    """Probability by month that small value leads big growth: two means, one variance (Hamilton's filter).

    `legs` names the return series that stand for the two.
    """
    gap = _gap(panel, since=since, legs=legs)
    if len(gap) <= FIRST_FIT:
        raise TooFewEvents(f"{len(gap)} months since {gap.index[0]}; state probabilities need more than {FIRST_FIT}")
    parts = []
    for last in range(FIRST_FIT, len(gap), REFIT):
        model = states(gap.iloc[:last])
        ahead = _probabilities(gap.iloc[: last + REFIT], _parameters(model), own_variance=False)[0]
        parts.append(ahead.iloc[last:])
    return Leadership(known=pd.concat(parts).rename("probability"), whole=states(gap), refits=len(parts))


def whole_window(panel: Panel, *, own_variance: bool, legs: tuple[str, str] = LEGS) -> States:
    """The two states over all months of the window, with hindsight: one variance, or one for each state."""
    gap = _gap(panel, since=None, legs=legs)
    if len(gap) <= FIRST_FIT:
        raise TooFewEvents(f"{len(gap)} months; a model of two states needs more than {FIRST_FIT}")
    return states(gap, own_variance=own_variance)


def states(gap: pd.Series, *, own_variance: bool = False) -> States:
    """The two-state model of `gap` (percentage points a month) by maximum likelihood, from a fixed start.

    The start: the sample mean half a standard deviation down and up, the sample variance, 0.97 to stay. TooFewEvents
    if the search does not converge.
    """
    model = _model(gap, own_variance=own_variance)
    mean, deviation = gap.mean(), gap.std()
    start = [0.97, 0.03, mean - deviation / 2, mean + deviation / 2, *[deviation**2] * (2 if own_variance else 1)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a failed search is reported below, in words
        fit = model.fit(start_params=np.array(start), disp=False, maxiter=500, cov_type="none")
    if not fit.mle_retvals["converged"]:
        raise TooFewEvents(f"the model of two states finds no solution for {gap.index[0]} to {gap.index[-1]}")
    parameters = np.round(fit.params, DIGITS)
    filtered, smoothed = _probabilities(gap, parameters, own_variance=own_variance)
    deviations = np.sqrt(parameters[4:])
    low, high = (0, 1) if parameters[2] <= parameters[3] else (1, 0)
    stay = (parameters[0], 1 - parameters[1])
    return States(
        means=(float(parameters[2 + low]), float(parameters[2 + high])),
        deviations=(float(deviations[low if own_variance else 0]), float(deviations[high if own_variance else 0])),
        stay=(float(stay[low]), float(stay[high])),
        filtered=filtered,
        smoothed=smoothed,
    )


def _gap(panel: Panel, *, since: pd.Period | None, legs: tuple[str, str]) -> pd.Series:
    """Monthly log gap in percentage points."""
    gap = relative_wealth(panel, legs=legs).diff().iloc[1:].loc[since:] * 100
    if not len(gap):
        raise NotCovered(f"no month since {since} in this window")
    return gap


def _model(gap: pd.Series, *, own_variance: bool):
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

    return MarkovRegression(gap.to_numpy(), k_regimes=2, trend="c", switching_variance=own_variance)


def _parameters(model: States) -> np.ndarray:
    """The parameters of a model with one variance, state 0 the lower mean."""
    return np.array([model.stay[0], 1 - model.stay[1], *model.means, model.deviations[0] ** 2])


def _probabilities(gap: pd.Series, parameters: np.ndarray, *, own_variance: bool) -> tuple[pd.Series, pd.Series]:
    """Filtered and smoothed probabilities of the state with the higher mean."""
    result = _model(gap, own_variance=own_variance).smooth(parameters, cov_type="none")
    state = 1 if parameters[2] <= parameters[3] else 0
    columns = (result.filtered_marginal_probabilities, result.smoothed_marginal_probabilities)
    return tuple(pd.Series(column[:, state], index=gap.index) for column in columns)
