"""How a monthly return reacts to a monthly change: one slope, its HAC error, and what it could have shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats

from smallcaps.errors import InputError, NotCovered, TooFewEvents
from smallcaps.evidence import Evidence, months
from smallcaps.inference import Regression, first_slopes, ols, tail_p

MIN_MONTHS = 36  # three years: below that a slope on monthly data says nothing
TAIL = 0.975  # of Student's t, for intervals and tests at 5 %
TOLERATED_SIZE = 0.075  # a test at 5 % that rejects more often than this under the null gives no p of its own


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


def _require_months(count: int, *, names: tuple[str, str]) -> None:
    """NotCovered where no month has both series, TooFewEvents where fewer than MIN_MONTHS have."""
    if not count:
        raise NotCovered(f"no month of the window has both {names[0]} and {names[1]}")
    if count < MIN_MONTHS:
        raise TooFewEvents(f"months with both {names[0]} and {names[1]}: {count}; at least {MIN_MONTHS} are needed")


def beta(response: pd.Series, driver: pd.Series, *, names: tuple[str, str], where: pd.Series | None = None) -> Beta:
    """The slope of `response` (decimals per month) on `driver`, over the months that both have.

    `where` (booleans by month) restricts the months. TooFewEvents below MIN_MONTHS.
    """
    sample = pd.concat([response * 100, driver], axis=1, keys=["response", "driver"]).dropna()
    if where is not None:
        sample = sample[where.reindex(sample.index, fill_value=False).astype(bool)]
    _require_months(len(sample), names=names)
    fit = ols(sample["response"], sample["driver"], names=("driver",))
    return Beta(*names, fit, sample)


def rolling_beta(response: pd.Series, driver: pd.Series, *, months: int) -> pd.DataFrame:
    """Slope and 95 % interval over the last `months` months, by last month: columns estimate, low, high."""
    sample = pd.concat([response * 100, driver], axis=1, keys=["response", "driver"]).dropna()
    if len(sample) < months:
        raise TooFewEvents(f"{len(sample)} months; a rolling estimate over {months} needs at least as many")
    windows = sliding_window_view(sample.to_numpy(), months, axis=0)
    still = np.ptp(windows[:, 1], axis=1) == 0
    if still.any():
        last = sample.index[months - 1 :][still][0]
        raise InputError(f"the driver is the same in all {months} months to {last}; allowed: one that varies")
    slope, error = first_slopes(windows[:, 0], windows[:, 1, :, None])
    margin = stats.t.ppf(TAIL, months - 2) * error
    columns = {"estimate": slope, "low": slope - margin, "high": slope + margin}
    return pd.DataFrame(columns, index=sample.index[months - 1 :].rename("month"))


def summed_beta(response: pd.Series, driver: pd.Series, *, names: tuple[str, str], reach: int = 1) -> Beta:
    """The sum of the slopes on the driver of the same month, of the `reach` months before and of those after.

    For a driver that is a mean of the month against a return from month end to month end: such a mean's change is
    spread over two months, so the same-month slope is biased towards zero (Working 1960; sums over leads and lags as in
    Dimson 1979). The regression is written so that the sum is one coefficient, with a Newey-West error of its own:
    b1 x1 + b0 x0 + b2 x2 = (b1 + b0 + b2) x0 + b1 (x1 - x0) + b2 (x2 - x0). Units as in `beta`.
    """
    span = pd.period_range(driver.index[0], driver.index[-1], freq="M") if len(driver) else driver.index
    gapless = driver.reindex(span)  # a missing month takes its neighbours' sums with it
    steps = [step for step in range(-reach, reach + 1) if step]
    columns = {"response": response * 100, "driver": gapless}
    columns |= {f"{'lag' if step > 0 else 'lead'} {abs(step)}": gapless.shift(step) - gapless for step in steps}
    sample = pd.concat(columns, axis=1).dropna()
    _require_months(len(sample), names=names)
    drivers = sample.drop(columns="response")
    return Beta(*names, ols(sample["response"], drivers, names=tuple(drivers.columns)), sample)


@dataclass(frozen=True)
class ShiftNull:
    """The slope's t where there is no relation: the driver moved in time against the response, its months in order.

    `t` holds one ratio for each circular shift of at least `margin` months; `observed` is the slope's own. Both series
    keep their persistence, so this is the size of the test at this very n.
    """

    observed: float
    t: np.ndarray
    critical: float
    margin: int
    null: str = "the driver's months have nothing to do with the response's"

    @property
    def size(self) -> float:
        """The share of shifts that a two-sided test at 5 % rejects."""
        return float((np.abs(self.t) > self.critical).mean())

    @property
    def distorted(self) -> bool:
        """Whether it rejects more than 7.5 % of them: then p is taken from the shifts."""
        return self.size > TOLERATED_SIZE

    def p(self, alternative: str) -> float:
        """The share of shifts with a t at least as extreme: "less", "greater" or "two-sided"."""
        return tail_p(self.observed, self.t, alternative=alternative, exhaustive=False)


def shift_null(slope: Beta, *, margin: int = 12) -> ShiftNull:
    """The slope's t under every circular shift of the driver by at least `margin` months, either way."""
    response, drivers = slope.sample["response"].to_numpy(), slope.sample.drop(columns="response").to_numpy()
    shifts = range(margin, slope.n - margin + 1)
    moved, error = first_slopes(response, np.stack([np.roll(drivers, shift, axis=0) for shift in shifts]))
    critical = stats.t.ppf(TAIL, slope.n - len(slope.fit.params))
    return ShiftNull(slope.fit.t["driver"], moved / error, float(critical), margin)


def sized_p(slope: Beta, null: ShiftNull, alternative: str) -> float:
    """The p of `slope` in one direction: from the shifts where the usual test rejects too often, else the usual one."""
    return null.p(alternative) if null.distorted else slope.p(alternative)
