"""The forms that the book's figures take: each function hands back what `figures.Figure` draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from smallcaps.figures import Look, end_labels, halo, percent_axis, shade, zero_line
from smallcaps.words import MINUS, number

Draw = Callable[[Canvas, Look], None]
Spans = Sequence[tuple[pd.Period, pd.Period]]


def event_bars(values: pd.Series, *, marks: Mapping[str, float], unit: str = "pp") -> Draw:
    """One horizontal bar an event, oldest on top, and labelled vertical lines at `marks` (name to value).

    Bars right of zero have the colour of small caps, left of it that of large caps. Where a mark runs through the
    value of a bar, the mark gives way.
    """

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        rows = np.arange(len(values))
        colours = [style.small if value > 0 else style.large for value in values]
        ax.barh(rows, values, color=colours, height=0.62)
        for row, value in zip(rows, values, strict=True):
            ax.annotate(
                number(value, sign=True),
                (value, row),
                xytext=(4 if value >= 0 else -4, 0),
                textcoords="offset points",
                ha="left" if value >= 0 else "right",
                va="center",
                fontsize=9,
                zorder=4,
                path_effects=halo(style),
            )
        ax.set_yticks(rows, list(values.index))
        ax.invert_yaxis()
        ax.tick_params(axis="y", colors=style.ink)
        ax.grid(axis="y", visible=False)
        ax.grid(axis="x", visible=True)
        ax.axvline(0, color=style.muted, linewidth=1)
        low, high = min(*values, *marks.values(), 0), max(*values, *marks.values(), 0)
        pad = (high - low) * style.pick(0.1, 0.16)
        ax.set_xlim(low - pad, high + pad)
        _vertical_marks(ax, style, marks, unit=unit)
        _signed_x(ax, style, unit=unit)

    return draw


def _vertical_marks(ax: Axes, style: Look, marks: Mapping[str, float], *, unit: str) -> None:
    """Dashed lines with their names above the axes, stacked from the left so that no two names touch."""
    colours = (style.ink, style.muted, style.accent)
    ordered = sorted(marks.items(), key=lambda item: item[1])
    for step, (name, value) in enumerate(ordered):
        colour = colours[list(marks).index(name) % len(colours)]
        ax.axvline(value, color=colour, linewidth=1.4, linestyle=(0, (4, 2)), zorder=3)
        ax.annotate(
            f"{name} {number(value, sign=True)} {unit}",
            (value, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4 + 13 * (len(ordered) - 1 - step)),
            textcoords="offset points",
            ha=_anchor(ax, value),
            va="bottom",
            fontsize=9,
            color=colour,
        )


def _anchor(ax: Axes, value: float) -> str:
    left, right = ax.get_xlim()
    place = (value - left) / (right - left)
    return "left" if place < 0.35 else "right" if place > 0.65 else "center"


def _signed_x(ax: Axes, style: Look, *, unit: str) -> None:
    def label(x: float, _position: int) -> str:
        return ("0" if abs(x) < 1e-9 else f"{x:+,.0f}".replace("-", MINUS)) + f" {unit}"

    ax.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(label))
    ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(style.pick(6, 4), integer=True))


def paths(frame: pd.DataFrame, *, named: Sequence[str] = (), unit: str = "pp", x_label: str = "") -> Draw:
    """Thin lines, one a column, and their mean drawn thick; the columns in `named` are labelled where they end."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        for name in frame.columns:
            strong = name in named
            ax.plot(
                frame.index,
                frame[name],
                color=style.muted,
                linewidth=1.1 if strong else 0.8,
                alpha=0.9 if strong else 0.55,
            )
        mean = frame.mean(axis=1)
        ax.plot(mean.index, mean, color=style.small, linewidth=3)
        zero_line(ax, style)
        ax.axvline(0, color=style.muted, linewidth=1, linestyle=(0, (4, 2)))
        percent_axis(ax, unit=unit, sign=True)
        ax.set_xlim(frame.index[0], frame.index[-1])
        ends = [("mean", float(mean.iloc[-1]), style.small)]
        ends += [(name, float(frame[name].dropna().iloc[-1]), style.muted) for name in named]
        end_labels(ax, ends, style=style, x=frame.index[-1], room=style.pick(0.13, 0.24))
        ax.set_xticks([month for month in frame.index if month % 6 == 0])
        ax.set_xlabel(x_label)

    return draw


