"""A researcher's own series in the grids: the chapter's choice comes first, and meets only its own kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from own_data import write_table

from smallcaps.errors import InputError
from smallcaps.multiverse import HEADLINES, curve
from smallcaps.multiverse.grids.own_series import with_own
from smallcaps.multiverse.headline import multiverse
from smallcaps.own import SETTING
from smallcaps.pairs import OwnPair
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap
from smallcaps.snapshot import current
from smallcaps.studies import breakouts, election_cycles, flow_returns, rate_sensitivity, value_spread
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


def test_the_first_specification_of_the_value_spread_is_the_chapters_own():
    panel = panel_of(small="own:total", of="value")
    value, growth = panel.sides("own")
    study = value_spread.spread_pays(panel, horizon=5, value=value, growth=growth, rng=rng())
    assert (value, growth) == ("own:total", "six:big_lobm")
    assert own_estimate("value-spread-pays", panel) == pytest.approx(study.estimate, rel=1e-10)


def test_years_before_an_own_series_are_no_part_of_its_samples():
    panel = panel_of(small="own:total", of="value")  # its first return is that of February 1979
    universe = multiverse("value-spread-pays", panel)
    taken = [s for s in universe.grid.specifications if s["return of"] == panel.sides("own")]
    years = [universe.source.calendar.first.year + case.rows[0] for case in map(universe.case, taken)]
    assert set(years) == {1979}
    study = value_spread.spread_pays(panel, value="own:total", growth="six:big_lobm", rng=rng())
    assert study.windows.index[0].year == 1979
    # The published options meet the placebos that they meet without it: its start cuts no piece of the calendar.
    book = multiverse("value-spread-pays", Panel(current())).placebos(rng(), draws=99)
    assert np.array_equal(universe.placebos(rng(), draws=99).origin, book.origin)


def test_a_long_title_has_a_short_name_in_the_figure_of_the_choices(folder):
    long = write_table(folder, "long", kind="total", seed=4)
    assert len(long)
    text = (folder / "long.yml").read_text(encoding="utf-8")
    (folder / "long.yml").write_text(text.replace("The long index", "x" * 60), encoding="utf-8")
    panel = panel_of(small="own:long", of="total")
    names = {
        option.label
        for claim in HEADLINES
        for d in with_own(HEADLINES[claim].grid(), panel).dimensions
        for option in d.options
    }
    assert {"the own series", "the own pair"} <= names and max(map(len, names)) <= 60
    assert not [name for name in names if "xxx" in name]


def test_a_grid_without_a_place_for_an_own_series_says_so():
    book = HEADLINES["value-spread-pays"].grid()
    without = replace(book, dimensions=tuple(d for d in book.dimensions if d.name != "return of"))
    with pytest.raises(InputError, match="'value-spread-pays' has no place for an own series; it chooses percentiles"):
        with_own(without, panel_of(small="own:total", of="value"))


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
    assert len(labels) > len(book.specifications)
    assert with_own(book, Panel(current())) is book


def test_a_curve_with_an_own_series_names_it():
    panel = panel_of(large="own:price")
    found = curve(panel, claim="rates-first-cut-gap", pair="own", rng=rng(), draws=99)
    assert found.own == 0 and found.table.iloc[0]["large"] == "The price index (own)"
    assert "The price index (own)" in {entry["option"] for entry in found.as_json()["grid"]}
