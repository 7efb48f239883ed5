"""The forms of the figures: each draws what it was given, in every variant."""

from __future__ import annotations

import re
from functools import lru_cache

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure as Canvas

from smallcaps import charts, figures

MONTHS = pd.period_range("2000-01", periods=60, freq="M")
RNG = np.random.default_rng(7)
GAPS = pd.Series([-0.1, -14.2, 14.1, 6.2], index=["Sep 1984", "Jun 1989", "Jan 2001", "Sep 2007"])
MARKS = {"mean": 1.5, "all windows": -0.4, "claimed": 12.0}
SLOPES = pd.DataFrame(
    {"slope": [0.5, -2.0], "low": [-1.0, -3.0], "high": [2.0, -1.0]}, index=["all months", "while easing, by rule"]
)
BAND = pd.DataFrame({"estimate": 0.0, "low": -1.0, "high": 1.0}, index=MONTHS)
LINES = pd.DataFrame(RNG.normal(size=(60, 2)).cumsum(axis=0) + 100, index=MONTHS, columns=["small", "large"])
PATHS = pd.DataFrame(RNG.normal(size=(19, 3)), index=range(-6, 13), columns=["A", "B", "C"])
SPAN = [(pd.Period("2001-03", freq="M"), pd.Period("2001-11", freq="M"))]
COLOURS = {"small": "small", "large": "large"}

FORMS = {
    "event_bars": charts.event_bars(GAPS, marks=MARKS),
    "paths": charts.paths(PATHS, named=["A"], x_label="months"),
    "slopes": charts.slopes(SLOPES, estimate="slope", low="low", high="high", unit="pp"),
    "band": charts.band(BAND, spans=SPAN, unit="pp"),
    "lines": charts.lines(LINES, colours=COLOURS, spans=SPAN),
    "lines_log": charts.lines(LINES, colours=COLOURS, labels={"small": "Small caps"}, log=True),
    "histogram": charts.histogram(pd.Series(RNG.normal(size=300) * 10), marks=MARKS),
}


def drawn(draw: charts.Draw, *, dark: bool = False, narrow: bool = False):
    """The axes after drawing."""
    canvas = Canvas(figsize=(7, 4))
    draw(canvas, figures.look(dark=dark, narrow=narrow))
    return canvas.axes[0]


def figure(draw: charts.Draw) -> figures.Figure:
    return figures.Figure("x", "t", "s", "a", "s", pd.DataFrame(), draw)


@lru_cache
def one_by_one(form: str) -> dict[str, str]:
    """Each variant of a form, drawn alone."""
    return {name: figures.render(figure(FORMS[form]), **options) for name, options in figures.VARIANTS.items()}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_draws_the_same_bytes_twice_and_four_variants(form):
    variants = one_by_one(form)
    assert len(set(variants.values())) == 4
    assert figures.render(figure(FORMS[form])) == variants["light"]


def test_every_form_is_tested():
    public = {name for name, value in vars(charts).items() if callable(value) and value.__module__ == charts.__name__}
    assert {name for name in public if not name.startswith("_")} == {name.removesuffix("_log") for name in FORMS}


def test_event_bars_are_as_long_as_the_values_oldest_on_top():
    ax = drawn(FORMS["event_bars"])
    assert [bar.get_width() for bar in ax.patches] == GAPS.tolist()
    assert [tick.get_text() for tick in ax.get_yticklabels()] == GAPS.index.tolist()
    assert ax.yaxis_inverted()
    style = figures.look()
    colours = {style.small: [14.1, 6.2], style.large: [-0.1, -14.2]}
    for bar in ax.patches:
        colour = next(c for c, values in colours.items() if bar.get_width() in values)
        assert bar.get_facecolor()[:3] == pytest.approx(tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))


def test_event_bars_say_each_value_and_mark():
    texts = [text.get_text() for text in drawn(FORMS["event_bars"]).texts]
    assert texts[:4] == ["−0.1", "−14.2", "+14.1", "+6.2"]
    assert set(texts[4:]) == {"mean +1.5 pp", "all windows −0.4 pp", "claimed +12.0 pp"}


def test_marks_stand_at_their_values():
    for form in ("event_bars", "histogram"):
        places = [line.get_xdata()[0] for line in drawn(FORMS[form]).lines]
        assert set(MARKS.values()) <= set(places)


def test_names_of_marks_stand_on_different_lines():
    heights = [text.xyann[1] for text in drawn(FORMS["histogram"]).texts]
    assert len(set(heights)) == len(MARKS)


def test_paths_draw_every_column_and_the_mean():
    ax = drawn(FORMS["paths"])
    for name, line in zip(PATHS.columns, ax.lines, strict=False):
        assert line.get_ydata() == pytest.approx(PATHS[name])
    assert ax.lines[len(PATHS.columns)].get_ydata() == pytest.approx(PATHS.mean(axis=1))
    assert [text.get_text() for text in ax.texts] == ["mean", "A"]


