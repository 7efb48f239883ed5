"""The forms that only the chapter on elections needs: runs of wins, and terms by the party in office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure as Canvas

from smallcaps.charts import Draw
from smallcaps.figures import Look, end_labels, halo, percent_axis, zero_line
from smallcaps.words import number


def runs(wins: pd.DataFrame, *, spans: Sequence[tuple[str, str, str]]) -> Draw:
    """A row of dots for each row of `wins` (1 a win, 0 a loss, NaN nothing), a column an election; lines for `spans`.

    A span is (row, first election, last election) and runs under the dots of its row. The count of wins stands at the
    row's end.
    """

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        columns = {name: x for x, name in enumerate(wins.columns)}
        for y, (row, values) in enumerate(wins.iterrows()):
            known = values.dropna()
            for state, face in ((1.0, style.small), (0.0, "none")):
                here = [columns[name] for name in known.index[known == state]]
                edge = style.small if state else style.muted
                ax.scatter(here, [y] * len(here), s=style.pick(38, 12), facecolors=face, edgecolors=edge, linewidths=1)
            text = f"{int(known.sum())} of {len(known)}"
            ax.annotate(text, (len(columns) - 0.2, y), va="center", fontsize=9)
            for level, (_, first, last) in enumerate(span for span in spans if span[0] == row):
                height = y + 0.27 + 0.15 * level
                ax.plot([columns[first] - 0.3, columns[last] + 0.3], [height, height], color=style.large, linewidth=2.2)
        ax.set_yticks(range(len(wins)), list(wins.index))
        ax.tick_params(axis="y", colors=style.ink)
        ax.set_ylim(len(wins) - 0.3, -0.6)
        ax.set_xlim(-0.7, len(columns) + style.pick(2.2, 6.6))
        step = max(1, round(len(columns) / style.pick(8, 4)))
        shown = list(columns)[::-1][::step]
        ax.set_xticks([columns[name] for name in shown], shown)
        ax.grid(visible=False)

    return draw


def party_terms(terms: pd.DataFrame, *, eras: Sequence[tuple[str, dict[str, float]]], split: pd.Period) -> Draw:
    """A letter for each term (columns party, start, end, mean) at its middle, with the medians of two eras on top.

    `eras` are (name, median by party), one on either side of `split`.
    """

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        colours = {"D": style.accent, "R": style.ink}
        for _, term in terms.iterrows():
            middle = term["start"].start_time + (term["end"].end_time - term["start"].start_time) / 2
            ax.annotate(
                term["party"],
                (mpl.dates.date2num(middle), term["mean"]),
                ha="center",
                va="center",
                fontsize=style.pick(12, 10),
                fontweight="bold",
                color=colours[term["party"]],
                path_effects=halo(style),
            )
        left, right = terms["start"].min().start_time, terms["end"].max().end_time
        ax.set_xlim(mpl.dates.date2num(left), mpl.dates.date2num(right))
        reach = terms["mean"].max() - terms["mean"].min()
        ax.set_ylim(terms["mean"].min() - 0.08 * reach, terms["mean"].max() + 0.1 * reach)
        middle = mpl.dates.date2num(split.end_time)
        ax.axvline(middle, color=style.muted, linewidth=1, linestyle=(0, (4, 2)))
        zero_line(ax, style)
        percent_axis(ax, unit="pp", sign=True)
        for (name, medians), (x, side) in zip(eras, ((0, "left"), (1, "right")), strict=True):
            found = "   ".join(f"{party} {number(value, sign=True)}" for party, value in medians.items())
            ax.annotate(
                f"{name}, medians\n{found}",
                (x, 1),
                xycoords="axes fraction",
                xytext=(0, 5),
                textcoords="offset points",
                ha=side,
                va="bottom",
                fontsize=9.5,
            )
        ax.xaxis.set_major_locator(mpl.dates.YearLocator(style.pick(12, 24)))
        ax.xaxis.set_major_formatter(mpl.dates.DateFormatter("%Y"))
        ax.tick_params(axis="x", labelrotation=0)

    return draw


def year_means(table: pd.DataFrame, *, mean: float) -> Draw:
    """A dot with its interval (columns mean, low, high) for each year of the term, against zero and all months."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        for y, (_, row) in enumerate(table.iterrows()):
            colour = style.small if row["low"] > 0 or row["high"] < 0 else style.muted
            ax.plot([row["low"], row["high"]], [y, y], color=colour, linewidth=2)
            ax.plot(row["mean"], y, "o", color=colour, markersize=7)
            ax.annotate(
                number(row["mean"], 2, sign=True),
                (row["mean"], y),
                xytext=(0, 7),
                textcoords="offset points",
                ha="center",
                fontsize=9,
            )
        names = [str(name) for name in table.index]
        ax.set_yticks(range(len(names)), [name.replace(", ", ",\n") for name in names] if style.narrow else names)
        ax.tick_params(axis="y", colors=style.ink)
        ax.set_ylim(len(table) - 0.5, -0.7)
        ax.axvline(0, color=style.muted, linewidth=1.2)
        ax.axvline(mean, color=style.accent, linewidth=1.4, linestyle=(0, (4, 2)))
        ax.annotate(
            f"all months {number(mean, 2, sign=True)}",
            (mean, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=style.accent,
        )
        ax.grid(axis="y", visible=False)
        ax.grid(axis="x", visible=True)
        ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(style.pick(7, 5)))
        unit = style.pick(" pp", "")  # five ticks with their unit would touch on a narrow screen; the subtitle has it
        ax.xaxis.set_major_formatter(
            mpl.ticker.FuncFormatter(lambda x, _: f"{number(x, 1, sign=True) if abs(x) > 1e-9 else 0}{unit}")
        )

    return draw


def gap_by_year(values: pd.Series, *, marks: Mapping[str, float]) -> Draw:
    """A bar for each event over time, the largest on either side labelled, and dashed lines at `marks`."""

    def draw(canvas: Canvas, style: Look) -> None:
        ax = canvas.subplots()
        places = range(len(values))
        ax.bar(places, values, width=0.7, color=[style.small if value > 0 else style.large for value in values])
        ranked = values.reset_index(drop=True).sort_values()
        few = style.pick(3, 1)
        for x in {*ranked.index[:few], *ranked.index[-few:]}:
            value = values.iloc[x]
            ax.annotate(
                number(value, sign=True),
                (x, value),
                xytext=(0, 3 if value > 0 else -3),
                textcoords="offset points",
                ha="center",
                va="bottom" if value > 0 else "top",
                fontsize=9,
            )
        ax.margins(y=0.14)
        percent_axis(ax, unit="pp", sign=True)
        zero_line(ax, style)
        ends = []
        for (name, value), colour in zip(marks.items(), (style.ink, style.muted), strict=False):
            ax.plot([-0.7, len(values) - 0.3], [value, value], color=colour, linewidth=1.4, linestyle=(0, (4, 2)))
            ends.append((f"{name} {number(value, sign=True)}", value, colour))
        ax.set_xlim(-0.7, len(values) - 0.3)
        end_labels(ax, ends, style=style, x=len(values) - 0.3, room=style.pick(0.2, 0.34), size=style.pick(9.5, 9))
        step = max(1, round(len(values) / style.pick(8, 4)))
        shown = list(places)[::-1][::step]
        ax.set_xticks(shown, [values.index[x] for x in shown])

    return draw
