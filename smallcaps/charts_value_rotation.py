"""The figures of the value chapter that the common forms do not give: tinted regimes, dollars, and a scatter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from smallcaps.charts import Draw, Spans, lines
from smallcaps.figures import Look, end_labels, halo, percent_axis, zero_line
from smallcaps.words import MINUS

TINT = 0.16


def dollars(levels: pd.DataFrame, *, colours: Mapping[str, str], dashed: Sequence[str] = ()) -> Draw:
    """What a dollar became, a line a portfolio, on a log scale; the columns in `dashed` are drawn dashed."""
    # The logarithm is drawn on a plain axis, so that the end labels keep their distance.
    base = lines(np.log10(levels), colours=colours, room=(0.17, 0.3))

    def draw(canvas: Canvas, style: Look) -> None:
        base(canvas, style)
        ax = canvas.axes[0]
        for line, name in zip(ax.lines, levels.columns, strict=False):
            if name in dashed:
                line.set_linestyle((0, (5, 1.6)))
        low, high = np.log10(levels.min().min()), np.log10(levels.max().max())
        powers = np.arange(np.floor(low), np.ceil(high) + 1)
        _powers(ax, powers[powers >= low - 0.3], form="${:,.0f}")

    return draw


def _powers(ax: Axes, exponents: np.ndarray, *, form: str) -> None:
    """Ticks at these powers of ten; below 1 with the digits they need."""
    names = [form.format(10.0**e) if e >= 0 else form.replace(",.0f", "g").format(10.0**e) for e in exponents]
    ax.set_yticks(exponents, names)


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
    scaled = np.log10(ratio).to_frame("ratio")
    base = lines(scaled, colours={"ratio": "ink"}, labels={"ratio": ""}, room=(0.01, 0.01))

    def draw(canvas: Canvas, style: Look) -> None:
        base(canvas, style)
        ax = canvas.axes[0]
        _tint(ax, style, spans, colours)
        _names_above(ax, style, colours)
        ax.set_ylim(scaled["ratio"].min() - 0.08, scaled["ratio"].max() + 0.08)
        steps = np.log10(sorted(m * 10.0**e for e in range(-3, 5) for m in (1, 2, 5)))
        low, high = ax.get_ylim()
        _powers(ax, steps[(steps >= low) & (steps <= high)], form="{:,.0f}")

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
        dates = ax.lines[0].get_xdata()
        ax.plot([dates[0], dates[-1]], [50, 50], color=style.muted, linewidth=1)
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
        ax.plot(x, [base_rate, base_rate], color=style.muted, linewidth=1.2, linestyle=(0, (4, 2)))
        zero_line(ax, style)
        for year in named:
            ax.annotate(
                str(year),
                (windows.loc[year, "sd"], windows.loc[year, "after"]),
                xytext=(5, 5),
                textcoords="offset points",
                fontsize=9,
                color=style.ink,
                path_effects=halo(style),
            )
        percent_axis(ax, sign=True)
        fitted = windows["after"].mean() + slope * (x[1] - middle)
        mean = f"all windows {base_rate:+.1f} %".replace("-", MINUS)
        above = fitted >= base_rate
        for text, y, colour, up in (
            ("fitted line", fitted, style.value, above),
            (mean, base_rate, style.muted, not above),
        ):
            ax.annotate(
                text,
                (x[1], y),
                xytext=(6, 2 if up else -2),
                textcoords="offset points",
                va="bottom" if up else "top",
                fontsize=9,
                color=colour,
                path_effects=halo(style),
            )
        ticks = [tick for tick in ax.get_xticks() if x[0] - 0.3 <= tick <= x[1] + 0.3]
        ax.set_xlim(x[0] - 0.15, x[1] + (x[1] - x[0]) * style.pick(0.26, 0.52))
        ax.set_xticks(ticks)
        ax.set_xlabel(
            style.pick("spread, standard deviations from the mean of its past", "spread, standard deviations")
        )
        ax.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: f"{value:+g}".replace("-", MINUS)))

    return draw


def since(frame: pd.DataFrame, *, colours: Mapping[str, str], labels: Mapping[str, str]) -> Draw:
    """Cumulated gaps by month, each labelled where it ends; the columns begin together."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        steps, ends = np.arange(len(frame)), []
        for name in frame.columns:
            part = frame[name].dropna()
            colour = getattr(style, colours[name])
            ax.plot(steps[: len(part)], part, color=colour, marker="o", markersize=3.5)
            text, value = labels[name], float(part.iloc[-1])
            if len(part) == len(frame) or style.narrow:
                ends.append((text, value, colour))
            else:  # its table ends earlier: the label stands there
                ax.annotate(
                    text,
                    (len(part) - 1, value),
                    xytext=(4, 6),
                    textcoords="offset points",
                    fontsize=9.5,
                    color=colour,
                )
        zero_line(ax, style)
        percent_axis(ax, unit="pp", sign=True)
        ax.set_xlim(0, len(frame) - 1)
        end_labels(ax, ends, style=style, x=len(frame) - 1, room=style.pick(0.15, 0.27))
        every = style.pick(2, 4)
        ax.set_xticks(steps[::every], [f"{month:%b}\n{month:%Y}" for month in frame.index[::every].to_timestamp()])

    return draw
