"""Specification curves as pictures: they draw for both widths, and stay small."""

from __future__ import annotations

import numpy as np
import pytest

from smallcaps import charts_multiverse, figures
from smallcaps.multiverse import curve
from smallcaps.panel import Panel
from smallcaps.snapshot import current


@pytest.fixture(scope="module")
def found():
    return curve(Panel(current()), claim="election-83", rng=np.random.default_rng(1), draws=99)


def test_a_curve_in_both_widths(found):
    parts = charts_multiverse.curve_figure(found)
    assert parts["height"] > parts["narrow_height"] > charts_multiverse.CURVE_INCHES
    figure = figures.Figure(name="curve", source="made", **parts)
    wide, narrow = (figures.render(figure, narrow=one) for one in (False, True))
    assert figures.render(figure) == wide  # the same bytes every time
    assert len(wide) < 250_000 and len(narrow) < 100_000
    assert figure.data["estimate"].is_monotonic_increasing and len(figure.data) == found.count


def test_side_by_side_and_placebos(found):
    record = found.as_json()
    direction_only = {**record, "claimed": None, "direction": "negative", "unit": "pp per pp"}
    for draw in (charts_multiverse.side_by_side, charts_multiverse.placebo_histograms):
        figure = figures.Figure(
            "panels", "t", "s", "a", "made", found.table, draw([record, direction_only], titles=["One", "Other"])
        )
        for narrow in (False, True):
            assert "<svg" in figures.render(figure, narrow=narrow)


@pytest.mark.parametrize(("values", "digits"), [([0.01, -0.2, 0.1], 2), ([3.0, -4.0, 12.0], 1)])
def test_small_slopes_get_two_decimals(values, digits):
    assert charts_multiverse.decimals(values) == digits
