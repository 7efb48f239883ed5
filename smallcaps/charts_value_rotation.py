"""The figures of the value chapter that the common forms do not give: tinted regimes, dollars, and a scatter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from smallcaps.charts import Draw, Spans, lines
from smallcaps.figures import Look, end_labels, percent_axis, zero_line
from smallcaps.words import MINUS

TINT = 0.16


def dollars(levels: pd.DataFrame, *, colours: Mapping[str, str], dashed: Sequence[str] = ()) -> Draw:
    """What a dollar became, a line a portfolio, on a log scale; the columns in `dashed` are drawn dashed."""
    base = lines(levels, colours=colours, log=True, room=(0.17, 0.3))

    def draw(canvas: Canvas, style: Look) -> None:
        base(canvas, style)
        ax = canvas.axes[0]
        for line, name in zip(ax.lines, levels.columns, strict=False):
            if name in dashed:
                line.set_linestyle((0, (5, 1.6)))
        _plain_log(ax, "${x:,.0f}", minor=False)

    return draw


def _plain_log(ax: Axes, form: str, *, minor: bool) -> None:
    """Ticks of a log axis as plain numbers; numbers below 1 keep the digits they need."""

    def label(x: float, _position: int) -> str:
        return form.format(x=x) if x >= 1 else form.replace(",.0f", "g").format(x=x)

    ax.yaxis.set_major_formatter(mpl.ticker.FuncFormatter(label))
    ax.yaxis.set_minor_formatter(mpl.ticker.NullFormatter())
    if not minor:
        ax.tick_params(axis="y", which="minor", length=0)


def relative(frame: pd.DataFrame, *, colours: Mapping[str, str], room: tuple[float, float] = (0.22, 0.36)) -> Draw:
    """Wealth of one side over the other, 100 at the start, a line a pair."""
    base = lines(frame, colours=colours, unit="", room=room)

    def draw(canvas: Canvas, style: Look) -> None:
        base(canvas, style)
        ax = canvas.axes[0]
        zero_line(ax, style, at=100)
        ax.set_ylim(bottom=0)

    return draw


def tinted(ratio: pd.Series, *, spans: Mapping[str, Spans], colours: Mapping[str, str]) -> Draw:
    """A ratio on a log scale with the regimes of each side tinted in its colour; the names stand above the axes."""
    base = lines(ratio.to_frame("ratio"), colours={"ratio": "ink"}, labels={"ratio": ""}, log=True, room=(0.01, 0.01))

    def draw(canvas: Canvas, style: Look) -> None:
        base(canvas, style)
        ax = canvas.axes[0]
        _tint(ax, style, spans, colours)
        _names_above(ax, style, colours)
        ax.yaxis.set_major_locator(mpl.ticker.LogLocator(base=10, subs=(1, 2, 5)))
        _plain_log(ax, "{x:,.0f}", minor=False)

    return draw


def probability(frame: pd.DataFrame, *, spans: Mapping[str, Spans], colours: Mapping[str, str], lead: str) -> Draw:
    """Probabilities in percent: the column `lead` strong, the others thin and dotted, regimes tinted."""
    palette = {name: "ink" if name == lead else "muted" for name in frame.columns}
    base = lines(frame, colours=palette, room=(0.17, 0.32))

    def draw(canvas: Canvas, style: Look) -> None:
        base(canvas, style)
        ax = canvas.axes[0]
        for line, name in zip(ax.lines, frame.columns, strict=False):
            line.set_linewidth(1.6 if name == lead else 1.0)
            if name != lead:
                line.set_linestyle((0, (1, 1.5)))
        _tint(ax, style, spans, colours)
        _names_above(ax, style, colours)
        zero_line(ax, style, at=50)
        ax.set_ylim(0, 100)
        ax.set_yticks([0, 25, 50, 75, 100])

    return draw


def _tint(ax: Axes, style: Look, spans: Mapping[str, Spans], colours: Mapping[str, str]) -> None:
    """Spans in the colour of their side, cut to where the lines run."""
    left, right = ax.get_xlim()
    last = max(float(mpl.dates.date2num(line.get_xdata()).max()) for line in ax.lines[:1])
    for side, months in spans.items():
        for start, end in months:
            begin, stop = mpl.dates.date2num(start.start_time), mpl.dates.date2num(end.end_time)
            if stop > left and begin < last:
                ax.axvspan(
                    max(begin, left),
                    min(stop, last),
                    color=getattr(style, colours[side]),
                    alpha=TINT,
                    linewidth=0,
                    zorder=0,
                )
    ax.set_xlim(left, right)


def _names_above(ax: Axes, style: Look, colours: Mapping[str, str]) -> None:
    for step, (side, colour) in enumerate(colours.items()):
        ax.annotate(
            f"{side} leads",
            (0 if step == 0 else style.pick(0.26, 0.5), 1),
            xycoords="axes fraction",
            xytext=(0, 5),
            textcoords="offset points",
            fontsize=9.5,
            fontweight="bold",
            color=getattr(style, colour),
        )


def percentile(values: pd.Series, *, wide: float, name: str) -> Draw:
    """A percentile by year with a line from which it is called wide."""
    base = lines(values.to_frame(name), colours={name: "value"}, labels={name: f"{values.iloc[-1]:.0f} %"})

    def draw(canvas: Canvas, style: Look) -> None:
        base(canvas, style)
        ax = canvas.axes[0]
        ax.axhline(wide, color=style.muted, linewidth=1.2, linestyle=(0, (4, 2)))
        left = ax.get_xlim()[0]
        ax.annotate(
            f"wide: {wide:.0f} % and more",
            (left, wide),
            xytext=(4, 4),
            textcoords="offset points",
            fontsize=9,
            color=style.muted,
        )
        ax.set_ylim(0, 103)
        ax.set_yticks([0, 20, 40, 60, 80, 100])

    return draw


def after_spread(
    windows: pd.DataFrame, *, base_rate: float, slope: float, named: Sequence[pd.Period], wide: float
) -> Draw:
    """The return after each spread (column after) against the spread (column sd), a dot a year, with the fitted line.

    Dots of wide years are filled; the years in `named` are labelled.
    """

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        is_wide = (windows["percentile"] >= wide).to_numpy()
        for part, face, edge in ((~is_wide, "none", style.muted), (is_wide, style.value, style.value)):
            ax.scatter(windows["sd"][part], windows["after"][part], s=34, facecolors=face, edgecolors=edge, zorder=3)
        x = np.array([windows["sd"].min(), windows["sd"].max()])
        middle = windows["sd"].mean()
        ax.plot(x, windows["after"].mean() + slope * (x - middle), color=style.value, linewidth=2)
        ax.axhline(base_rate, color=style.muted, linewidth=1.2, linestyle=(0, (4, 2)))
        zero_line(ax, style)
        left, right = ax.get_xlim()
        ax.set_xlim(left, right + (right - left) * 0.04)
        ax.annotate(
            f"all windows {base_rate:+.1f} %".replace("-", MINUS),
            (1, base_rate),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 4),
            textcoords="offset points",
            ha="right",
            fontsize=9,
            color=style.muted,
        )
        for year in named:
            ax.annotate(
                str(year),
                (windows.loc[year, "sd"], windows.loc[year, "after"]),
                xytext=(5, 5),
                textcoords="offset points",
                fontsize=9,
                color=style.ink,
            )
        percent_axis(ax, sign=True)
        ax.set_xlabel(
            style.pick("spread, standard deviations from the mean of its past", "spread, standard deviations")
        )
        ax.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: f"{value:+g}".replace("-", MINUS)))

    return draw


def since(frame: pd.DataFrame, *, colours: Mapping[str, str], labels: Mapping[str, str]) -> Draw:
    """Cumulated gaps by month, each labelled where it ends, with the first month marked."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        steps = np.arange(len(frame))
        for name in frame.columns:
            known = frame[name].notna().to_numpy()
            colour = getattr(style, colours[name])
            ax.plot(steps[known], frame[name][known], color=colour, marker="o", markersize=3.5)
        zero_line(ax, style)
        percent_axis(ax, unit="pp", sign=True)
        ax.set_xlim(0, len(frame) - 1)
        ends = [(labels[n], float(frame[n].dropna().iloc[-1]), getattr(style, colours[n])) for n in frame.columns]
        end_labels(ax, ends, x=len(frame) - 1, room=style.pick(0.24, 0.4))
        every = style.pick(2, 4)
        ax.set_xticks(steps[::every], [f"{month:%b}\n{month:%Y}" for month in frame.index[::every].to_timestamp()])

    return draw
