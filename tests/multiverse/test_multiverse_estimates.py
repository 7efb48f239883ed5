"""Every vectorised estimate is that of the plain study function for the same specification."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from smallcaps.events import breakouts, first_cuts, proxy_first_cuts
from smallcaps.inference import hodrick_1b, ols
from smallcaps.multiverse import HEADLINES
from smallcaps.multiverse.grids import choices, rates
from smallcaps.multiverse.headline import multiverse
from smallcaps.multiverse.placebo import moved
from smallcaps.multiverse.rules import cuts_after_pause, first_cut_events
from smallcaps.multiverse.slopes import SlopeCase, evaluate, newey_west
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap
from smallcaps.snapshot import current
from smallcaps.studies import breakouts as breakout_study
from smallcaps.studies import election_cycles, flow_returns, value_spread
from smallcaps.studies.betas import beta
from smallcaps.studies.event_study import event_study, windows_after
from smallcaps.studies.rate_sensitivity import after_first_cut

EXACT = {"rel": 1e-10, "abs": 1e-10}
PANEL = Panel(current())


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def month(text: str) -> pd.Period:
    return pd.Period(text, freq="M")


def evaluated(claim: str, specifications, *, panel: Panel = PANEL, **own):
    """Estimate, low, high, base and n of each specification, without any placebo but the smallest number."""
    universe = multiverse(claim, panel, **own)
    laid = universe.laid(specifications)
    return laid, universe.evaluate(laid.cases, universe.placebos(rng(), draws=99))


def own(claim: str, **options):
    grid = HEADLINES[claim].grid(**options)
    _, found = evaluated(claim, grid.specifications[:1], **options)
    return found


def some(claim: str, count: int = 9, **options):
    """Specifications spread over the grid."""
    every = HEADLINES[claim].grid(**options).specifications
    return [every[i] for i in rng().choice(len(every), count, replace=False)]


@pytest.mark.parametrize("pair", ["price", "total", "french"])
def test_own_specification_of_first_cuts(pair):
    study, found = after_first_cut(PANEL, pair=pair, rng=rng()), own("rates-first-cut-gap", pair=pair)
    assert found.estimates[0, 0] == pytest.approx(study.mean, **EXACT)
    assert found.base[0] == pytest.approx(study.base_rate, **EXACT)
    assert found.n[0] == study.n


@pytest.mark.parametrize("pair", ["price", "total", "french"])
def test_own_specification_of_elections(pair):
    study, found = election_cycles.hit_rate(PANEL, pair=pair, rng=rng()), own("election-83", pair=pair)
    assert found.estimates[0, 0] == pytest.approx(study.share, **EXACT)
    assert found.base[0] == pytest.approx(study.base_share, **EXACT)
    assert (found.low[0], found.high[0]) == pytest.approx(study.interval, **EXACT)
    assert found.n[0] == study.study.n


def test_own_specification_of_breakouts():
    study, found = breakout_study.breakout(PANEL, rng=rng()), own("momentum-breakout")
    assert found.estimates[0, 0] == pytest.approx(study.mean, **EXACT)
    assert found.base[0] == pytest.approx(study.base_rate, **EXACT)
    assert found.n[0] == study.n


@pytest.mark.parametrize("pair", ["price", "total", "french"])
def test_own_specification_of_rates(pair):
    two_year = PANEL.history("treasury_yields_month_end")["DGS2"].diff()
    study = beta(monthly_gap(*PANEL.pair(pair)), two_year, names=("gap", "yield"))
    found = own("rates-sensitivity", pair=pair)
    assert found.estimates[0, 0] == pytest.approx(study.estimate, **EXACT)
    assert (found.low[0], found.high[0]) == pytest.approx(study.interval, **EXACT)
    assert found.n[0] == study.n


def test_own_specification_of_flows():
    study, found = flow_returns.flows_lead_returns(PANEL, rng=rng()).lead, own("flows-structural")
    assert found.estimates[0, 0] == pytest.approx(study.estimate, **EXACT)
    assert (found.low[0], found.high[0]) == pytest.approx(study.interval, **EXACT)
    assert found.n[0] == study.n


def test_own_specification_of_spreads():
    study, found = value_spread.spread_pays(PANEL, rng=rng()), own("value-spread-pays")
    assert found.estimates[0, 0] == pytest.approx(study.estimate, **EXACT)
    assert found.n[0] == study.n


def test_first_cuts_across_the_grid():
    laid, found = evaluated("rates-first-cut-gap", some("rates-first-cut-gap", 10))
    assert len(laid.specifications) >= 3
    for row, specification in enumerate(laid.specifications):
        small, large = (PANEL.returns(name) for name in choices.names(specification.values))
        events = first_cut_events(PANEL, rule=specification["first cut by"])
        moved_on = [replace(event, base=event.base + specification["counted from"]) for event in events]
        _check_event_study(found, row, specification, small, large, moved_on, scale=12 / specification["horizon"])


def test_elections_across_the_grid():
    laid, found = evaluated("election-83", some("election-83"))
    for row, specification in enumerate(laid.specifications):
        small, large = (PANEL.returns(name) for name in choices.names(specification.values))
        events = election_cycles.election_events(PANEL, months_later=specification["counted from"])
        _check_event_study(found, row, specification, small, large, events, share=True)


def test_breakouts_across_the_grid():
    laid, found = evaluated("momentum-breakout", some("momentum-breakout"))
    for row, specification in enumerate(laid.specifications):
        small, large = (PANEL.returns(specification[name]) for name in ("breaks out", "return of"))
        levels = (1 + small.values).cumprod()
        levels.loc[small.first - 1] = 1.0
        events = [
            replace(event, base=event.base + specification["counted from"])
            for event in breakouts(levels.sort_index(), quiet_months=specification["quiet before"])
        ]
        # The study wants two series of one kind for their difference, which is not looked at here.
        same = replace(small, kind=large.kind)
        _check_event_study(
            found, row, specification, same, large, events, measure="large", scale=12 / specification["horizon"]
        )


def _check_event_study(found, row, specification, small, large, events, *, measure="gap", scale=1.0, share=False):
    """Against event_study where nothing is left out, else against its windows, filtered by hand."""
    horizon, since = specification["horizon"], specification["sample"]
    first = max(small.first, large.first, *([month(since)] if since else []))
    cut = [series.between(first, None) for series in (small, large)]
    windows = windows_after(*cut, horizon=horizon)[measure]
    if specification["recessions"]:
        state = PANEL.history("fred_monthly")["USREC"]
        calm = [(state.reindex(pd.period_range(b + 1, b + horizon, freq="M")) == 0).all() for b in windows.index]
        windows = windows[calm]
        values = windows[[event.base for event in events if event.base in windows.index]]
    else:
        values = event_study(*cut, events=events, horizon=horizon, measure=measure, rng=rng()).values
    if share:
        assert found.estimates[row, 0] == pytest.approx((values > 0).mean() * 100, **EXACT)
        assert found.base[row] == pytest.approx((windows > 0).mean() * 100, **EXACT)
        return
    mean, margin = values.mean() * scale, values.std(ddof=1) / np.sqrt(len(values)) * scale
    margin *= stats.t.ppf(0.975, len(values) - 1)
    assert found.estimates[row, 0] == pytest.approx(mean, **EXACT)
    assert (found.low[row], found.high[row]) == pytest.approx((mean - margin, mean + margin), rel=1e-8, abs=1e-8)
    assert found.base[row] == pytest.approx(windows.mean() * scale, **EXACT)
    assert found.n[row] == len(values)


def test_rates_across_the_grid():
    laid, found = evaluated("rates-sensitivity", some("rates-sensitivity"))
    for row, specification in enumerate(laid.specifications):
        small, large = (PANEL.returns(name) for name in choices.names(specification.values))
        span, since = specification["span"], specification["sample"]
        windows = windows_after(small, large, horizon=span)["gap"]
        windows.index = windows.index + span
        change = rates.rate_changes(PANEL, rate=specification["rate"], span=span).dropna()
        both = pd.concat([windows, change], axis=1, keys=["gap", "change"], join="inner").dropna()
        if since:
            both = both.loc[month(since) :]
        if specification["months"] == "fell":
            both = both[both["change"] < 0]
        if specification["recessions"]:
            both = both[PANEL.history("fred_monthly")["USREC"].reindex(both.index) == 0]
        plain = ols(both["gap"], both["change"], names=("change",), horizon=span)
        assert found.estimates[row, 0] == pytest.approx(plain.params["change"], rel=1e-9)
        assert (found.low[row], found.high[row]) == pytest.approx(plain.intervals["change"], rel=1e-8)
        assert found.n[row] == plain.n


def test_flows_across_the_grid():
    chosen = [s for s in some("flows-structural", 40) if s["flow"] != "cut" and not s["recessions"]]
    laid, found = evaluated("flows-structural", chosen)
    flows = flow_returns.net_flows(PANEL)
    for row, specification in enumerate(laid.specifications):
        share = (flows[specification["flow"]] / flows["assets_before"] * 100).rolling(specification["flow over"]).sum()
        small, large = specification["return of"]
        horizon, measure = specification["return over"], "gap" if large else "small"
        series = PANEL.returns(small), PANEL.returns(large or small)
        columns = {"ahead": windows_after(*series, horizon=horizon)[measure] / horizon, "flow": share}
        if specification["held fixed"]:
            same = windows_after(*series, horizon=1)[measure]
            same.index = same.index + 1
            columns["own"] = same
        both = pd.concat(columns, axis=1).dropna()
        if specification["sample"]:
            both = both.loc[month(specification["sample"]) :]
        drivers = [name for name in ("flow", "own") if name in both]
        plain = ols(both["ahead"], both[drivers], names=drivers, horizon=horizon)
        assert found.estimates[row, 0] == pytest.approx(plain.params["flow"], rel=1e-8, abs=1e-12)
        assert (found.low[row], found.high[row]) == pytest.approx(plain.intervals["flow"], rel=1e-8, abs=1e-12)


def test_spreads_across_the_grid():
    """A later start is the study on a later panel; other horizons and portfolios are its arguments."""
    chosen = [s for s in HEADLINES["value-spread-pays"].grid().specifications if s["percentiles"] == (80, 20)]
    chosen = [s for s in chosen if s["measured by"] == "sd" and s["over"] in (1, 5)]
    laid, found = evaluated("value-spread-pays", chosen)
    for row, specification in enumerate(laid.specifications):
        panel = Panel(current(), start=month(f"{specification['sample']}-07")) if specification["sample"] else PANEL
        value, growth = specification["return of"]
        spread = value_spread.value_spread(panel)
        annual = value_spread.years_to_june(panel, value=value, growth=growth)
        kept = spread[spread.index <= annual.index[-1]]
        returns = annual.reindex(kept.index).fillna(0.0).to_numpy()
        found_by_study = value_spread.predictive(
            returns, kept["sd"].to_numpy(), horizon=specification["over"], rng=rng(), simulations=99
        )
        scale = 100 / specification["over"]
        assert found.estimates[row, 0] == pytest.approx(found_by_study.corrected * scale, **EXACT)
        limits = hodrick_1b(returns, kept["sd"].to_numpy(), horizon=specification["over"]).intervals["predictor"]
        expected = [(limit - found_by_study.bias) * scale for limit in limits]
        assert (found.low[row], found.high[row]) == pytest.approx(expected, rel=1e-8)


def test_placebo_columns_are_plain_estimates_of_moved_series():
    """Column j of a slope is the plain regression on the moved driver, missing months and control included."""
    source, months = rng(), 120
    y, x, c = source.normal(size=(3, months))
    y[:10], x[50:55] = np.nan, np.nan
    placebos = moved(multiverse("flows-structural", PANEL).source.calendar, begins=[], rng=rng(), draws=99)
    placebos = replace(placebos, origin=(np.arange(months)[None] - np.arange(100)[:, None]) % months)
    cases = [SlopeCase(y, x), SlopeCase(y, x, control=c)]
    found = evaluate(cases, placebos=placebos)
    for j in (0, 1, 37):
        driver = np.roll(x, j)
        rows = ~np.isnan(y) & ~np.isnan(driver)
        design = np.column_stack([np.ones(rows.sum()), driver[rows], c[rows]])
        for row, columns in ((0, 2), (1, 3)):
            plain = np.linalg.lstsq(design[:, :columns], y[rows], rcond=None)[0][1]
            assert found.estimates[row, j] == pytest.approx(plain, rel=1e-9)


@pytest.mark.parametrize("horizon", [1, 6])
@pytest.mark.parametrize("drivers", [1, 2])
def test_newey_west_is_that_of_ols(horizon, drivers):
    source = rng()
    y, x = source.normal(size=80).cumsum(), source.normal(size=(80, drivers))
    names = ("a", "b")[:drivers]
    assert newey_west(y, x, horizon=horizon) == pytest.approx(
        ols(y, x, names=names, horizon=horizon).intervals["a"], rel=1e-9
    )


def test_rules_for_first_cuts():
    targets, funds = PANEL.known_events("fomc_target_changes"), PANEL.history("fred_monthly")["FEDFUNDS"]
    assert first_cut_events(PANEL, rule="target-6") == first_cuts(targets, quiet_months=6)
    assert first_cut_events(PANEL, rule="funds-0.5") == proxy_first_cuts(funds, fall=0.5)
    labels = [event.label for event in cuts_after_pause(targets, quiet_months=6)]
    assert "Sep 2025" in labels and "Jun 2003" in labels and "Oct 1982" not in labels
    changes = pd.DataFrame({"change": [np.nan, 0.25, -0.25, -0.25, -0.25]})
    changes.index = pd.to_datetime(["2000-01-05", "2001-01-05", "2002-01-10", "2002-07-10", "2002-12-01"])
    assert [event.label for event in cuts_after_pause(changes, quiet_months=6)] == ["Jan 2002", "Jul 2002"]
