"""The figures of the chapter on fund flows that the common forms do not give, first of all the calendar of flows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from smallcaps.charts import Draw, lines
from smallcaps.figures import Look, percent_axis, zero_line
from smallcaps.words import MINUS, number

INITIALS = "JFMAMJJASOND"
CAP = 12.0  # percent of net assets at which the colour is full
FAINTEST = 0.1


def calendar(shares: pd.DataFrame, *, totals: pd.Series) -> Draw:
    """A cell a month, years downwards: flows in percent of net assets, inflows blue, outflows orange.

    `shares` has years as index and months 1 to 12 as columns (NaN: no cell); `totals` (bn USD by year) stand right of
    the rows. Numbers stand in the cells where there is room for them.
    """

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        for row, (_, months) in enumerate(shares.iterrows()):
            for month, share in months.dropna().items():
                _cell(ax, style, month - 1, row, share)
        ax.set_xlim(-0.5, style.pick(13.3, 14.6))
        ax.set_ylim(len(shares) - 0.5, -2.3)
        ax.set_yticks(range(len(shares)), [str(year) for year in shares.index])
        ax.tick_params(axis="y", colors=style.ink, labelsize=style.pick(9.5, 9), pad=2)
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
        ax.grid(visible=False)
        for month in range(12):
            name = pd.Period(year=2000, month=month + 1, freq="M").strftime("%b")
            ax.text(month, -0.75, style.pick(name, INITIALS[month]), ha="center", fontsize=9, color=style.muted)
        right = style.pick(13.2, 14.5)
        ax.text(right, -0.75, style.pick("year, bn $", "bn $"), ha="right", fontsize=9, color=style.muted)
        for row, year in enumerate(shares.index):
            colour = style.small if totals[year] > 0 else style.large
            text = number(totals[year], sign=True)
            ax.text(right, row, text, ha="right", va="center", fontsize=9.5, fontweight="bold", color=colour)
        _scale(ax, style)

    return draw


def _cell(ax: Axes, style: Look, x: float, y: float, share: float) -> None:
    strength = min(abs(share) / CAP, 1.0)
    colour = style.small if share > 0 else style.large
    face = to_rgba(colour, FAINTEST + (1 - FAINTEST) * strength)
    ax.add_patch(Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=face, linewidth=0))
    if not style.narrow:
        inverse = "#0d1319" if style.dark else "#ffffff"
        ink = inverse if strength > (0.68 if style.dark else 0.78) else style.ink
        ax.text(x, y, number(share, 0, sign=True), ha="center", va="center", fontsize=8.5, color=ink)


def _scale(ax: Axes, style: Look) -> None:
    """The key: what the colours mean, above the months."""
    steps = np.array([-1, -0.66, -0.33, 0.33, 0.66, 1]) * CAP
    left = style.pick(3.1, 3.2)
    for place, share in enumerate(steps):
        strength = abs(share) / CAP
        face = to_rgba(style.small if share > 0 else style.large, FAINTEST + (1 - FAINTEST) * strength)
        ax.add_patch(Rectangle((left + place * 0.9, -2.1), 0.86, 0.55, facecolor=face, linewidth=0))
    ends = (f"{MINUS}{CAP:.0f} % and less", f"+{CAP:.0f} % and more")
    ends = ends if not style.narrow else (f"{MINUS}{CAP:.0f} %", f"+{CAP:.0f} %")
    ax.text(left - 0.2, -1.83, ends[0], ha="right", va="center", fontsize=9, color=style.large)
    ax.text(left + 5.6, -1.83, ends[1], ha="left", va="center", fontsize=9, color=style.small)


def amounts(values: pd.Series, *, claimed: str) -> Draw:
    """Amounts in bn USD as horizontal bars, the claimed one hollow; money that left points to the left."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        for row, (name, value) in enumerate(values.items()):
            colour = style.accent if name == claimed else style.small if value >= 0 else style.large
            face = "none" if name == claimed else colour
            ax.barh(row, value, height=style.pick(0.6, 0.42), facecolor=face, edgecolor=colour, linewidth=1.6)
            ax.annotate(
                number(value),
                (value, row),
                xytext=(5 if value >= 0 else -5, 0),
                textcoords="offset points",
                ha="left" if value >= 0 else "right",
                va="center",
                fontsize=10,
                fontweight="bold",
                color=colour,
            )
        if style.narrow:  # no room beside the bars: the names stand above them
            ax.set_yticks([])
            for row, name in enumerate(values.index):
                ax.text(0.0, row - 0.38, name, transform=ax.get_yaxis_transform(), va="bottom", fontsize=9.5)
        else:
            ax.set_yticks(range(len(values)), list(values.index))
        ax.tick_params(axis="y", colors=style.ink)
        ax.set_ylim(len(values) - 0.6, style.pick(-0.6, -0.9))
        low, high = min(float(values.min()), 0.0), float(values.max())
        pad = (high - low) * style.pick(0.13, 0.18)
        ax.set_xlim(low - (pad if low < 0 else 0), high + pad)
        rows, reach = np.arange(len(values)), style.pick(0.5, 0.3)
        ax.vlines(0.0 * rows, rows - reach, rows + reach, color=style.muted, linewidth=1.2)
        ax.set_xticks([])
        ax.grid(visible=False)
        ax.spines["bottom"].set_visible(False)

    return draw


