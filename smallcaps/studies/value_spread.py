"""How far apart the valuations of value and growth stand, and what wide gaps were followed by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.evidence import Evidence, months
from smallcaps.inference import Predictive, Regression, TestResult, circular_shift, hodrick_1b, ols, predictive
from smallcaps.panel import Panel
from smallcaps.returns import same_kind
from smallcaps.words import interval

WIDE = 80.0  # percentile of its own past from which a spread is called wide
MIN_PAST = 10  # earlier years without which a percentile of the past says nothing


def value_spread(panel: Panel) -> pd.DataFrame:
    """The value spread by year of formation: columns ratio, log, percentile, sd.

    `ratio` is the 80th over the 20th NYSE percentile of book-to-market, `log` its logarithm. `percentile` is the share
    of all earlier years that were lower, percent; `sd` the distance from the mean of the years so far in their
    standard deviations: both use the table from its beginning, never a later row. A row of year t holds prices of
    December t-1 and is known in June t; rows are those known by the end of the window whose July lies in it.
    """
    table = panel.history("ff_beme_breakpoints")
    ratio = table["p80"] / table["p20"]
    spread = np.log(ratio)
    past = [spread.to_numpy()[: i + 1] for i in range(len(spread))]
    frame = pd.DataFrame(
        {
            "ratio": ratio,
            "log": spread,
            "percentile": [float((x[:-1] < x[-1]).mean() * 100) if len(x) > 1 else np.nan for x in past],
            "sd": [float((x[-1] - x.mean()) / x.std(ddof=1)) if len(x) > 1 else np.nan for x in past],
        },
        index=table.index,
    ).iloc[MIN_PAST:]
    if not len(frame):
        raise TooFewEvents(
            f"{len(spread)} years of book-to-market; a percentile of the past needs {MIN_PAST} before it"
        )
    july = frame.index.asfreq("M", how="start") + 6
    inside = np.ones(len(frame), dtype=bool)
    if panel.end is not None:
        inside &= july - 1 <= panel.end
    if panel.start is not None:
        inside &= july >= panel.start
    if not inside.any():
        raise NotCovered(
            f"the value spread with {MIN_PAST} earlier years is known from June of {spread.index[MIN_PAST]} to June of "
            f"{spread.index[-1]}; no such month lies in the window"
        )
    return frame[inside]


def years_to_june(panel: Panel, *, value: str, growth: str) -> pd.Series:
    """Log return of `value` minus that of `growth`, July t-1 to June t, decimals, by year t; whole years only."""
    first, second = panel.returns(value), panel.returns(growth)
    same_kind((first, second))
    gap = (np.log1p(first.values) - np.log1p(second.values)).dropna()
    year = (gap.index + 6).year
    sums, counts = gap.groupby(year).sum(), gap.groupby(year).count()
    whole = sums[counts == 12]
    whole.index = pd.PeriodIndex([str(y) for y in whole.index], freq=pd.offsets.YearEnd(), name="year")
    return whole


@dataclass(frozen=True)
class SpreadPays:
    """Returns after the value spread; percentage points a year, log, per standard deviation of the spread.

    `windows` has one row a year t with a whole window: sd, percentile, after (value minus growth over the `horizon`
    years from July t, a year). `greater` is the regression with its simulated null in the claimed direction, `p_less`
    its p in the other; Hodrick's and Hansen and Hodrick's errors stand beside. `wide` compares the mean after wide
    spreads with all windows (circular shifts); None if there was no wide spread.
    """

    value: str
    growth: str
    horizon: int
    windows: pd.DataFrame
    greater: Predictive
    p_less: float
    hodrick: Regression
    hansen_hodrick: Regression
    wide: TestResult | None

    @property
    def slope(self) -> float:
        """The least-squares slope."""
        return self.greater.slope / self.horizon * 100

    @property
    def estimate(self) -> float:
        """The slope less the bias that a persistent predictor brings with it."""
        return self.greater.corrected / self.horizon * 100

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the slope, from the simulated null."""
        low, high = self.greater.interval
        return low / self.horizon * 100, high / self.horizon * 100

    @property
    def n(self) -> int:
        """Overlapping windows."""
        return len(self.windows)

    @property
    def independent(self) -> int:
        """Windows that fit side by side into the years covered: what the sample is really worth."""
        return (self.n + self.horizon - 1) // self.horizon

    @property
    def base_rate(self) -> float:
        """Mean of `after` over all windows."""
        return float(self.windows["after"].mean())

    @property
    def minimum_detectable_effect(self) -> float:
        """The slope that a two-sided 5 % test finds with probability 80 %, its error taken from the interval."""
        low, high = self.interval
        return float((high - low) / 2 * (norm.ppf(0.975) + norm.ppf(0.8)) / norm.ppf(0.975))

    def evidence(self) -> Evidence:
        """The evidence for the claim that wide spreads pay; `n` counts independent windows."""
        first, last = self.windows.index[0], self.windows.index[-1]
        return Evidence(
            estimate=self.estimate,
            interval=self.interval,
            p=self.greater.p,
            p_opposite=self.p_less,
            n=self.independent,
            base_rate=0.0,
            minimum_detectable_effect=self.minimum_detectable_effect,
            proxy=True,
            why=f"{self.n} overlapping windows of {self.horizon} years make {self.independent} independent ones",
            **months(pd.Period(f"{first.year}-07", "M"), pd.Period(f"{last.year + self.horizon}-06", "M")),
        )


