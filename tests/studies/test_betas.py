"""Slopes: numpy's least squares, Newey and West's errors by hand, and which months are used."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from smallcaps.errors import InputError, NotCovered, TooFewEvents
from smallcaps.inference import ols
from smallcaps.studies.betas import MIN_MONTHS, beta, rolling_beta

NAMES = ("the gap", "the change of the yield")


def series(values, start: str = "1990-01") -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), index=pd.period_range(start, periods=len(values), freq="M"))


@pytest.fixture(scope="module")
def noise() -> tuple[pd.Series, pd.Series]:
    rng = np.random.default_rng(20)
    driver = rng.normal(size=240)
    return series(0.02 * driver + rng.normal(size=240) * 0.03), series(driver)


def bartlett_error(y: np.ndarray, x: np.ndarray, lags: int) -> float:
    """Newey and West's standard error of the slope, written out: scores, weights 1 - l / (lags + 1), n / (n - k)."""
    X = np.column_stack([np.ones(len(x)), x])
    inverse = np.linalg.inv(X.T @ X)
    residuals = y - X @ (inverse @ X.T @ y)
    scores = X * residuals[:, None]
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (cross + cross.T)
    covariance = inverse @ middle @ inverse * len(y) / (len(y) - 2)
    return float(np.sqrt(covariance[1, 1]))


def test_the_slope_is_numpys_least_squares(noise):
    response, driver = noise
    slope, _ = np.polyfit(driver, response * 100, 1)
    found = beta(response, driver, names=NAMES)
    assert found.estimate == pytest.approx(slope)
    assert (found.response, found.driver, found.n) == (*NAMES, 240)


def test_the_slope_of_an_exact_line_is_in_percentage_points():
    driver = series(np.tile([0.0, 1.0, -1.0, 0.5], 15))
    found = beta(0.01 + driver * 0.03, driver, names=NAMES)
    assert found.estimate == pytest.approx(3.0)


def test_the_error_is_newey_and_wests(noise):
    response, driver = noise
    found = beta(response, driver, names=NAMES)
    lags = int(4 * (240 / 100) ** (2 / 9))
    error = bartlett_error(response.to_numpy() * 100, driver.to_numpy(), lags)
    assert found.fit.lags == lags == 4
    assert found.fit.standard_errors["driver"] == pytest.approx(error, rel=1e-9)
    plain = stats.linregress(driver, response * 100).stderr
    assert error == pytest.approx(plain, rel=0.25)  # on white noise the two are near each other
    margin = stats.t.ppf(0.975, 238) * error
    assert found.interval == pytest.approx((found.estimate - margin, found.estimate + margin))


def test_p_values_are_the_tails_of_t(noise):
    found = beta(*noise, names=NAMES)
    t = found.estimate / found.fit.standard_errors["driver"]
    assert found.p("greater") == pytest.approx(stats.t.sf(t, 238))
    assert found.p("less") == pytest.approx(1 - found.p("greater"))
    assert found.p("two-sided") == pytest.approx(2 * min(found.p("less"), found.p("greater")))
    assert found.p("two-sided") == pytest.approx(found.fit.p["driver"])


def test_the_smallest_effect_has_a_power_of_80_percent(noise):
    found = beta(*noise, names=NAMES)
    error = found.fit.standard_errors["driver"]
    shift = found.minimum_detectable_effect / error
    power = stats.t.sf(stats.t.ppf(0.975, 238) - shift, 238)
    assert power == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize(
    ("direction", "claimed", "other"), [("negative", "less", "greater"), ("positive", "greater", "less")]
)
def test_evidence_follows_the_direction_of_the_claim(noise, direction, claimed, other):
    found = beta(*noise, names=NAMES)
    evidence = found.evidence(direction=direction, proxy=True)
    assert (evidence.p, evidence.p_opposite) == (found.p(claimed), found.p(other))
    assert (evidence.base_rate, evidence.n, evidence.proxy) == (0.0, 240, True)
    assert evidence.sample == "1990-01 to 2009-12"


# Which months


def test_only_months_that_both_have_are_used(noise):
    response, driver = noise
    driver = driver.iloc[24:].copy()
    driver.iloc[10] = np.nan
    found = beta(response, driver, names=NAMES)
    assert found.n == 240 - 24 - 1
    assert str(found.sample.index[0]) == "1992-01"


def test_where_restricts_the_months_and_what_it_does_not_know_is_out(noise):
    response, driver = noise
    where = driver.iloc[:100] > 0
    found = beta(response, driver, names=NAMES, where=where)
    assert found.n == int(where.sum())
    assert (found.sample["driver"] > 0).all() and found.sample.index[-1] <= where.index[-1]
    slope, _ = np.polyfit(driver[:100][where], response[:100][where] * 100, 1)
    assert found.estimate == pytest.approx(slope)


@pytest.mark.parametrize("months", [1, MIN_MONTHS - 1])
def test_too_few_months_are_refused_with_their_number(noise, months):
    response, driver = noise
    with pytest.raises(TooFewEvents) as caught:
        beta(response, driver.iloc[:months], names=NAMES)
    said = str(caught.value)
    assert "the gap" in said and "the change of the yield" in said
    assert {months, MIN_MONTHS} <= set(map(int, re.findall(r"\d+", said)))


def test_no_common_month_is_no_sample_at_all(noise):
    response, driver = noise
    with pytest.raises(NotCovered, match=r"both the gap and the change of the yield"):
        beta(response, driver.iloc[:0], names=NAMES)


def test_the_least_number_of_months_is_enough(noise):
    response, driver = noise
    assert beta(response, driver.iloc[:MIN_MONTHS], names=NAMES).n == MIN_MONTHS


# Rolling


def test_each_rolling_slope_is_that_of_its_months(noise):
    response, driver = noise
    found = rolling_beta(response.iloc[:60], driver.iloc[:60], months=48)
    assert (str(found.index[0]), str(found.index[-1]), len(found)) == ("1993-12", "1994-12", 13)
    for last in (48, 55, 60):
        slope, _ = np.polyfit(driver[last - 48 : last], response[last - 48 : last] * 100, 1)
        assert found["estimate"].iloc[last - 48] == pytest.approx(slope)
    assert ((found["low"] < found["estimate"]) & (found["estimate"] < found["high"])).all()


def test_a_rolling_interval_is_that_of_the_regression_on_its_months(noise):
    response, driver = noise
    last = rolling_beta(response.iloc[:60], driver.iloc[:60], months=48).iloc[-1]
    fit = ols(response.iloc[12:60] * 100, driver.iloc[12:60], names=("driver",))
    assert (last["low"], last["high"]) == pytest.approx(fit.intervals["driver"], rel=1e-10)


def test_a_driver_that_stands_still_for_a_whole_window_is_named(noise):
    response, driver = noise
    still = driver.copy()
    still.iloc[10:58] = 0.25
    with pytest.raises(InputError, match=r"^the driver is the same in all 48 months to 1994-10; allowed: one that"):
        rolling_beta(response.iloc[:60], still.iloc[:60], months=48)


def test_months_to_come_change_no_earlier_slope(noise):
    response, driver = noise
    now = rolling_beta(response.iloc[:52], driver.iloc[:52], months=48)
    then = rolling_beta(response.iloc[:60], driver.iloc[:60], months=48)
    pd.testing.assert_frame_equal(now, then.iloc[: len(now)])


def test_a_rolling_window_longer_than_the_data_is_refused(noise):
    response, driver = noise
    with pytest.raises(TooFewEvents, match=r"^47 months; a rolling estimate over 48 needs at least as many"):
        rolling_beta(response.iloc[:47], driver, months=48)
