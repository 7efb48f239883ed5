"""Specification curves: every estimate in order, the choices under it, and what placebo calendars gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from smallcaps.charts import Draw
from smallcaps.figures import Look, halo
from smallcaps.multiverse import prose
from smallcaps.multiverse.curve import Curve
from smallcaps.words import number

COLUMNS = 120  # specifications that the dots show: more could not be told apart
NARROW_COLUMNS = 56
ROW_INCHES = 0.165  # height of one row of choices
GAP = 0.55  # rows between two groups of choices
CURVE_INCHES = 2.5
UNITS = {"percent of periods": "%", "percent": "%", "pp": "pp"}


def specification_curve(curve: Curve, *, marks: Mapping[str, float]) -> Draw:
    """The estimates in order with their intervals, and under it a dot for each choice; lines at `marks`.

    Where there are more specifications than columns, the dots show every so-manieth of them, evenly along the curve.
    On a narrow screen the dots of the most telling dimension stand alone.
    """
    table = curve.table.sort_values("estimate", kind="stable").reset_index(names="row")

    def draw(canvas: Canvas, style: Look) -> None:
        groups = _groups(curve, curve.telling() if style.narrow else None)
        rows = _rows(groups)
        upper, lower = canvas.subplots(
            2, 1, sharex=True, height_ratios=[CURVE_INCHES, ROW_INCHES * rows], gridspec_kw={"hspace": 0.02}
        )
        columns = min(style.pick(COLUMNS, NARROW_COLUMNS), len(table))
        picked = np.unique(np.linspace(0, len(table) - 1, columns).round().astype(int))
        _estimates(upper, style, table, picked, curve, marks=marks)
        _dots(lower, style, table, groups, picked)

    return draw


def heights(curve: Curve) -> dict[str, float]:
    """`height` and `narrow_height` of a figure that holds the curve's rows of choices."""
    wide, narrow = _groups(curve, None), _groups(curve, curve.telling())
    rows = [_rows(groups) for groups in (wide, narrow)]
    return dict(zip(("height", "narrow_height"), (CURVE_INCHES + 0.4 + ROW_INCHES * n for n in rows), strict=True))


def curve_figure(curve: Curve) -> dict[str, Any]:
    """The fields of a figures.Figure for the curve, name and source apart: the same form and wording everywhere."""
    marks = {"no effect": 0.0} if curve.claimed is None else {"claimed": curve.claimed}
    return {
        "title": prose.title(curve),
        "subtitle": prose.subtitle(curve),
        "alt": prose.alt(curve),
        "data": shown_data(curve),
        "draw": specification_curve(curve, marks=marks),
        **heights(curve),
    }


def shown_data(curve: Curve) -> pd.DataFrame:
    """What the figure draws, as its CSV: the specifications in order of their estimates."""
    return curve.table.sort_values("estimate", kind="stable").reset_index(drop=True).rename_axis("rank")


def _rows(groups: Mapping[str, list[str]]) -> float:
    """Rows that the groups take, their names and the gaps between them included."""
    return sum(len(options) + 1 for options in groups.values()) + GAP * (len(groups) - 1)


def _groups(curve: Curve, only: str | None) -> dict[str, list[str]]:
    """Options with at least one specification, by dimension; dimensions with a single such option are no choice."""
    found = {}
    for dimension in curve.dimensions if only is None else (only,):
        used = set(curve.table[dimension])
        options = [e["option"] for e in curve.grid if e["dimension"] == dimension and e["option"] in used]
        if len(options) > 1:
            found[dimension] = options
    return found


