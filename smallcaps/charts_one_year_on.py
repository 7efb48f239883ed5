"""The one form that only the chapter on the year after needs: lines since dated starts, with milestones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure as Canvas

from smallcaps.charts import Draw
from smallcaps.figures import Look, end_labels, percent_axis, zero_line
from smallcaps.words import number


def since(
    paths: Mapping[str, pd.Series],
    *,
    colours: Mapping[str, str],
    milestones: Sequence[tuple[pd.Timestamp, str]],
    unit: str = "pp",
) -> Draw:
    """A line for each of `paths` (by day), named with its last value, and a dated line for each milestone.

    A milestone is (day, what happened, in one short word); its name stands above the axes, on wide screens with its
    day.
    """

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        for name, path in paths.items():
            ax.plot(path.index, path, color=getattr(style, colours[name]), linewidth=2, marker="o", markersize=3.5)
        zero_line(ax, style)
        for date, name in milestones:
            ax.axvline(date, color=style.muted, linewidth=1.2, linestyle=(0, (4, 2)), zorder=0)
            ax.annotate(
                name if style.narrow else f"{name}\n{date.day} {date:%b}",
                (mpl.dates.date2num(date), 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=9,
                color=style.ink,
            )
        first = min(path.index[0] for path in paths.values())
        last = max([path.index[-1] for path in paths.values()] + [date for date, _ in milestones])
        start, stop = (mpl.dates.date2num(day) for day in (first, last))
        ax.set_xlim(start - (stop - start) * 0.02, stop)
        ends = [
            (f"{name} {number(path.iloc[-1], sign=True)} {unit}", float(path.iloc[-1]), getattr(style, colours[name]))
            for name, path in paths.items()
        ]
        percent_axis(ax, unit=unit, sign=True)
        end_labels(ax, ends, style=style, x=stop, size=9.5, room=style.pick(0.15, 0.27))
        ax.xaxis.set_major_locator(mpl.dates.MonthLocator(bymonth=style.pick((1, 4, 7, 10), (1, 7))))
        ax.xaxis.set_major_formatter(mpl.dates.DateFormatter("%b\n%Y"))

    return draw
