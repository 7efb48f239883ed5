"""Inflation, jobs, the dollar and slopes on them: small cases by hand, second implementations, published figures."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from smallcaps import snapshot
from smallcaps.errors import InputError, NotCovered, TooFewEvents
from smallcaps.panel import Panel
from smallcaps.studies import exposures as reach
from smallcaps.studies import inflation_and_dollar as study
from smallcaps.studies.betas import beta, shift_null, sized_p, summed_beta
from smallcaps.studies.surprises import inflation_surprises, monthly_inflation

NAMES = ("a return", "a driver")


def monthly(values, *, first: str) -> pd.Series:
    return pd.Series(values, index=pd.period_range(first, periods=len(values), freq="M"), dtype=float)


def panel(tables: dict[str, pd.DataFrame], *, start: str | None = None, end: str | None = None) -> Panel:
    """A Panel over made-up tables."""
    catalog = SimpleNamespace(
        tables=tables, table=lambda name: SimpleNamespace(columns=dict.fromkeys(tables[name].columns))
    )
    fake = SimpleNamespace(catalog=catalog, table=lambda name: SimpleNamespace(frame=tables[name]))
    bounds = {name: pd.Period(month, freq="M") if month else None for name, month in (("start", start), ("end", end))}
    return Panel(fake, tables=tables, **bounds)


def fred(**columns: pd.Series) -> dict[str, pd.DataFrame]:
    return {"fred_monthly": pd.DataFrame(columns)}


def growing(rates, *, first: str) -> pd.Series:
    """A price index from 100 that rises by the given percent a month."""
    return monthly(100 * np.cumprod([1.0, *(1 + rate / 100 for rate in rates)]), first=first)


# The sum of lead and lag


def test_summed_beta_recovers_a_reaction_spread_over_three_months():
    rng = np.random.default_rng(1)
    driver = monthly(rng.normal(size=80), first="2000-01")
    response = (2 * driver.shift(1) - driver + 0.5 * driver.shift(-1)) / 100
    found = summed_beta(response.dropna(), driver, names=NAMES)
    assert found.estimate == pytest.approx(1.5)
    assert found.n == 78
    assert str(found.sample.index[0]) == "2000-02" and str(found.sample.index[-1]) == "2006-07"


def test_summed_beta_error_equals_that_of_the_sum_of_three_coefficients():
    rng = np.random.default_rng(2)
    driver = monthly(rng.normal(size=150), first="2000-01")
    response = monthly(rng.normal(size=150), first="2000-01") / 100
    found = summed_beta(response, driver, names=NAMES)
    design = np.column_stack([np.ones(148), driver[:-2], driver[1:-1], driver[2:]])
    fit = OLS(response.to_numpy()[1:-1] * 100, design).fit()
    fit = fit.get_robustcov_results("HAC", maxlags=found.fit.lags, use_correction=True, use_t=True)
    pick = np.array([0.0, 1, 1, 1])
    assert found.estimate == pytest.approx(pick @ fit.params)
    assert found.fit.standard_errors["driver"] == pytest.approx(np.sqrt(pick @ fit.cov_params() @ pick))


def test_sum_repairs_what_monthly_means_blur():
    rng = np.random.default_rng(3)
    level = rng.normal(size=(2000, 21)).cumsum().reshape(2000, 21)  # a random walk, 21 days a month
    means, ends = level.mean(axis=1), level[:, -1]
    driver, response = monthly(np.diff(means), first="1900-01"), monthly(np.diff(ends), first="1900-01") / 100
    same = beta(response, driver, names=NAMES).estimate
    total = summed_beta(response, driver, names=NAMES).estimate
    assert same == pytest.approx(0.75, abs=0.05)  # the mean's change has 2/3 of the variance and half of the covariance
    assert abs(total - 1) < abs(same - 1) / 2


def test_summed_beta_skips_the_neighbours_of_a_missing_month():
    driver, response = (monthly(np.random.default_rng(seed).normal(size=60), first="2000-01") for seed in (10, 11))
    gappy = driver.drop(pd.Period("2002-06", freq="M"))
    assert summed_beta(response, gappy, names=NAMES).n == summed_beta(response, driver, names=NAMES).n - 3


@pytest.mark.parametrize("months", [0, 30])
def test_summed_beta_refuses_short_samples(months):
    driver = monthly(np.sin(np.arange(float(months))), first="2000-01")
    error, text = (TooFewEvents, "at least 36") if months else (NotCovered, "no month of the window")
    with pytest.raises(error, match=text):
        summed_beta(driver / 100, driver, names=NAMES)


# The null by shifting


def test_shift_null_counts_shifts_and_places_a_strong_slope_in_the_tail():
    rng = np.random.default_rng(4)
    driver = monthly(rng.normal(size=100), first="2000-01")
    strong = beta((driver + monthly(rng.normal(size=100), first="2000-01") * 0.3) / 100, driver, names=NAMES)
    null = shift_null(strong)
    assert len(null.t) == 100 - 2 * 12 + 1
    assert null.p("greater") == pytest.approx(1 / 78)
    assert null.p("less") == 1
    assert 0 <= null.size < 0.2


def test_sized_p_takes_the_shifts_only_where_the_test_is_distorted():
    rng = np.random.default_rng(5)
    driver = monthly(rng.normal(size=60), first="2000-01")
    slope = beta(monthly(rng.normal(size=60), first="2000-01") / 100, driver, names=NAMES)
    null = shift_null(slope)
    expected = null.p("less") if null.size > 0.075 else slope.p("less")
    assert sized_p(slope, null, "less") == expected
    walk = monthly(rng.normal(size=200).cumsum(), first="2000-01")  # two random walks: the textbook spurious slope
    other = monthly(rng.normal(size=200).cumsum(), first="2000-01")
    spurious = beta(other / 100, walk, names=NAMES)
    spurious_null = shift_null(spurious)
    assert spurious_null.distorted
    assert sized_p(spurious, spurious_null, "less") == spurious_null.p("less")


# Surprises


def test_mean_surprise_by_hand():
    prices = growing([0.0] * 12 + [1.0], first="2000-01")
    surprises = inflation_surprises(prices, model="mean")
    assert str(surprises.index[-1]) == "2001-03"  # January's jump of 2001-02 comes out the month after
    assert surprises.iloc[-1] == pytest.approx(1.0)
    assert surprises.iloc[:-1].abs().max() == pytest.approx(0)


def test_autoregression_equals_a_regression_on_the_months_before_only():
    rng = np.random.default_rng(6)
    prices = growing(0.2 + 0.3 * rng.normal(size=200), first="1990-01")
    surprises = inflation_surprises(prices)
    inflation = monthly_inflation(prices)
    assert len(surprises) == 200 - 12 - 120
    row = 150  # forecast of this month by a regression on all earlier ones
    past = pd.concat([inflation.shift(lag) for lag in range(1, 13)], axis=1).to_numpy()
    fit = OLS(inflation.to_numpy()[12:row], np.column_stack([np.ones(row - 12), past[12:row]])).fit()
    forecast = fit.params @ np.concatenate([[1.0], past[row]])
    assert surprises[inflation.index[row] + 1] == pytest.approx(inflation.iloc[row] - forecast)


def test_surprises_do_not_look_ahead():
    rng = np.random.default_rng(7)
    rates = 0.2 + 0.3 * rng.normal(size=180)
    other = np.concatenate([rates[:-1], [9.0]])
    for model in ("autoregression", "mean"):
        first, second = (inflation_surprises(growing(r, first="1990-01"), model=model) for r in (rates, other))
        pd.testing.assert_series_equal(first.iloc[:-1], second.iloc[:-1])


def test_a_month_never_collected_is_not_filled_in():
    rng = np.random.default_rng(8)
    prices = growing(0.2 + 0.3 * rng.normal(size=180), first="1990-01")
    gone = pd.Period("2003-01", freq="M")
    holed = prices.mask(prices.index == gone)
    mean, model = inflation_surprises(holed, model="mean"), inflation_surprises(holed)
    without = {gone + 1, gone + 2}  # the change into the month and the change out of it
    assert set(inflation_surprises(prices, model="mean").index) - set(mean.index) == without
    lost = set(inflation_surprises(prices).index) - set(model.index)
    assert lost == {gone + step for step in range(1, 15)}


def test_surprises_refuse_unknown_models_and_short_samples():
    with pytest.raises(InputError, match="allowed: autoregression, mean"):
        inflation_surprises(growing([0.1] * 20, first="2000-01"), model="oracle")
    with pytest.raises(TooFewEvents, match="20 months"):
        inflation_surprises(growing([0.1] * 20, first="2000-01"))


# Inflation and jobs


def test_core_pce_of_constant_inflation_is_the_compounded_rate():
    core = study.core_pce_outcome(panel(fred(PCEPILFE=growing([0.25] * 60, first="2021-01")), end="2025-12"))
    assert core.outcome == pytest.approx((1.0025**12 - 1) * 100)
    assert core.evidence.estimate == core.outcome
    assert (core.evidence.sample_start, core.evidence.sample_end) == ("2024-10", "2025-12")


def test_core_pce_needs_the_whole_quarter():
    prices = growing([0.25] * 60, first="2021-01")
    with pytest.raises(NotCovered, match="does not hold 2025-12"):
        study.core_pce_outcome(panel(fred(PCEPILFE=prices), end="2025-11"))
    holed = prices.mask(prices.index == pd.Period("2025-11", freq="M"))
    with pytest.raises(NotCovered, match="no value for 2025"):
        study.core_pce_outcome(panel(fred(PCEPILFE=holed), end="2026-01"))


@pytest.mark.parametrize(
    ("core", "consumer", "holds"),
    [
        ([0.3] * 24 + [0.2] * 12, [0.3] * 24 + [0.2] * 12, True),
        ([0.3] * 24 + [0.2] * 12, [0.2] * 24 + [0.3] * 12, False),  # one measure rose
        ([0.3] * 24 + [0.1] * 12, [0.3] * 24 + [0.2] * 12, False),  # one fell below the goal
    ],
)
def test_easing_asks_for_both_measures(core, consumer, holds):
    columns = {"PCEPILFE": growing(core, first="2022-10"), "CPIAUCSL": growing(consumer, first="2022-10")}
    easing = study.inflation_easing(panel(fred(**columns), end="2025-12"))
    assert easing.evidence.holds is holds
    assert easing.table.loc["core PCE", "rate"] == pytest.approx(((1 + core[-1] / 100) ** 12 - 1) * 100)


def test_easing_takes_september_where_october_was_never_collected():
    prices = growing([0.3] * 24 + [0.2] * 12, first="2022-10")
    holed = prices.mask(prices.index == study.JUDGED)
    easing = study.inflation_easing(panel(fred(PCEPILFE=prices, CPIAUCSL=holed)))
    assert list(easing.table["month"].astype(str)) == ["2025-10", "2025-09"]
    assert "September 2025" in easing.evidence.why


def test_labour_market_by_hand():
    rate = monthly([4.0, 4.2, 4.2, 4.2, 4.3, 4.1, 4.3, 4.3, 4.4], first="2025-01")
    labour = study.labour_market(panel(fred(UNRATE=rate), end="2025-09"))
    assert (labour.january, labour.september, labour.evidence.holds) == (4.0, 4.4, False)
    assert study.labour_market(panel(fred(UNRATE=8 - rate))).evidence.holds is True
    with pytest.raises(NotCovered, match="does not hold 2025-09"):
        study.labour_market(panel(fred(UNRATE=rate), end="2025-08"))
    with pytest.raises(NotCovered, match="UNRATE has no value for 2025-09"):
        study.labour_market(panel(fred(UNRATE=rate.mask(rate == 4.4))))


# The dollar, banks and trusts


def made_up_tables(*, seed: int = 9, months: int = 320) -> dict[str, pd.DataFrame]:
    """Tables in which small caps lose 0.5 points for each percent on the dollar, KRE gains, VNQ loses with yields."""
    rng = np.random.default_rng(seed)
    index = pd.period_range("2000-01", periods=months, freq="M")
    dollar = pd.Series(rng.normal(0, 1, months), index=index)
    change = pd.Series(rng.normal(0, 0.25, months), index=index)
    noise = pd.DataFrame(rng.normal(0, 1, (months, 4)), index=index)
    market = noise[0] * 3
    level = 100 * (1 + dollar / 100).cumprod()
    old = level.where(index <= pd.Period("2006-12", freq="M"))
    new = (level * 0.8).where(index >= pd.Period("2006-01", freq="M"))  # another base
    small = 100 * (1 + (market - 0.5 * dollar + noise[1]) / 100).cumprod()
    return {
        "dollar_index": pd.DataFrame({"TWEXBGSMTH": new, "TWEXBMTH": old}),
        "index_levels": pd.DataFrame(
            {
                "sp500_close": 100 * (1 + market / 100).cumprod(),
                "ru2000pr_fred": small,
                "russell2000_close": small,
            }
        ),
        "etf_total_returns": pd.DataFrame(
            {"KRE": market + 5 * change + noise[2], "VNQ": market - 5 * change + noise[3], "SPY": market}
        ),
        "ff_factors": pd.DataFrame({"Mkt-RF": market, "RF": 0.0}),
        "treasury_yields_month_end": pd.DataFrame({"DGS10": 3 + change.cumsum(), "DGS2": 3 + change.cumsum()}),
        "fred_monthly": pd.DataFrame({"CPIAUCSL": 100 * (1 + (0.2 + 0.2 * noise[0]) / 100).cumprod()}),
    }


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    made = made_up_tables()
    # The linked price series takes RU2000PR to 1987-09 and the closes after: give it one month before the join.
    early = pd.period_range("1987-08", "1999-12", freq="M")
    flat = pd.DataFrame(100.0, index=early, columns=made["index_levels"].columns)
    made["index_levels"] = pd.concat([flat, made["index_levels"]])
    return made


def test_dollar_change_links_two_bases_by_returns(tables):
    change = study.dollar_change(panel(tables))
    whole = tables["dollar_index"]["TWEXBGSMTH"]
    assert change.quarter == pytest.approx((whole["2025-09"] / whole["2025-06"] - 1) * 100)
    assert change.half_year == pytest.approx((whole["2025-06"] / whole["2024-12"] - 1) * 100)
    assert change.path["2025-06"] == pytest.approx(0)
    assert change.evidence.holds is bool(change.quarter < 0)
    assert study.broad_dollar(panel(tables)).abs().max() < 6  # no jump where the bases meet


def test_dollar_change_outside_the_window(tables):
    for window in ({"end": "2025-08"}, {"start": "2025-08"}):
        with pytest.raises(NotCovered, match="does not hold 2025-0"):
            study.dollar_change(panel(tables, **window))
    with pytest.raises(NotCovered, match="dollar_index"):
        study.broad_dollar(panel(tables, end="1999-12"))


def test_dollar_beta_finds_the_slope_and_says_when_it_is_a_proxy(tables):
    found = study.dollar_beta(panel(tables))
    assert found.total.interval[0] < -0.5 < found.total.interval[1]
    assert found.evidence.p < 0.01 and found.evidence.base_rate == 0
    assert found.proxy and found.evidence.proxy
    late = study.dollar_beta(panel(tables), since=study.TWO_INDEXES_MEET)
    assert not late.proxy and late.total.sample.index[0] == study.TWO_INDEXES_MEET + 1


def test_banks_and_reits_hold_only_together(tables):
    found = study.banks_and_reits(panel(tables))
    assert found.banks.estimate == pytest.approx(5, abs=1) and found.reits.estimate == pytest.approx(-5, abs=1)
    banks, trusts = found.parts
    evidence = found.evidence
    assert evidence.estimate == found.banks.estimate and evidence.interval == found.banks.interval
    assert evidence.p == max(banks["p"], trusts["p"]) > 0.95
    assert evidence.p_opposite == pytest.approx(2 * min(banks["p_opposite"], trusts["p_opposite"]))
    assert evidence.n == found.banks.n == found.reits.n


def test_banks_and_reits_use_the_months_that_both_funds_have(tables):
    late = dict(tables)
    funds = late["etf_total_returns"].copy()
    funds.loc[:"2006-06", "KRE"] = np.nan
    late["etf_total_returns"] = funds
    found = study.banks_and_reits(panel(late))
    assert {str(slope.sample.index[0]) for slope in (found.banks, found.reits)} == {"2006-07"}


def test_rate_views_begin_with_the_default_and_differ_by_choice(tables):
    views = reach.rate_views(panel(tables))
    default = study.banks_and_reits(panel(tables))
    assert list(views["Slope"].iloc[:2]) == [default.banks.estimate, default.reits.estimate]
    assert len(views) == 6 and views.index.is_unique


def test_rolling_rate_slopes_end_with_the_last_sixty_months(tables):
    rolling = reach.rolling_rate_slopes(panel(tables), months=60)
    last = study.fund_slopes(panel(tables, start=str(rolling.index[-1] - 59)))
    assert list(rolling.iloc[-1]) == pytest.approx([slope.estimate for slope in last])


def test_exposures_names_what_a_window_cannot_give(tables):
    found = reach.exposures(panel(tables))
    assert len(found.slopes) == 9 and found.left_out == ()
    assert list(found.table()["Months"]) == [slope.n for slope in found.slopes.values()]
    assert found.clear()["yields"][1] == 3
    assert {"Banks, 10-year yield", "Property, 10-year yield", "Small caps, dollar"} <= set(found.after_correction())
    typical = found.typical().loc["Banks, 10-year yield"]
    assert typical["Effect, pp"] == pytest.approx(found.slopes["kre", "yield"].estimate * typical["Typical move"])
    short = reach.exposures(panel(tables, end="2003-12"))  # too short for the model of inflation, not for yields
    assert ("gap", "yield") in short.slopes and ("gap", "surprise") not in short.slopes
    assert len(short.left_out) == 3 and short.left_out[0].startswith("Small caps, inflation surprise: 47 months")
    assert short.slope("gap", "yield") is short.slopes["gap", "yield"]
    with pytest.raises(NotCovered, match="Small caps, inflation surprise: 47 months"):
        short.slope("gap", "surprise")
    with pytest.raises(TooFewEvents):
        reach.exposures(panel(tables, start="2012-01", end="2012-06"))


# The snapshot against figures that were published


def test_snapshot_agrees_with_published_figures():
    real = Panel(snapshot.current())
    rates = study.inflation_rates(real)
    assert rates.loc["2025-09", "consumer prices"] == pytest.approx(3.0, abs=0.05)  # BLS, 24 October 2025
    assert rates.loc["2025-08", "core PCE"] == pytest.approx(2.9, abs=0.05)  # BEA, 26 September 2025
    assert np.isnan(rates.loc["2025-10", "consumer prices"])
    labour = study.labour_market(real)
    assert (labour.january, labour.september) == (4.0, 4.4)  # BLS
    assert labour.series.isna().sum() == 1
    then = study.known_then(real)
    assert then.prices == pytest.approx(2.9, abs=0.05) and then.unemployment == 4.3  # BLS
    with pytest.raises(NotCovered, match="does not hold 2025-08"):
        study.known_then(Panel(snapshot.current(), end=pd.Period("2025-07", freq="M")))
