"""One look for every figure: drawn for light and dark pages, wide and narrow, each as an SVG of stable bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import fontManager
from matplotlib.patheffects import AbstractPathEffect, withStroke
from scipy.optimize import isotonic_regression


@dataclass(frozen=True)
class Look:
    """The colours of one theme and the shape of one screen; the same colour means the same thing everywhere.

    Chosen from Okabe and Ito's palette, which colour-blind readers can tell apart, lightened for dark pages.
    """

    dark: bool
    narrow: bool
    page: str
    ink: str
    muted: str
    grid: str
    shade: str
    small: str
    large: str
    value: str
    growth: str
    accent: str

    def pick(self, wide: object, narrow: object) -> object:
        """`narrow` on a narrow screen, else `wide`."""
        return narrow if self.narrow else wide


_LIGHT = {
    "page": "#ffffff",
    "ink": "#1d2733",
    "muted": "#5a6673",
    "grid": "#d9dee4",
    "shade": "#e9ecef",
    "small": "#0067a5",
    "large": "#b8500f",
    "value": "#00735a",
    "growth": "#a0478a",
    "accent": "#9a6a00",
}
_DARK = {
    "page": "#121212",  # the theme's
    "ink": "#e8ecf1",
    "muted": "#a7b1bd",
    "grid": "#38424e",
    "shade": "#28313b",
    "small": "#5cb5ee",
    "large": "#f0935a",
    "value": "#3fc9a4",
    "growth": "#dd8fcb",
    "accent": "#e3b341",
}
_TO_DARK = {_LIGHT[name]: _DARK[name] for name in _LIGHT}
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_PLACES = re.compile(r'\b(?:d|x|y|x1|x2|y1|y2|points)="[^"]*"')  # where an SVG says where something lies
_DECIMALS = re.compile(r"-?\d+\.\d+")
WIDE, NARROW = 7.0, 3.5  # inches: shown at about 105 px an inch, so that 9.5 points read as 14 px on both

# The face of the site's numerals, so that figure and page match. DejaVu, which matplotlib brings, has the rest.
FONTS = ("Source Sans 3", "DejaVu Sans")
for _file in sorted((Path(__file__).parent / "fonts").glob("*.ttf")):
    fontManager.addfont(_file)


def look(*, dark: bool = False, narrow: bool = False) -> Look:
    """The look of one variant."""
    return Look(dark=dark, narrow=narrow, **(_DARK if dark else _LIGHT))


@dataclass(frozen=True)
class Figure:
    """A figure as the book uses it.

    `title` says what the reader should take away, `subtitle` the unit and the sample, `alt` what the picture shows
    with its numbers, `source` where the data come from. `draw(canvas, look)` draws it; `data` is what was drawn and
    becomes its CSV. `height` is in inches for wide screens, `narrow_height` for narrow ones.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    source: str
    data: pd.DataFrame
    draw: Callable[[Canvas, Look], None]
    height: float = 4.0
    narrow_height: float = 3.7


VARIANTS = {
    "light": {"dark": False, "narrow": False},
    "dark": {"dark": True, "narrow": False},
    "light-narrow": {"dark": False, "narrow": True},
    "dark-narrow": {"dark": True, "narrow": True},
}


