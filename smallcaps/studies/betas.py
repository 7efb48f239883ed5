"""How a monthly return reacts to a monthly change: one slope, its HAC error, and what it could have shown."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from scipy import stats

from smallcaps.errors import TooFewEvents
from smallcaps.evidence import Evidence, months
from smallcaps.inference import Regression, ols

MIN_MONTHS = 36  # three years: below that a slope on monthly data says nothing


@dataclass(frozen=True)
class Beta:
    """A slope in percentage points of return per unit of the driver, with Newey-West errors.

    `sample` holds the two columns used (response, driver), a row a month.
    """

    response: str
    driver: str
    fit: Regression
    sample: pd.DataFrame

    @property
    def estimate(self) -> float:
        """The slope."""
        return self.fit.params["driver"]

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval."""
        return self.fit.intervals["driver"]

    @property
    def n(self) -> int:
        """Months used."""
        return self.fit.n

    @property
    def minimum_detectable_effect(self) -> float:
        """The slope that a two-sided 5 % test finds with probability 80 %, given this standard error."""
        freedom = self.n - len(self.fit.params)
        return float((stats.t.ppf(0.975, freedom) + stats.t.ppf(0.8, freedom)) * self.fit.standard_errors["driver"])

    def p(self, alternative: str) -> float:
        """The p-value against a slope of zero: "less", "greater" or "two-sided"."""
        t, freedom = self.fit.t["driver"], self.n - len(self.fit.params)
        tails = {"less": stats.t.cdf(t, freedom), "greater": stats.t.sf(t, freedom)}
        return float(tails[alternative] if alternative in tails else 2 * min(tails.values()))

    def evidence(self, *, direction: str, proxy: bool = False) -> Evidence:
        """The evidence for a claim about the sign of the slope; its base rate is a slope of zero."""
        alternative, opposite = ("less", "greater") if direction == "negative" else ("greater", "less")
        return Evidence(
            estimate=self.estimate,
            interval=self.interval,
            p=self.p(alternative),
            p_opposite=self.p(opposite),
            n=self.n,
            base_rate=0.0,
            minimum_detectable_effect=self.minimum_detectable_effect,
            proxy=proxy,
            **months(self.sample.index[0], self.sample.index[-1]),
        )


def beta(response: pd.Series, driver: pd.Series, *, names: tuple[str, str], where: pd.Series | None = None) -> Beta:
    """The slope of `response` (decimals per month) on `driver`, over the months that both have.

    `where` (booleans by month) restricts the months. TooFewEvents below MIN_MONTHS.
    """
    sample = pd.concat([response * 100, driver], axis=1, keys=["response", "driver"]).dropna()
    if where is not None:
        sample = sample[where.reindex(sample.index, fill_value=False).astype(bool)]
    if len(sample) < MIN_MONTHS:
        raise TooFewEvents(
            f"{len(sample)} months with both {names[0]} and {names[1]}; at least {MIN_MONTHS} are needed"
        )
    fit = ols(sample["response"], sample["driver"], names=("driver",))
    return Beta(*names, fit, sample)


def rolling_beta(response: pd.Series, driver: pd.Series, *, months: int) -> pd.DataFrame:
    """Slope and 95 % interval over the last `months` months, by last month: columns estimate, low, high."""
    sample = pd.concat([response * 100, driver], axis=1, keys=["response", "driver"]).dropna()
    if len(sample) < months:
        raise TooFewEvents(f"{len(sample)} months; a rolling estimate over {months} needs at least as many")
    rows = {}
    for last in range(months, len(sample) + 1):
        part = sample.iloc[last - months : last]
        fit = ols(part["response"], part["driver"], names=("driver",))
        rows[part.index[-1]] = (fit.params["driver"], *fit.intervals["driver"])
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high"])
    frame.index = pd.PeriodIndex(frame.index, freq="M", name="month")
    return frame