def slopes(table: pd.DataFrame, *, estimate: str, low: str, high: str, unit: str) -> Draw:
    """Estimates with their intervals, a row each, against a line at zero."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        rows = np.arange(len(table))
        for row, (_, line) in zip(rows, table.iterrows(), strict=True):
            clear = line[low] > 0 or line[high] < 0
            colour = style.small if clear else style.muted
            ax.plot([line[low], line[high]], [row, row], color=colour, linewidth=2)
            ax.plot(line[estimate], row, "o", color=colour, markersize=7)
            ax.annotate(
                number(line[estimate], sign=True),
                (line[estimate], row),
                xytext=(0, 7),
                textcoords="offset points",
                ha="center",
                fontsize=9,
            )
        names = [str(name) for name in table.index]
        ax.set_yticks(rows, [name.replace(", ", ",\n") for name in names] if style.narrow else names)
        ax.tick_params(axis="y", colors=style.ink)
        ax.set_ylim(len(table) - 0.5, -0.7)
        ax.grid(axis="y", visible=False)
        ax.grid(axis="x", visible=True)
        ax.axvline(0, color=style.muted, linewidth=1.2)
        _signed_x(ax, style, unit=unit)

    return draw


def band(frame: pd.DataFrame, *, spans: Spans = (), unit: str = "", colour: str = "small") -> Draw:
    """A line (column estimate) in its band (low, high) over months, with spans shaded."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        dates = frame.index.to_timestamp(how="end")
        ax.fill_between(dates, frame["low"], frame["high"], color=getattr(style, colour), alpha=0.22, linewidth=0)
        ax.plot(dates, frame["estimate"], color=getattr(style, colour), linewidth=2)
        zero_line(ax, style)
        ax.set_xlim(dates[0], dates[-1])
        shade(ax, style, spans)
        percent_axis(ax, unit=unit, sign=True)
        _months(ax, style, frame.index)

    return draw


def lines(
    frame: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    spans: Spans = (),
    unit: str = "%",
    sign: bool = False,
    log: bool = False,
    zero: bool = True,
    room: tuple[float, float] = (0.16, 0.3),
) -> Draw:
    """Lines over months, one a column, labelled where they end; `colours` names a field of Look for each column.

    The axis of months ends with the last value. `zero` draws a line at zero; without it, and with `log`, the axis
    reaches as far as the values do.
    """

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        dates = frame.index.to_timestamp(how="end")
        for name in frame.columns:
            ax.plot(dates, frame[name], color=getattr(style, colours[name]), linewidth=1.8)
        if log:
            ax.set_yscale("log")
        else:
            percent_axis(ax, unit=unit, sign=sign)
            if zero:
                zero_line(ax, style)
            else:
                ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(5, integer=True))
        ax.set_xlim(dates[0], dates[-1])
        shade(ax, style, spans)
        ends = [
            ((labels or {}).get(name, name), float(frame[name].dropna().iloc[-1]), getattr(style, colours[name]))
            for name in frame.columns
        ]
        end_labels(ax, ends, style=style, x=mpl.dates.date2num(dates[-1]), room=style.pick(*room))
        _months(ax, style, frame.index)

    return draw


def histogram(values: pd.Series, *, marks: Mapping[str, float], unit: str = "pp", bins: int = 40) -> Draw:
    """How often each outcome came among all windows, with labelled lines at `marks`."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        ax.hist(values, bins=bins, color=style.grid, edgecolor=style.muted, linewidth=0.4)
        ax.set_yticks([])
        ax.grid(visible=False)
        _vertical_marks(ax, style, marks, unit=unit)
        _signed_x(ax, style, unit=unit)

    return draw


_SHORT = 3 * 366  # days: on so short an axis each value is seen to stand at the end of its month


def _months(ax: Axes, style: Look, months: pd.PeriodIndex) -> None:
    """Ticks from the first to the last of `months` and none beyond, also where room is kept for labels.

    Values stand at the ends of their months. A short axis names these months themselves: its year ticks, at the first
    day of a month, would name the month after.
    """
    first, last = (mpl.dates.date2num(month.end_time) for month in (months[0], months[-1]))
    if last - first <= _SHORT:
        shown = months[:: -(-len(months) // style.pick(7, 4))]
        ax.set_xticks([mpl.dates.date2num(month.end_time) for month in shown], [f"{m:%b}\n{m:%Y}" for m in shown])
    else:
        # Two ticks may do: asked for five, matplotlib finds no step for some windows and warns, which stops a build.
        ax.xaxis.set_major_locator(mpl.dates.AutoDateLocator(minticks=2, maxticks=style.pick(9, 5)))
        ax.xaxis.set_major_formatter(mpl.dates.ConciseDateFormatter(ax.xaxis.get_major_locator(), show_offset=False))
        ax.set_xticks([tick for tick in ax.get_xticks() if first <= tick <= last])
    ax.spines["bottom"].set_bounds(ax.get_xlim()[0], last)
