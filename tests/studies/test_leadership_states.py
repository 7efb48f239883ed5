"""Two hidden states: recovered where they are there, without a look ahead, and the same every time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.returns import ReturnSeries
from smallcaps.studies import leadership_states as study


def simulated(months: int, *, means=(-1.0, 2.0), deviation=1.0, stay=0.96, seed=3) -> tuple[pd.Series, np.ndarray]:
    """Monthly gaps in percentage points and the states that made them."""
    draw = np.random.default_rng(seed)
    state, path = 0, []
    for _ in range(months):
        state = state if draw.random() < stay else 1 - state
        path.append(state)
    states = np.array(path)
    values = np.array(means)[states] + deviation * draw.standard_normal(months)
    return pd.Series(values, index=pd.period_range("1963-07", periods=months, freq="M")), states


class Gap:
    """A panel whose log gap of small value and big growth is the one given (percentage points)."""

    def __init__(self, gap: pd.Series):
        self.gap = gap

    def returns(self, name: str) -> ReturnSeries:
        values = np.expm1(self.gap / 100) if name == "six:small_hibm" else self.gap * 0.0
        return ReturnSeries(name, name, "total", values, ("a_table",))


@pytest.fixture(scope="module")
def sample():
    return simulated(420)


def test_states_are_recovered(sample):
    gap, truth = sample
    found = study.states(gap)
    assert found.means == pytest.approx((-1, 2), abs=0.25)
    assert found.deviations == pytest.approx((1, 1), abs=0.15)
    assert found.stay == pytest.approx((0.96, 0.96), abs=0.04)
    assert ((found.smoothed > 0.5) == (truth == 1)).mean() > 0.95
    assert found.filtered.between(0, 1).all()


def test_the_filter_is_hamiltons(sample):
    """A plain loop of the filter with the same parameters gives the same probabilities."""
    gap, _ = sample
    found = study.states(gap)
    move = np.array([[found.stay[0], 1 - found.stay[0]], [1 - found.stay[1], found.stay[1]]])
    now = np.array([1 - found.stay[1], 1 - found.stay[0]]) / (2 - sum(found.stay))
    for value, filtered in zip(gap, found.filtered, strict=True):
        likely = (now if value is gap.iloc[0] else now @ move) * np.exp(
            -((value - np.array(found.means)) ** 2) / 2 / found.deviations[0] ** 2
        )
        now = likely / likely.sum()
        assert filtered == pytest.approx(now[1], abs=1e-8)


def test_the_state_that_leads_is_the_one_with_the_higher_mean(sample):
    gap, _ = sample
    assert study.states(-gap).means == pytest.approx((-2, 1), abs=0.25)


def test_own_variances_can_be_told():
    calm, _ = simulated(300, means=(0, 0), deviation=1.0)
    found = study.states(calm.where(np.arange(300) // 50 % 2 == 0, calm * 4), own_variance=True)
    assert max(found.deviations) > 2.5 * min(found.deviations)


def test_known_probabilities_use_no_later_month(sample):
    gap, _ = sample
    whole, cut = study.leadership(Gap(gap)), study.leadership(Gap(gap.iloc[:330]))
    assert whole.known.index[0] == gap.index[study.FIRST_FIT]
    np.testing.assert_allclose(cut.known, whole.known.iloc[: len(cut.known)], rtol=0, atol=1e-12)
    assert whole.refits == 3
    assert whole.at(gap.index[300]) == pytest.approx(whole.known.loc[gap.index[300]] * 100)
    with pytest.raises(NotCovered, match="no state probability for 1970-01"):
        whole.at(pd.Period("1970-01", freq="M"))


def test_too_short_or_not_there(sample):
    gap, _ = sample
    with pytest.raises(TooFewEvents, match="240 months since 1963-07"):
        study.leadership(Gap(gap.iloc[:240]))
    with pytest.raises(TooFewEvents, match="100 months; a model of two states"):
        study.whole_window(Gap(gap.iloc[:100]), own_variance=True)
    with pytest.raises(NotCovered, match="no month since 2020-01"):
        study.leadership(Gap(gap), since=pd.Period("2020-01", freq="M"))
