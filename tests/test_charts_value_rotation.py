"""The forms of the value chapter: each draws what it was given, in every variant."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure as Canvas

from smallcaps import charts_value_rotation as forms
from smallcaps import figures

MONTHS = pd.period_range("2000-01", periods=90, freq="M")
YEARS = pd.period_range("1980", periods=30, freq=pd.offsets.YearEnd())
RNG = np.random.default_rng(5)
LEVELS = pd.DataFrame(np.exp(RNG.normal(0.05, 0.3, (90, 2)).cumsum(axis=0)), index=MONTHS, columns=["value", "growth"])
COLOURS = {"value": "value", "growth": "growth"}
SPANS = {
    "value": [(pd.Period("2001-01", "M"), pd.Period("2002-12", "M"))],
    "growth": [(pd.Period("2003-01", "M"), pd.Period("2030-01", "M"))],
}
WINDOWS = pd.DataFrame(
    {"sd": RNG.normal(size=30), "percentile": np.linspace(0, 100, 30), "after": RNG.normal(size=30)}, index=YEARS
)
GAPS = pd.DataFrame({"whole": [0.0, 1.0, 2.0, 3.0], "shorter": [0.0, -1.0, 2.0, np.nan]}, index=MONTHS[:4])

FORMS = {
    "dollars": forms.dollars(LEVELS, colours=COLOURS, dashed=["growth"]),
    "relative": forms.relative(LEVELS * 100, colours=COLOURS),
    "tinted": forms.tinted(LEVELS["value"], spans=SPANS, colours=COLOURS),
    "probability": forms.probability(LEVELS.clip(upper=1) * 100, spans=SPANS, colours=COLOURS, lead="value"),
    "percentile": forms.percentile(WINDOWS["percentile"], wide=80, name="percentile"),
    "after_spread": forms.after_spread(WINDOWS, base_rate=0.4, slope=0.2, named=[YEARS[3]], wide=80),
    "since": forms.since(GAPS, colours={"whole": "small", "shorter": "value"}, labels={"whole": "A", "shorter": "B"}),
}


def drawn(name: str, *, narrow: bool = False):
    canvas = Canvas(figsize=(7, 4))
    FORMS[name](canvas, figures.look(narrow=narrow))
    return canvas.axes[0]


@pytest.mark.parametrize("name", FORMS)
def test_each_form_draws_in_every_variant(name):
    figure = figures.Figure(name, "t", "s", "a", "src", LEVELS, FORMS[name])
    for options in figures.VARIANTS.values():
        assert figures.render(figure, **options) == figures.render(figure, **options)


def test_dollars_are_drawn_as_powers_of_ten():
    ax = drawn("dollars")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), np.log10(LEVELS["value"]))
    assert ax.lines[1].get_linestyle() == "--"
    assert "$1" in [label.get_text() for label in ax.get_yticklabels()]


def test_tints_stop_where_the_line_does():
    ax = drawn("tinted")
    right = max(patch.get_extents().transformed(ax.transData.inverted()).x1 for patch in ax.patches)
    assert len(ax.patches) == 2
    assert right == pytest.approx(ax.convert_xunits(MONTHS[-1].to_timestamp(how="end")), abs=1)


def test_wide_years_are_filled():
    filled = drawn("after_spread").collections[1]
    assert len(filled.get_offsets()) == (WINDOWS["percentile"] >= 80).sum()


def test_a_shorter_line_is_labelled_at_its_own_end():
    ax = drawn("since")
    place = {text.get_text(): text.xy for text in ax.texts}
    assert place["B"] == (2, 2.0)
    assert place["A"][0] == 3
    assert len(ax.lines[1].get_xdata()) == 3
