"""The look: stable bytes, four variants, labels that do not touch."""

from __future__ import annotations

import re
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas

from smallcaps import figures


def figure(name: str = "gap") -> figures.Figure:
    data = pd.DataFrame({"gap": [1.0, -2.0, 3.0]}, index=pd.period_range("2000-01", periods=3, freq="M"))

    def draw(canvas, style):
        ax = canvas.subplots()
        ax.plot(range(3), data["gap"], color=style.small)
        ax.scatter(range(3), data["gap"], color=style.large)
        ax.set_xlabel("months")
        figures.zero_line(ax, style)
        figures.percent_axis(ax, sign=True)

    return figures.Figure(name, "Title", "Subtitle", "An alt text", "A source", data, draw)


def luminance(colour: str) -> float:
    """Relative luminance of a #rrggbb colour, as the guidelines for accessible web pages define it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


# SVG


@pytest.mark.parametrize("options", figures.VARIANTS.values(), ids=figures.VARIANTS)
def test_the_same_figure_has_the_same_bytes(options):
    assert figures.render(figure(), **options) == figures.render(figure(), **options)


def test_the_four_variants_differ():
    assert len({figures.render(figure(), **options) for options in figures.VARIANTS.values()}) == 4


def test_an_svg_carries_no_date_no_creator_and_no_text_font():
    svg = figures.render(figure())
    for word in ("dc:date", "dc:creator", "Matplotlib v", "<text"):
        assert word not in svg
    assert not re.search(r"\b20[2-9]\d-\d\d-\d\d", svg)


def test_ids_of_two_figures_do_not_meet():
    def clips(name):
        return set(re.findall(r'clipPath id="([^"]+)"', figures.render(figure(name))))

    assert clips("a") and not clips("a") & clips("b")


def test_wide_and_narrow_have_their_own_width():
    def width(narrow: bool) -> float:
        return float(re.search(r'width="([\d.]+)pt"', figures.render(figure(), narrow=narrow)).group(1))

    assert width(False) == pytest.approx(figures.WIDE * 72)
    assert width(True) == pytest.approx(figures.NARROW * 72)


def test_rendering_leaves_the_settings_as_they_were():
    before = dict(mpl.rcParams)
    figures.render(figure(), dark=True)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(("dark", "page"), [(False, "#ffffff"), (True, "#121212")])
def test_colours_can_be_read_on_their_page(dark, page):
    style = figures.look(dark=dark)
    for name in ("ink", "muted", "small", "large", "value", "growth", "accent"):
        assert contrast(getattr(style, name), page) >= 4.5, name


def test_a_look_picks_by_width():
    assert figures.look().pick(1, 2) == 1
    assert figures.look(narrow=True).pick(1, 2) == 2


# Labels


@given(positions=st.lists(st.floats(-100, 100), min_size=1, max_size=25), gap=st.floats(0.01, 10))
@settings(deadline=None)  # a busy machine is no fault
def test_spread_keeps_the_gap_and_the_order(positions, gap):
    found = figures.spread(positions, gap=gap)
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    for low, high in pairwise(order):
        assert found[high] - found[low] >= gap * (1 - 1e-9) - 1e-9
    assert np.mean(found) == pytest.approx(np.mean(positions), abs=1e-6)  # nothing drifts up or down


def test_spread_moves_as_little_as_needed():
    assert figures.spread([0.0, 5.0, 9.0], gap=1).tolist() == [0, 5, 9]
    assert figures.spread([3.0, 0.0, 0.5], gap=1).tolist() == pytest.approx([3, -0.25, 0.75])
    assert figures.spread([1.0, 1.0, 1.0], gap=2).tolist() == pytest.approx([-1, 1, 3])


def test_end_labels_keep_room_and_their_order():
    ax = Canvas(figsize=(7, 4)).subplots()
    ax.plot([0, 10], [0, 1])
    ax.set_xlim(0, 10)
    figures.end_labels(ax, [("upper", 0.51, "k"), ("lower", 0.50, "k")], style=figures.look(), x=10, room=0.2)
    assert ax.get_xlim() == pytest.approx((0, 12.5))
    upper, lower = ax.texts
    assert upper.get_text() == "upper" and upper.xy[1] > lower.xy[1] + 0.02


def test_percent_axis_has_true_minus_signs():
    ax = Canvas().subplots()
    figures.percent_axis(ax, unit="pp", sign=True)
    labels = [ax.yaxis.get_major_formatter()(x, 0) for x in (-10, 0, 1500)]
    assert labels == ["−10 pp", "0 pp", "+1,500 pp"]


def test_shading_is_cut_to_the_axis():
    ax = Canvas().subplots()
    days = pd.period_range("2000-01", "2001-12", freq="M").to_timestamp(how="end")
    ax.plot(days, range(24))
    ax.set_xlim(days[0], days[-1])
    before = ax.get_xlim()
    spans = [("1990-01", "1990-06"), ("1999-06", "2000-03"), ("2001-06", "2001-08"), ("2005-01", "2005-02")]
    spans = [tuple(pd.Period(month, freq="M") for month in span) for span in spans]
    patches = len(ax.patches)
    figures.shade(ax, figures.look(), spans)
    assert ax.get_xlim() == before
    bands = [patch.get_extents().transformed(ax.transData.inverted()) for patch in ax.patches[patches:]]
    assert len(bands) == 2
    assert all(before[0] - 1e-6 <= band.x0 < band.x1 <= before[1] + 1e-6 for band in bands)


def test_a_coarse_drawing_tells_no_more_than_a_screen_shows():
    drawn = figures.render(figure())
    coarse = figures.coarse(drawn)
    places = re.findall(r' (?:d|x|y)="([^"]*)"', coarse)
    assert places and not [place for place in places if re.search(r"\d\.\d\d", place)]
    assert re.sub(r"[\d.\s-]", "", coarse) == re.sub(r"[\d.\s-]", "", drawn)  # nothing but places moved
    before, after = (re.findall(r'(?<= d=")M [^"]*', svg) for svg in (drawn, coarse))
    for fine, rough in zip(before, after, strict=True):
        one, two = (np.array([float(x) for x in re.findall(r"-?[\d.]+", path)]) for path in (fine, rough))
        assert np.abs(one - two).max() <= 0.0501