def spread_pays(
    panel: Panel,
    *,
    horizon: int = 5,
    value: str = "six:small_hibm",
    growth: str = "six:small_lobm",
    measure: str = "sd",
    rng: np.random.Generator,
) -> SpreadPays:
    """What `value` minus `growth` returned over the `horizon` years from July after each spread; annual rows.

    `measure` is the column of `value_spread` that predicts (sd by default). Windows overlap, so the p comes from a
    simulated null that shares the overlap and the spread's persistence (see inference.predictive).
    """
    spread = value_spread(panel)
    annual = years_to_june(panel, value=value, growth=growth)
    # From the spread that the first whole year of returns follows, to that at whose June the last one ends.
    rows = spread.loc[annual.index[0] - 1 : annual.index[-1]] if len(annual) else spread.iloc[:0]
    least = max(10, 2 * horizon + 2)  # Hansen and Hodrick's errors need a row more than coefficients and lags
    if len(rows) < least:
        raise TooFewEvents(
            f"{len(rows)} years with the value spread and returns; returns over {horizon} years need at least {least}"
        )
    # The first row's own return lies before its spread was known and meets no predictor: any number would do.
    returns = annual.reindex(rows.index).fillna({rows.index[0]: 0.0}).to_numpy()
    predictor = rows[measure].to_numpy()
    ahead = np.array([returns[i + 1 : i + 1 + horizon].sum() for i in range(len(rows) - horizon)])
    windows = rows.iloc[: len(ahead)].assign(after=ahead / horizon * 100)[["sd", "percentile", "after"]]
    up, down = rng.spawn(2)
    wide = np.flatnonzero(windows["percentile"] >= WIDE)
    return SpreadPays(
        value=panel.returns(value).label,
        growth=panel.returns(growth).label,
        horizon=horizon,
        windows=windows,
        greater=predictive(returns, predictor, horizon=horizon, rng=up, alternative="greater"),
        p_less=predictive(returns, predictor, horizon=horizon, rng=down, alternative="less").p,
        hodrick=hodrick_1b(returns, predictor, horizon=horizon),
        hansen_hodrick=ols(ahead, predictor[:-horizon], names=("predictor",), horizon=horizon, kind="hansen-hodrick"),
        wide=circular_shift(windows["after"].to_numpy(), wide, alternative="greater") if len(wide) else None,
    )


def wide_runs(spread: pd.DataFrame) -> list[str]:
    """The runs of years with a wide spread, as "1999–2001": what looks like many years is a few episodes."""
    years = [period.year for period in spread.index[spread["percentile"] >= WIDE]]
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


def slopes_table(results: dict[str, SpreadPays]) -> pd.DataFrame:
    """One row a result: slopes in pp a year per standard deviation, interval, p by three methods, windows.

    `p` is from the simulated null, 1B with Hodrick's errors, HH with Hansen and Hodrick's; all are one-sided, for a
    positive slope. "Windows" counts the independent ones among the overlapping; "Detectable" is the slope that the
    sample would show four times in five.
    """
    rows = {
        name: {
            "Slope": one.slope,
            "Without bias": one.estimate,
            "95 % interval": interval(one.interval).replace(" ", "\N{NO-BREAK SPACE}"),
            "p": one.greater.p,
            "p, 1B": _one_sided(one.hodrick),
            "p, HH": _one_sided(one.hansen_hodrick),
            "Windows": f"{one.independent} of {one.n}",
            "Detectable": one.minimum_detectable_effect,
        }
        for name, one in results.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Returns over")


def _one_sided(fit: Regression) -> float:
    """The p in the claimed direction (a positive slope); NaN where the errors could not be computed."""
    two_sided, t = fit.p["predictor"], fit.t["predictor"]
    return two_sided / 2 if t > 0 else 1 - two_sided / 2