def _estimates(ax: Axes, style: Look, table: pd.DataFrame, picked: np.ndarray, curve: Curve, *, marks) -> None:
    low, high = table["low"].to_numpy()[picked], table["high"].to_numpy()[picked]
    _strokes(ax, picked, low, high, color=style.grid, linewidth=style.pick(2.2, 1.6))
    ax.plot(np.arange(len(table)), table["estimate"], color=style.small, linewidth=2.2)
    bottom = min(np.nanquantile(low, 0.05), table["estimate"].min(), *marks.values())
    top = max(np.nanquantile(high, 0.95), table["estimate"].max(), *marks.values())
    pad = (top - bottom) * 0.08
    ax.set_ylim(bottom - pad, top + pad)
    digits = decimals(curve.table["estimate"].tolist())
    colours = (style.accent, style.muted)
    for colour, (name, value) in zip(colours, marks.items(), strict=False):
        ax.axhline(value, color=colour, linewidth=1.3, linestyle=(0, (4, 2)), zorder=2)
        above = value + 2 * pad < top
        _note(
            ax,
            f"{name} {number(value, 0 if value == round(value) else digits)}",
            (0, value),
            shift=(2, 3 if above else -12),
            colour=colour,
            style=style,
        )
    if curve.own is not None:
        place = int(np.flatnonzero(table["row"] == curve.own)[0])
        right = place > len(table) / 2
        crowded = any(0 <= curve.own_estimate - value + pad < 3 * pad for value in marks.values())  # by a mark's name
        ax.plot(place, curve.own_estimate, "o", color=style.large, markersize=8, zorder=5)
        _note(
            ax,
            f"this chapter {number(curve.own_estimate, digits)}",
            (place, curve.own_estimate),
            shift=(-9, -15 if crowded else 7) if right else (9, -15),
            colour=style.large,
            style=style,
            ha="right" if right else "left",
        )
    _numbers(ax.yaxis, unit=UNITS.get(curve.unit, ""))
    ax.set_xlim(-0.5, len(table) - 0.5)
    ax.tick_params(axis="x", bottom=False, labelbottom=False)


def _note(ax: Axes, text: str, at: tuple[float, float], *, shift, colour: str, style: Look, ha: str = "left") -> None:
    place = {"xytext": shift, "textcoords": "offset points", "ha": ha, "zorder": 6}
    ax.annotate(text, at, color=colour, fontsize=9, path_effects=halo(style), **place)


def _strokes(ax: Axes, x: np.ndarray, low: np.ndarray, high: np.ndarray, **look) -> None:
    """Vertical strokes as one path: far fewer bytes than a line for each."""
    gaps = np.full(len(x), np.nan)
    ax.plot(np.stack([x, x, gaps], axis=1).ravel(), np.stack([low, high, gaps], axis=1).ravel(), **look)


def _numbers(axis: mpl.axis.Axis, *, unit: str = "") -> None:
    """Tick labels with as many decimals as the steps between them need."""

    def label(value: float, _position: int) -> str:
        ticks = axis.get_majorticklocs()
        step = abs(ticks[1] - ticks[0]) if len(ticks) > 1 else 1.0
        digits = next((d for d in range(4) if abs(step - round(step, d)) < 1e-6 * step), 4)
        return f"{number(value, digits, sign=unit != '%')} {unit}".strip()

    axis.set_major_formatter(mpl.ticker.FuncFormatter(label))


def _dots(ax: Axes, style: Look, table: pd.DataFrame, groups: Mapping[str, list[str]], picked: np.ndarray) -> None:
    y, ticks, labels = 0, [], []
    for dimension, options in groups.items():
        place = {"transform": ax.get_yaxis_transform(), "ha": "right", "va": "center"}
        ax.text(-0.012, y, dimension, fontsize=8.5, fontweight="bold", color=style.ink, **place)
        y += 1
        chosen = table[dimension].to_numpy()[picked]
        for option in options:
            at = picked[chosen == option]
            _strokes(ax, at, np.full(len(at), y - 0.34), np.full(len(at), y + 0.34), color=style.small, linewidth=1.6)
            ticks.append(y)
            labels.append(option)
            y += 1
        y += GAP
    ax.set_yticks(ticks, labels, fontsize=8.5)
    ax.tick_params(axis="y", colors=style.ink, pad=2)
    ax.set_ylim(y - GAP - 0.4, -0.7)
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", bottom=False, labelbottom=False)
    said = ", smallest estimate left" if not style.narrow else ""
    ax.set_xlabel(f"{len(table):,} specifications{said}", fontsize=9)


