"""The multiverse against the same thing as a plain pandas loop, and against one papermill run a specification."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.clones import Measurement
from smallcaps.book.paths import ROOT
from smallcaps.multiverse.grid import Specification
from smallcaps.multiverse.grids import choices, first_cuts
from smallcaps.multiverse.rules import first_cut_events
from smallcaps.panel import Panel
from smallcaps.snapshot import current

MILLION = 1_000_000
DRAWS = 1_000
PLAIN_SPECIFICATIONS, PLAIN_SETS = 20, 50  # the loop does this part; its seconds an evaluation stand for the rest


def against_pandas(repeats: int) -> Measurement:
    """Seconds for a million evaluations of the first-cut multiverse: one specification in one placebo calendar each.

    An evaluation is an estimate with its interval. Both sides start from a panel whose tables are loaded and check
    each other: the loop's estimates are those of the products of matrices.
    """
    panel = Panel(current(), tables=_tables())
    _ours(panel)  # loads the tables
    pairs = [_pair(panel, seed) for seed in range(repeats)]
    return Measurement(
        "A million evaluations of a multiverse (estimate, interval, placebo calendar)",
        "a loop in pandas over specifications and calendars",
        *map(list, zip(*pairs, strict=True)),
    )


def against_papermill(repeats: int) -> Measurement:
    """Seconds for a hundred specifications without placebos: ours, and one papermill run of the chapter for each.

    One run is measured in each pair and counted a hundredfold.
    """
    panel = Panel(current(), tables=_tables())
    _ours(panel)
    pairs = [(_hundred(panel), 100 * _papermill(horizon)) for horizon in range(6, 6 + repeats)]
    return Measurement(
        "A hundred specifications of the first-cut claim",
        "one `papermill` run of the chapter for each (one run, times 100)",
        *map(list, zip(*pairs, strict=True)),
    )


def _tables() -> tuple[str, ...]:
    from smallcaps.multiverse.headline import HEADLINES

    return HEADLINES[first_cuts.CLAIM].tables


def _ours(panel: Panel, seed: int = 0):
    universe = first_cuts.FirstCuts(panel, first_cuts.grid())
    laid = universe.laid()
    placebos = universe.placebos(np.random.default_rng(seed), draws=DRAWS)
    return universe, laid, placebos, universe.evaluate(laid.cases, placebos)


def _pair(panel: Panel, seed: int) -> tuple[float, float]:
    began = time.perf_counter()
    universe, laid, placebos, found = _ours(panel, seed)
    ours = (time.perf_counter() - began) / found.estimates.size * MILLION

    rng = np.random.default_rng(seed)
    rows = rng.choice(len(laid.cases), PLAIN_SPECIFICATIONS, replace=False)
    months = pd.period_range(universe.source.calendar.first, periods=universe.source.calendar.length, freq="M")
    calendars = [pd.Series(months, index=months[origin]) for origin in placebos.origin[:PLAIN_SETS]]
    began = time.perf_counter()
    looped = [_plain(panel, laid.specifications[row], calendars) for row in rows]
    plain = (time.perf_counter() - began) / (len(rows) * len(calendars)) * MILLION
    np.testing.assert_allclose(np.array(looped), found.estimates[rows, :PLAIN_SETS], rtol=1e-8, atol=1e-8)
    return ours, plain


def _plain(panel: Panel, specification: Specification, calendars: Sequence[pd.Series]) -> list[float]:
    """What an analyst would write: the specification's windows once, then a loop over the calendars."""
    horizon = specification["horizon"]
    small, large = (panel.returns(name).values for name in choices.names(specification.values))
    both = pd.concat([small, large], axis=1, keys=["small", "large"], join="inner")
    wealth = (1 + both).cumprod()
    wealth.loc[wealth.index[0] - 1] = 1.0
    wealth = wealth.sort_index()
    windows = (wealth.shift(-horizon) / wealth - 1).dropna() * 100
    gap = (windows["small"] - windows["large"]) * (12 / horizon)
    if specification["sample"] is not None:
        gap = gap.loc[pd.Period(specification["sample"], freq="M") - 1 :]
    if specification["recessions"]:
        calm = panel.history("fred_monthly")["USREC"].eq(0).astype(float).rolling(horizon).min().shift(-horizon)
        gap = gap[calm.reindex(gap.index) == 1]
    events = first_cut_events(panel, rule=specification["first cut by"])
    bases = pd.PeriodIndex([event.base + specification["counted from"] for event in events], freq="M")
    estimates = []
    for calendar in calendars:
        values = gap.reindex(calendar.loc[bases]).dropna()
        mean, error = values.mean(), values.std(ddof=1) / np.sqrt(len(values))
        margin = stats.t.ppf(0.975, len(values) - 1) * error
        _interval = mean - margin, mean + margin
        estimates.append(mean)
    return estimates


def _hundred(panel: Panel) -> float:
    began = time.perf_counter()
    universe = first_cuts.FirstCuts(panel, first_cuts.grid())
    laid = universe.laid(universe.grid.specifications[:400])
    universe.evaluate(laid.cases[:100], universe.placebos(np.random.default_rng(0), draws=99))
    return time.perf_counter() - began


def _papermill(horizon: int) -> float:
    notebook = ROOT / "chapters" / "rate_sensitivity.ipynb"
    with TemporaryDirectory(prefix="papermill-") as folder:
        command = [sys.executable, "-m", "papermill", "--no-progress-bar", "-p", "horizon", str(horizon)]
        began = time.perf_counter()
        subprocess.run(
            [*command, str(notebook), str(Path(folder) / "out.ipynb")], cwd=ROOT, check=True, capture_output=True
        )
        return time.perf_counter() - began
