"""Runs of consecutive elections: which of them give a claimed hit rate, and how many would by chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.inference import tail_p
from smallcaps.panel import Panel
from smallcaps.returns import window_gap
from smallcaps.studies.election_cycles import TERM, election_events

BASES = {"October": 0, "November": 1, "December": 2, "January": 3}  # month ends, counted from October's
ARTICLE = pd.Period("2025-10", freq="M")  # the month of the article that claims the figure


@dataclass(frozen=True)
class ElectionRuns:
    """Runs of consecutive elections in which small beat large in a share that rounds to `claimed` percent.

    `wins` has a row for each pair and base month and a column for each election: 1.0 if small beat large, 0.0 if not,
    NaN where the window is not whole. `runs` has a row for each run long enough to round to the figure at all:
    pair, base, first, last, length, wins, share (percent), gives (whether it rounds to it), newest (whether it ends
    with the last election whose window was over when the article appeared). `placebo` holds, by shift of all
    election dates in months (0 to 47), how many runs are possible and how many give the figure. `expected` is the
    number if each election were a draw of its own at the pair's base rate.
    """

    claimed: int
    wins: pd.DataFrame
    runs: pd.DataFrame
    placebo: pd.DataFrame
    expected: float
    p: float

    @property
    def lengths(self) -> list[int]:
        """Lengths of run at which the figure is possible and that the sample holds."""
        return sorted(set(self.runs["length"].tolist()))

    @property
    def found(self) -> pd.DataFrame:
        """The runs that give the figure."""
        return self.runs[self.runs["gives"]]

    def extended(self, run: pd.Series) -> dict[str, tuple[int, int]]:
        """Wins and length of `run` (a row of `runs`) with one election more: keys "earlier", "later", where there."""
        row = self.wins.loc[(run["pair"], run["base"])].dropna()
        first, last = row.index.get_loc(run["first"]), row.index.get_loc(run["last"])
        sides = {"earlier": (first - 1, last), "later": (first, last + 1)}
        return {
            side: (int(row.iloc[low : high + 1].sum()), high + 1 - low)
            for side, (low, high) in sides.items()
            if low >= 0 and high < len(row)
        }

    @property
    def chance(self) -> float:
        """Mean number of runs that give the figure when all dates are shifted by 1 to 47 months."""
        return float(self.placebo["gives"].iloc[1:].mean())

    @property
    def smallest_p(self) -> float:
        """The smallest p that so few placebo calendars allow."""
        return 1 / len(self.placebo)


def election_runs(panel: Panel, *, claimed: int = 83, horizon: int = 12) -> ElectionRuns:
    """Which runs of consecutive elections give `claimed` percent, and how many do when the dates are shifted.

    Over every pair of the panel (price, total, French's portfolios, and an own one), base month (ends of October to
    January), first election and length; gaps of simple returns compounded over `horizon` months. The placebo moves
    all elections by 1 to 47 months: dates that leave the sample at its end come back at its start. Only 48 calendars
    exist. NotCovered where no pair is; TooFewEvents where no run is long enough.
    """
    gaps = _gaps(panel, horizon=horizon)
    labels = {event.base: event.label for event in election_events(panel)}
    october = next(iter(labels), None)
    if october is None:
        raise NotCovered("no presidential election before the end of the window")
    rows = {
        (pair, base): pd.Series(
            {label: float(gap[month + later] > 0) for month, label in labels.items() if month + later in gap.index}
        )
        for pair, gap in gaps.items()
        for base, later in BASES.items()
    }
    runs = pd.concat(
        [_runs(wins, claimed=claimed).assign(pair=pair, base=base) for (pair, base), wins in rows.items()],
        ignore_index=True,
    )
    if not len(runs):
        most = max(map(len, rows.values()))
        raise TooFewEvents(f"{most} elections in the window; at least {_shortest(claimed)} can give {claimed} %")
    month_of = {label: month for month, label in labels.items()}
    ends = [month_of[run.last] + BASES[run.base] + horizon for run in runs.itertuples()]
    runs["newest"] = [end < ARTICLE <= end + TERM for end in ends]
    placebo = pd.DataFrame([_shifted(gaps, october + shift, claimed=claimed) for shift in range(TERM)])
    shares = {pair: float((gap > 0).mean()) for pair, gap in gaps.items()}
    return ElectionRuns(
        claimed=claimed,
        wins=pd.DataFrame(rows).T.rename_axis(["pair", "base"]),
        runs=runs[["pair", "base", "first", "last", "length", "wins", "share", "gives", "newest"]],
        placebo=placebo.rename_axis("shift"),
        expected=sum(_chance(run.length, shares[run.pair], claimed=claimed) for run in runs.itertuples()),
        p=tail_p(float(runs["gives"].sum()), placebo["gives"].to_numpy(float), alternative="greater", exhaustive=True),
    )


def figure_counts(length: int, *, claimed: int) -> list[int]:
    """Numbers of wins among `length` elections whose share rounds to `claimed` percent; mostly none."""
    return [wins for wins in range(length + 1) if np.floor(100 * wins / length + 0.5) == claimed]


def _gaps(panel: Panel, *, horizon: int) -> dict[str, pd.Series]:
    gaps, reasons = {}, []
    for pair in panel.pairs:
        try:
            gap = window_gap(*panel.pair(pair), horizon=horizon)
        except NotCovered as error:
            reasons.append(str(error))
            continue
        if len(gap):
            gaps[pair] = gap
    if not gaps:
        raise NotCovered(reasons[0] if reasons else f"no whole window of {horizon} months")
    return gaps


def _runs(wins: pd.Series, *, claimed: int) -> pd.DataFrame:
    """Every run of `wins` (1.0 and 0.0 by election) long enough to give the figure, a row a run."""
    rows = [
        (wins.index[first], wins.index[first + length - 1], length, int(count), 100 * count / length, count in counts)
        for length, counts, won in _counted(wins.to_numpy(), claimed=claimed)
        for first, count in enumerate(won)
    ]
    return pd.DataFrame(rows, columns=["first", "last", "length", "wins", "share", "gives"])


def _counted(wins: np.ndarray, *, claimed: int) -> Iterator[tuple[int, list[int], np.ndarray]]:
    """By length that can give the figure: the length, the counts that give it, the wins of each run."""
    total = np.concatenate([[0.0], np.cumsum(wins)])
    for length in range(1, len(wins) + 1):
        if counts := figure_counts(length, claimed=claimed):
            yield length, counts, total[length:] - total[:-length]


def _shifted(gaps: Mapping[str, pd.Series], first: pd.Period, *, claimed: int) -> dict[str, int]:
    """How many runs are possible, and give the figure, if elections came every 48 months through `first`."""
    possible = gives = 0
    for gap in gaps.values():
        phase = np.arange(len(gap)) + gap.index[0].ordinal - first.ordinal
        for later in BASES.values():
            wins = gap.to_numpy()[(phase - later) % TERM == 0] > 0
            for _, counts, won in _counted(wins, claimed=claimed):
                possible, gives = possible + len(won), gives + int(np.isin(won, counts).sum())
    return {"possible": possible, "gives": gives}


def _chance(length: int, base_share: float, *, claimed: int) -> float:
    """The probability that `length` independent elections at the base rate give the figure."""
    return float(sum(stats.binom.pmf(wins, length, base_share) for wins in figure_counts(length, claimed=claimed)))


def _shortest(claimed: int) -> int:
    return next(length for length in range(1, 101) if figure_counts(length, claimed=claimed))