def side_by_side(records: Sequence[Mapping[str, Any]], *, titles: Sequence[str]) -> Draw:
    """The curves of several claims, a panel each: estimates in order, the claimed figure, and the base rate's side."""

    def draw(canvas: Canvas, style: Look) -> None:
        for ax, record, title in zip(_panels(canvas, style, len(records)), records, titles, strict=True):
            rows = pd.DataFrame(record["rows"], columns=record["columns"]).sort_values("estimate")
            sign = 1 if record["direction"] == "positive" else -1
            agrees = (sign * (rows["estimate"] - rows["base"]) > 0).to_numpy()
            picked = np.unique(np.linspace(0, len(rows) - 1, min(COLUMNS, len(rows))).round().astype(int))
            place, height = picked / (len(rows) - 1) * 100, rows["estimate"].to_numpy()[picked]
            thick = (height.max() - height.min()) / 45
            for wanted, colour in ((agrees[picked], style.small), (~agrees[picked], style.large)):
                at, y = place[wanted], height[wanted]
                _strokes(ax, at, y - thick, y + thick, color=colour, linewidth=style.pick(1.8, 1.3))
            ax.axhline(0, color=style.muted, linewidth=0.8, zorder=1)
            if record["claimed"] is not None:
                ax.axhline(record["claimed"], color=style.accent, linewidth=1.2, linestyle=(0, (4, 2)))
            ax.set_title(title, loc="left", fontsize=9.5, color=style.ink)
            _numbers(ax.yaxis, unit=UNITS.get(record["unit"], ""))
            ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4))
            ax.set_xlim(-2, 102)
            ax.tick_params(axis="x", bottom=False, labelbottom=False)

    return draw


def placebo_histograms(records: Sequence[Mapping[str, Any]], *, titles: Sequence[str]) -> Draw:
    """How often placebo calendars gave each median, a panel a claim, with the real median marked."""

    def draw(canvas: Canvas, style: Look) -> None:
        for ax, record, title in zip(_panels(canvas, style, len(records)), records, titles, strict=True):
            drawn, real = record["joint"]["placebo_histogram"], record["summary"]["median"]
            edges, counts = np.array(drawn["edges"]), np.array(drawn["counts"])
            ax.stairs(counts, edges, fill=True, color=style.grid)
            ax.axvline(real, color=style.small, linewidth=2.2)
            if record["claimed"] is not None:
                ax.axvline(record["claimed"], color=style.accent, linewidth=1.2, linestyle=(0, (4, 2)))
            ax.set_ylim(0, counts.max() * 1.25)
            ax.set_title(title, loc="left", fontsize=9.5, color=style.ink)
            ax.set_yticks([])
            ax.grid(visible=False)
            left, right = ax.get_xlim()
            late = (real - left) / (right - left) > 0.45
            digits = decimals(rows[0] for rows in record["rows"])
            ax.annotate(
                number(real, digits, sign=record["unit"] not in ("percent", "percent of periods")),
                (real, 1),
                xycoords=("data", "axes fraction"),
                xytext=(-4 if late else 4, -1),
                textcoords="offset points",
                ha="right" if late else "left",
                va="top",
                fontsize=9,
                color=style.small,
            )
            ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(style.pick(4, 3)))
            _numbers(ax.xaxis, unit=UNITS.get(record["unit"], ""))

    return draw


def _panels(canvas: Canvas, style: Look, count: int) -> list[Axes]:
    columns = style.pick(3, 2)
    grid = canvas.subplots(-(-count // columns), columns, squeeze=False)
    panels = list(grid.ravel())
    for ax in panels[count:]:
        ax.set_visible(False)
    return panels[:count]


def decimals(values: Iterable[float]) -> int:
    """Digits after the point that estimates of this size deserve: two for small slopes."""
    return 2 if float(np.median(np.abs(list(values)))) < 0.5 else 1
