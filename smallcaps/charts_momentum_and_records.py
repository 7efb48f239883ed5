"""The forms that only the chapter on momentum and records needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure as Canvas

from smallcaps.charts import Draw, Spans, event_bars
from smallcaps.figures import Look, percent_axis, zero_line
from smallcaps.words import number


def large_cap_bars(values: pd.Series, *, marks: Mapping[str, float]) -> Draw:
    """`charts.event_bars` where the values are large caps' own returns, percent: gains in their colour, losses grey."""
    bars = event_bars(values, marks=marks, unit="%")

    def draw(canvas: Canvas, style: Look) -> None:
        bars(canvas, replace(style, small=style.large, large=style.muted))
        for ax in canvas.axes:
            left, right = ax.get_xlim()
            ax.set_xlim(left - (right - left) * style.pick(0, 0.08), right)  # room for the label of a loss
            ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(style.pick(6, 4), integer=True))

    return draw


def month_bars(values: pd.Series, *, runs: Spans, named: Sequence[pd.Period] = ()) -> Draw:
    """A bar a month (percent); the months of `runs` in the colour of small caps, each run labelled with its length.

    The values of the months in `named` are printed at their bars.
    """

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        places = {month: place for place, month in enumerate(values.index)}
        strong = {month for first, last in runs for month in places if first <= month <= last}
        colours = [style.small if month in strong else style.grid for month in values.index]
        edges = [style.small if month in strong else style.muted for month in values.index]
        ax.bar(range(len(values)), values, width=0.74, color=colours, edgecolor=edges, linewidth=0.5)
        zero_line(ax, style)
        top = float(values.max())
        for first, last in runs:
            inside = [place for month, place in places.items() if first <= month <= last]
            if not inside:
                continue
            at_end = inside[-1] > len(values) * 0.8
            ax.annotate(
                f"{(last - first).n + 1} in a row\nto {last.strftime('%b %Y')}",
                (inside[-1] + 0.4 if at_end else inside[0] - 0.4, top * 1.07),
                ha="right" if at_end else "left",
                va="bottom",
                fontsize=9.5,
                color=style.small,
            )
        for month in named:
            ax.annotate(
                number(values[month], sign=True),
                (places[month], values[month]),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=9,
                color=style.ink,
            )
        ax.set_xlim(-0.8, len(values) - 0.2)
        ax.set_ylim(top=top * 1.4)
        januaries = [place for month, place in places.items() if month.month == 1]
        ax.set_xticks(januaries, [str(values.index[place].year) for place in januaries])
        percent_axis(ax, sign=True)

    return draw


def against_record(
    path: pd.Series, *, days: Mapping[str, tuple[pd.Timestamp, float]], levels: Mapping[str, float]
) -> Draw:
    """A line of month ends (percent from a record), horizontal lines at `levels`, and dots on single days.

    Names of levels stand at the left, above their lines; those of days above the picture, in the order given.
    """

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        dates = path.index.to_timestamp(how="end")
        ax.plot(dates, path, color=style.small, linewidth=1.8)
        colours = (style.ink, style.muted)
        for colour, (name, level) in zip(colours, levels.items(), strict=False):
            ax.axhline(level, color=colour, linewidth=1.2, linestyle=(0, (4, 2)), zorder=1)
            ax.annotate(
                name,
                (style.pick(0.22, 0.12), level),
                xycoords=("axes fraction", "data"),
                xytext=(0, 3),
                textcoords="offset points",
                va="bottom",
                fontsize=9,
                color=colour,
            )
        ax.set_xlim(dates[0], dates[-1])
        top = max(0.0, float(path.max()), *levels.values(), *(value for _, value in days.values()))
        step = (top - float(path.min())) * 0.11
        for place, (name, (date, value)) in enumerate(days.items()):
            ax.plot(date, value, "o", color=style.accent, markersize=6, zorder=4)
            ax.annotate(
                f"{name} {number(value, 2, sign=True)} %",
                (date, value),
                xytext=(date, top + step * (place + 0.8)),
                arrowprops={
                    "arrowstyle": "-",
                    "color": style.accent,
                    "linewidth": 0.8,
                    "shrinkA": 0,
                    "shrinkB": 3,
                    "relpos": (1, 0.5),
                },
                ha="right",
                va="center",
                fontsize=9,
                color=style.accent,
            )
        ax.set_ylim(top=top + step * (len(days) + 0.3))
        percent_axis(ax, sign=True)
        ax.xaxis.set_major_locator(mpl.dates.YearLocator())
        ax.xaxis.set_major_formatter(mpl.dates.DateFormatter("%Y"))

    return draw