def test_a_path_that_ends_early_is_labelled_where_it_ends():
    frame = PATHS.copy()
    frame.loc[3:, "A"] = np.nan
    label = drawn(charts.paths(frame, named=["A"])).texts[-1]
    assert label.get_text() == "A" and np.isfinite(label.xy).all()


@pytest.mark.parametrize("dark", [False, True])
def test_a_mark_gives_way_to_the_value_that_it_would_run_through(dark):
    ax, style = drawn(FORMS["event_bars"], dark=dark), figures.look(dark=dark)
    values = ax.texts[: len(GAPS)]
    assert [text.get_text() for text in values] == ["−0.1", "−14.2", "+14.1", "+6.2"]
    assert min(text.get_zorder() for text in values) > max(line.get_zorder() for line in ax.lines)
    assert {effect._gc["foreground"] for text in values for effect in text.get_path_effects()} == {style.page}


def test_slopes_draw_estimate_and_interval():
    ax = drawn(FORMS["slopes"])
    assert [list(line.get_xdata()) for line in ax.lines[:4]] == [[-1, 2], [0.5], [-3, -1], [-2]]
    style = figures.look()
    assert [ax.lines[i].get_color() for i in (1, 3)] == [style.muted, style.small]  # clear of zero or not
    assert [text.get_text() for text in ax.texts] == ["+0.5", "−2.0"]


def test_narrow_slopes_break_long_names():
    names = [tick.get_text() for tick in drawn(FORMS["slopes"], narrow=True).get_yticklabels()]
    assert names == ["all months", "while easing,\nby rule"]


def test_lines_are_labelled_by_name_or_label():
    assert [text.get_text() for text in drawn(FORMS["lines"]).texts] == ["small", "large"]
    assert [text.get_text() for text in drawn(FORMS["lines_log"]).texts] == ["Small caps", "large"]
    assert drawn(FORMS["lines_log"]).get_yscale() == "log"


@pytest.mark.parametrize("narrow", [False, True])
def test_months_of_any_window_find_their_ticks(narrow):
    for length in (2, 3, 4, 6, 9, 13, 18, 23, 24, 25, 30, 36, 47, 59, 60, 61, 100, 119, 121, 240, 500, 1200):
        frame = pd.DataFrame({"small": 1.0}, index=pd.period_range("1926-07", periods=length, freq="M"))
        axis = drawn(charts.lines(frame, colours=COLOURS), narrow=narrow).xaxis
        assert 1 <= len(axis.get_majorticklocs()) <= 10, length  # and no warning, which would stop a build


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("form", ["lines", "band"])
def test_no_year_stands_right_of_the_last_value(form, narrow):
    ax = drawn(FORMS[form], narrow=narrow)
    last = mpl.dates.date2num(MONTHS[-1].end_time)
    assert max(ax.get_xticks()) <= last
    assert ax.spines["bottom"].get_bounds()[1] == last
    assert form != "lines" or ax.get_xlim()[1] > last, "room for the labels"


def test_a_short_axis_names_the_months_whose_values_it_shows():
    frame = LINES[-12:]
    ax = drawn(charts.lines(frame, colours=COLOURS))
    assert ax.get_xticklabels()[0].get_text() == "Jan\n2004"
    assert set(ax.get_xticks()) <= set(ax.lines[0].get_xdata(orig=False))


def test_without_zero_an_axis_keeps_to_its_values():
    frame = LINES / 100 + 3
    assert drawn(charts.lines(frame, colours=COLOURS)).get_ylim()[0] <= 0
    ax = drawn(charts.lines(frame, colours=COLOURS, zero=False))
    assert ax.get_ylim()[0] > 2 and len(ax.lines) == 2


def test_histogram_counts_every_value():
    ax = drawn(FORMS["histogram"])
    assert sum(bar.get_height() for bar in ax.patches) == 300


def without_ids(drawing: str) -> str:
    """The drawing with its ids, which are hashes of what they name, counted in the order of their coming."""
    seen: dict[str, str] = {}
    return re.sub(r"\b[mp][0-9a-f]{10}\b", lambda hit: seen.setdefault(hit.group(), f"id{len(seen)}"), drawing)


@pytest.mark.parametrize("form", FORMS)
def test_all_variants_at_once_are_the_variants_one_by_one(form):
    for name, drawing in figures.render_all(figure(FORMS[form])).items():
        assert without_ids(drawing) == without_ids(one_by_one(form)[name]), name


def test_a_drawing_with_colours_of_its_own_is_drawn_for_each_page():
    def draw(canvas, style):
        canvas.subplots().plot([0, 1], color="#ff00ff" if style.dark else "#00ff00")

    variants = figures.render_all(figure(draw))
    assert "#ff00ff" in variants["dark"] and "#ff00ff" not in variants["light"]