def render(figure: Figure, *, dark: bool = False, narrow: bool = False) -> str:
    """The figure as SVG text, transparent, without dates or random ids: the same bytes every time."""
    style = look(dark=dark, narrow=narrow)
    rc = {
        "svg.hashsalt": f"smallcaps-{figure.name}",
        "svg.fonttype": "path",
        "font.family": list(FONTS),
        "font.size": 10.5,
        "text.color": style.ink,
        "axes.labelcolor": style.muted,
        "axes.edgecolor": style.grid,
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "grid.color": style.grid,
        "grid.linewidth": 0.7,
        "xtick.color": style.muted,
        "ytick.color": style.muted,
        "ytick.left": False,
        "xtick.major.size": 3,
        "lines.linewidth": 1.8,
        "lines.solid_capstyle": "round",
        "axes.unicode_minus": True,
        "path.simplify_threshold": 0.5,
    }
    with mpl.rc_context(rc):
        size = (NARROW, figure.narrow_height) if narrow else (WIDE, figure.height)
        canvas = Canvas(figsize=size, layout="constrained")
        drawing = FigureCanvasSVG(canvas)
        figure.draw(canvas, style)
        buffer = io.StringIO()
        # `savefig` would draw everything once more beforehand to find the layout, which drawing finds as well.
        drawing.print_svg(buffer, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def render_all(figure: Figure) -> dict[str, str]:
    """The SVG text of each of VARIANTS.

    A drawing that uses the palette alone is drawn once for each width and its colours are exchanged for the dark
    page; one that mixes colours of its own is drawn for each.
    """
    drawn = {}
    for name, options in VARIANTS.items():
        twin = drawn.get(name.replace("dark", "light")) if options["dark"] else None
        drawn[name] = in_dark(twin) if twin and set(_COLOUR.findall(twin)) <= _TO_DARK.keys() else None
        drawn[name] = drawn[name] or render(figure, **options)
    return drawn


def coarse(svg: str) -> str:
    """The drawing with its lines and points on a grid of a tenth of a point: what a screen shows, and no finer."""

    def rounded(found: re.Match[str]) -> str:
        return _DECIMALS.sub(lambda number: f"{float(number.group()):.1f}", found.group())

    return _PLACES.sub(rounded, svg)


def in_dark(svg: str) -> str:
    """The drawing with each colour of the light palette exchanged for its dark counterpart."""
    return _COLOUR.sub(lambda colour: _TO_DARK[colour.group()], svg)


def zero_line(ax: Axes, style: Look, *, at: float = 0.0) -> None:
    """A line where nothing happened, a little stronger than the grid."""
    ax.axhline(at, color=style.muted, linewidth=1, zorder=1)


def shade(ax: Axes, style: Look, spans: Sequence[tuple[pd.Period, pd.Period]]) -> None:
    """Grey bands over the spans (recessions), cut to the axis as it stands."""
    left, right = ax.get_xlim()
    for start, end in spans:
        from_day, to_day = (mpl.dates.date2num(stamp) for stamp in (start.start_time, end.end_time))
        if to_day > left and from_day < right:
            ax.axvspan(max(from_day, left), min(to_day, right), color=style.shade, linewidth=0, zorder=0)
    ax.set_xlim(left, right)


def halo(style: Look) -> list[AbstractPathEffect]:
    """The path effects of a label that lies over lines: an edge in the page's colour, so that none runs through it."""
    return [withStroke(linewidth=3, foreground=style.page)]


def spread(positions: Sequence[float], *, gap: float) -> np.ndarray:
    """The positions moved apart as little as needed so that neighbours are at least `gap` apart, in their order."""
    order = np.argsort(positions, kind="stable")
    steps = gap * np.arange(len(order))
    # Neighbours a gap apart are, less their steps, in order: the nearest such positions are an isotonic regression.
    placed = isotonic_regression(np.asarray(positions, dtype=float)[order] - steps).x + steps
    result = np.empty_like(placed)
    result[order] = placed
    return result


def end_labels(
    ax: Axes,
    labels: Sequence[tuple[str, float, str]],
    *,
    style: Look,
    x: float,
    size: float = 9.5,
    room: float = 0.16,
) -> None:
    """Direct labels right of the lines, moved apart where they would touch.

    `labels` are (text, y, colour); `x` is where the lines end in data units; `room` is the share of the axis width
    that is kept free for them on the right.
    """
    left, _ = ax.get_xlim()
    ax.set_xlim(left, x + (x - left) * room / (1 - room))
    low, high = ax.get_ylim()
    height_points = ax.figure.get_size_inches()[1] * 72 * 0.8
    gap = (high - low) * size * 1.25 / height_points
    for (text, _, colour), y in zip(labels, spread([y for _, y, _ in labels], gap=gap), strict=True):
        ax.annotate(
            text,
            (x, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=size,
            bbox={"facecolor": style.page, "edgecolor": "none", "pad": 0.5},  # no line runs through a word
        )


def percent_axis(ax: Axes, *, unit: str = "%", sign: bool = False) -> None:
    """Ticks of the y axis as numbers with their unit, with a plus before gains if `sign`."""
    form = "{x:+,.0f}" if sign else "{x:,.0f}"

    def label(x: float, _position: int) -> str:
        return ("0" if abs(x) < 1e-9 else form.format(x=x)).replace("-", "\N{MINUS SIGN}") + f" {unit}"

    ax.yaxis.set_major_formatter(mpl.ticker.FuncFormatter(label))