def put_in_and_market(path: pd.DataFrame, *, labels: Mapping[str, str], market: str) -> Draw:
    """Net assets (column assets) over what investors put in (put_in), the difference filled and named `market`."""
    base = lines(
        path,
        colours={"assets": "small", "put_in": "accent"},
        labels=labels,
        unit="bn",
        room=(0.19, 0.34),
    )

    def draw(canvas: Canvas, style: Look) -> None:
        base(canvas, style)
        ax = canvas.axes[0]
        dates = path.index.to_timestamp(how="end")
        ax.fill_between(dates, path["put_in"], path["assets"], color=style.small, alpha=0.13, linewidth=0)
        ax.fill_between(dates, 0, path["put_in"], color=style.accent, alpha=0.16, linewidth=0)
        place = int(len(path) * 0.86)
        middle = path.iloc[place].mean()
        ax.text(dates[place], middle, market, ha="center", va="center", fontsize=10, color=style.small)
        ax.set_ylim(bottom=0)

    return draw


def to_date(table: pd.DataFrame, *, marked: pd.Period) -> Draw:
    """The flow of each month as a faint bar and their running sum as a line with its numbers; bn USD."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        places = np.arange(len(table))
        running = table["to_date"].to_numpy()
        tints = [to_rgba(style.small if flow > 0 else style.large, 0.35) for flow in table["flow"]]
        ax.bar(places, table["flow"], width=0.6, color=tints)
        ax.plot(places, running, color=style.ink, linewidth=2, marker="o", markersize=4)
        zero_line(ax, style)
        shown = {int(np.argmin(running)), int(np.argmax(running)), len(table) - 1, table.index.get_loc(marked)}
        for place in places if not style.narrow else sorted(shown):
            strong = table.index[place] == marked
            if strong:
                ax.plot(place, running[place], "o", color=style.accent, markersize=9, zorder=4)
            dx, dy = _clear_of_line(running, place)
            ax.annotate(
                number(running[place], sign=True),
                (place, running[place]),
                xytext=(dx, dy),
                textcoords="offset points",
                ha="center" if dx == 0 else "left" if dx > 0 else "right",
                va="bottom" if dy > 0 else "top",
                fontsize=10 if strong else 9,
                fontweight="bold" if strong else "normal",
                color=style.accent if strong else style.ink,
            )
        ax.set_xticks(places, [style.pick(f"{month:%b}", INITIALS[month.month - 1]) for month in table.index])
        low, high = min(running.min(), table["flow"].min()), max(running.max(), table["flow"].max())
        ax.set_ylim(low - (high - low) * 0.13, high + (high - low) * 0.1)
        percent_axis(ax, unit="bn", sign=True)

    return draw


def _clear_of_line(values: np.ndarray, place: int) -> tuple[float, float]:
    """Where a label stands free of the line through `values`: offset in points from its dot."""
    rises_to = place > 0 and values[place - 1] < values[place]
    falls_to = place > 0 and values[place - 1] > values[place]
    rises_from = place < len(values) - 1 and values[place + 1] > values[place]
    falls_from = place < len(values) - 1 and values[place + 1] < values[place]
    if rises_to and rises_from:
        return -5, 3
    if falls_to and falls_from:
        return 5, 3
    return (0, -8) if falls_to or rises_from else (0, 8)


def around_flow(table: pd.DataFrame) -> Draw:
    """Slopes with their intervals by month from the flow: before it, with it, after it."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        steps = np.asarray(table.index)
        zero_line(ax, style)
        ax.axvspan(-0.5, 0.5, color=style.shade, linewidth=0, zorder=0)
        for step, row in table.iterrows():
            clear = row["low"] > 0 or row["high"] < 0
            colour = (style.small if row["slope"] > 0 else style.large) if clear else style.muted
            ax.plot([step, step], [row["low"], row["high"]], color=colour, linewidth=2.2)
            ax.plot(step, row["slope"], "o", color=colour, markersize=7)
            if clear:
                ax.annotate(
                    number(row["slope"], 2, sign=True),
                    (step, row["slope"]),
                    xytext=(8, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=9.5,
                    fontweight="bold",
                    color=colour,
                )
        ax.set_xlim(steps[0] - 0.6, steps[-1] + 0.6)
        _headings(ax, style, reach=steps[-1])
        every = 1 if len(steps) <= style.pick(25, 13) else 3
        ticks = [step for step in steps if step % every == 0]
        ax.set_xticks(ticks, [f"{step:+d}".replace("-", MINUS) if step else "0" for step in ticks])
        ax.set_xlabel("months from the month of the flow")
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:+.2f}".replace("-", MINUS) if abs(value) > 1e-9 else "0")

    return draw


def _headings(ax: Axes, style: Look, *, reach: int) -> None:
    """What each side would mean, above the axes."""
    places = {
        style.pick("returns before: flows follow", "before"): -(reach + 0.5) / 2 - 0.25,
        style.pick("same month", "same"): 0,
        style.pick("returns after: flows lead", "after"): (reach + 0.5) / 2 + 0.25,
    }
    for text, x in places.items():
        ax.annotate(
            text,
            (x, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            fontsize=9.5,
            fontweight="bold",
            color=style.muted,
        )
