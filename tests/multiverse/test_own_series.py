"""A researcher's own series in the grids: the chapter's choice comes first, and meets only its own kind."""

from __future__ import annotations

import numpy as np
import pytest
from own_data import write_table

from smallcaps.multiverse import HEADLINES, curve
from smallcaps.multiverse.grids.own_series import with_own
from smallcaps.multiverse.headline import multiverse
from smallcaps.own import SETTING
from smallcaps.pairs import OwnPair
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap
from smallcaps.snapshot import current
from smallcaps.studies import breakouts, election_cycles, flow_returns, rate_sensitivity
from smallcaps.studies.betas import beta

PAIRED = ("rates-first-cut-gap", "rates-sensitivity", "election-83")


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("tables")
    for name, kind, seed in (("price", "price", 1), ("total", "total", 2), ("big", "total", 3)):
        write_table(where, name, kind=kind, seed=seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SETTING, str(where))
        yield where


def panel_of(**sides: str) -> Panel:
    return Panel(current(), own=OwnPair(**sides))


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def own_estimate(claim: str, panel: Panel, **options) -> float:
    universe = multiverse(claim, panel, **options)
    laid = universe.laid(universe.grid.specifications[:1])
    return float(universe.evaluate(laid.cases, universe.placebos(rng(), draws=99)).estimates[0, 0])


OWN = {
    "small, price": {"small": "own:price"},
    "large, price": {"large": "own:price"},
    "small, total": {"small": "own:total", "of": "total"},
    "large, french": {"large": "own:total", "of": "french"},
    "both": {"small": "own:total", "large": "own:big"},
}


@pytest.mark.parametrize("case", OWN)
@pytest.mark.parametrize("claim", PAIRED)
def test_the_first_specification_is_the_chapters_own(claim, case):
    panel = panel_of(**OWN[case])
    if claim == "rates-first-cut-gap":
        expected = rate_sensitivity.after_first_cut(panel, pair="own", rng=rng()).mean
    elif claim == "election-83":
        expected = election_cycles.hit_rate(panel, pair="own", rng=rng()).share
    else:
        two_year = panel.history("treasury_yields_month_end")["DGS2"].diff()
        expected = beta(monthly_gap(*panel.pair("own")), two_year, names=("gap", "yield")).estimate
    assert own_estimate(claim, panel, pair="own") == pytest.approx(expected, rel=1e-10, abs=1e-10)


def test_the_first_specification_of_breakouts_is_the_chapters_own():
    panel = panel_of(small="own:price")
    study = breakouts.breakout(panel, pair="own", rng=rng())
    assert own_estimate("momentum-breakout", panel) == pytest.approx(study.mean, rel=1e-10)


def test_the_first_specification_of_flows_is_the_chapters_own():
    panel = panel_of(small="own:total", of="funds")
    study = flow_returns.flows_lead_returns(panel, pair="own", rng=rng())
    assert own_estimate("flows-structural", panel) == pytest.approx(study.lead.estimate, rel=1e-10)


@pytest.mark.parametrize("case", OWN)
def test_price_and_total_never_meet_in_a_grid(case):
    panel = panel_of(**OWN[case])
    own = panel.own
    grid = with_own(HEADLINES["election-83"].grid(pair=own.of), panel)
    taken = [s for s in grid.specifications if set(own.names) & {s["small"], s["large"]}]
    assert taken and taken[0] is grid.specifications[0]
    for specification in taken:
        assert specification["returns"] == own.kind
        others = {specification["small"], specification["large"]} - set(own.names)
        assert own.kind == "total" or others <= {"index"}
        assert specification["weighting"] == "vw" or others - {"index", "market"}


@pytest.mark.parametrize("claim", HEADLINES)
def test_the_books_specifications_stay_beside_them(claim):
    book = HEADLINES[claim].grid()
    own = with_own(book, panel_of(small="own:price"))
    labels = {specification.labels for specification in own.specifications}
    assert {specification.labels for specification in book.specifications} <= labels
    assert len(labels) > len(book.specifications) or claim == "value-spread-pays"
    assert with_own(book, Panel(current())) is book


def test_a_curve_with_an_own_series_names_it():
    panel = panel_of(large="own:price")
    found = curve(panel, claim="rates-first-cut-gap", pair="own", rng=rng(), draws=99)
    assert found.own == 0 and found.table.iloc[0]["large"] == "The price index (own)"
    assert "The price index (own)" in {entry["option"] for entry in found.as_json()["grid"]}
