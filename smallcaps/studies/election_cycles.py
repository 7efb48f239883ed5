"""Small caps and presidential elections: the year after each of them, and the years of the term."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from smallcaps.errors import TooFewEvents
from smallcaps.events import Event, elections
from smallcaps.evidence import Evidence, months
from smallcaps.inference import TestResult, binomial, minimum_detectable_effect, sign_flip, tail_p
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap
from smallcaps.studies.event_study import EventStudy, event_study

TERM = 48  # months
MIN_TERMS = 6  # fewer give no 95 % interval by inverting sign flips
DRAWS = 20_000  # arrangements of years
YEARS = ("Year 1, after the election", "Year 2", "Year 3", "Year 4, to the next election")


def election_events(panel: Panel, *, months_later: int = 0) -> tuple[Event, ...]:
    """Elections known by the end of the window, counted from October's end or `months_later` months after it."""
    table = panel.known_events("presidential_elections")
    return tuple(replace(event, base=event.base + months_later) for event in elections(table))


@dataclass(frozen=True)
class HitRate:
    """How often small beat large after elections; shares in percent of the periods, from the returns of `study`.

    `against_base` is the exact binomial test against the share of all windows, in the claimed direction;
    `against_half` against a fair coin, two-sided. `detectable_share`: see the function.
    """

    study: EventStudy
    against_base: TestResult
    against_base_opposite: TestResult
    against_half: TestResult
    detectable_share: float | None
    proxy: bool

    @property
    def share(self) -> float:
        """Share of elections after which small beat large, percent."""
        return self.against_base.estimate * 100

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval by Clopper and Pearson, percent."""
        low, high = self.against_base.interval
        return low * 100, high * 100

    @property
    def base_share(self) -> float:
        """Share of all windows in which small beat large, percent."""
        return self.study.base_share

    @property
    def minimum_detectable_effect(self) -> float | None:
        """Points by which the detectable share lies above the base rate."""
        return None if self.detectable_share is None else self.detectable_share - self.base_share

    def power_at(self, share: float) -> float:
        """The probability, percent, that the test against the base rate finds a true `share` (percent)."""
        needed = _critical_count(self.study.n, base_rate=self.base_share / 100)
        return 0.0 if needed is None else float(stats.binom.sf(needed - 1, self.study.n, share / 100) * 100)

    def evidence(self) -> Evidence:
        """The evidence for a claim about the hit rate, detectable effect in points above the base rate."""
        return replace(
            self.study.evidence(),
            estimate=self.share,
            interval=self.interval,
            p=self.against_base.p,
            p_opposite=self.against_base_opposite.p,
            base_rate=self.base_share,
            minimum_detectable_effect=self.minimum_detectable_effect,
            proxy=self.proxy,
        )


def hit_rate(
    panel: Panel, *, pair: str = "price", horizon: int = 12, months_later: int = 0, rng: np.random.Generator
) -> HitRate:
    """Share of presidential elections after which small beat large, against the share of all windows.

    Simple returns, compounded over `horizon` months from October's end (or `months_later` months after it); price
    minus price by default. TooFewEvents below the five elections that an event study takes.
    """
    small, large = panel.pair(pair)
    events = election_events(panel, months_later=months_later)
    study = event_study(small, large, events=events, horizon=horizon, what="elections", rng=rng)
    against = {"n": study.n, "base_rate": study.base_share / 100}
    return HitRate(
        study=study,
        against_base=binomial(study.hits, **against, alternative="greater"),
        against_base_opposite=binomial(study.hits, **against, alternative="less"),
        against_half=binomial(study.hits, n=study.n, base_rate=0.5),
        detectable_share=detectable_share(**against),
        proxy=panel.base_of(pair) == "french",
    )


def detectable_share(n: int, *, base_rate: float, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """The smallest true share, percent, that a one-sided exact binomial test of `n` finds with probability `power`.

    None where even n hits of n leave p above `alpha`. P(X >= k) at a true share q is the beta distribution with
    parameters k and n - k + 1 at q, and its inverse the share.
    """
    needed = _critical_count(n, base_rate=base_rate, alpha=alpha)
    return None if needed is None else float(stats.beta.ppf(power, needed, n - needed + 1) * 100)


def _critical_count(n: int, *, base_rate: float, alpha: float = 0.05) -> int | None:
    """The smallest number of hits with p of at most `alpha`."""
    return next((k for k in range(n + 1) if stats.binom.sf(k - 1, n, base_rate) <= alpha), None)


@dataclass(frozen=True)
class TermYears:
    """Small minus large by year of the term, percentage points per month, simple returns.

    `terms` has a row a whole term (index: the election's year) and a column a year, 1 to 4 from October's end before
    the election: means of monthly gaps. `table` has a row a year: mean, 95 % interval, difference from the term's
    other years and its p (two-sided). `first_year` tests year 1 in the claimed direction, `spread` whether any years
    differ, both with years permuted within terms; `shifted` moves the calendar and takes all months to the end.
    """

    terms: pd.DataFrame
    table: pd.DataFrame
    first_year: TestResult
    first_year_opposite: TestResult
    spread: TestResult
    shifted: TestResult
    minimum_detectable_effect: float
    start: pd.Period
    end: pd.Period
    proxy: bool

    @property
    def n(self) -> int:
        """Number of whole terms."""
        return len(self.terms)

    def by_name(self) -> pd.DataFrame:
        """The table with the years named as a page shows them."""
        return self.table.set_axis(YEARS).rename_axis("Year of the term")

    def evidence(self) -> Evidence:
        """The evidence for a claim about the first year against the other three; its base rate is no difference."""
        return Evidence(
            estimate=self.first_year.estimate,
            interval=self.first_year.interval,
            p=self.first_year.p,
            p_opposite=self.first_year_opposite.p,
            n=self.n,
            base_rate=0.0,
            minimum_detectable_effect=self.minimum_detectable_effect,
            proxy=self.proxy,
            **months(self.start, self.end),
        )


def presidential_cycle(panel: Panel, *, pair: str = "french", rng: np.random.Generator) -> TermYears:
    """The gap in each year of the presidential term and whether the year after the election stands out.

    Terms run 48 months from October's end before each election; TooFewEvents below MIN_TERMS whole ones. Under the
    null a term's four years are exchangeable: they are permuted within it. Intervals by sign flips over terms.
    """
    gap = monthly_gap(*panel.pair(pair)) * 100
    events = election_events(panel)
    whole = [event for event in events if gap.index[0] <= event.base + 1 and event.base + TERM <= gap.index[-1]]
    if len(whole) < MIN_TERMS:
        raise TooFewEvents(
            f"{len(whole)} whole presidential terms between {gap.index[0]} and {gap.index[-1]}; "
            f"at least {MIN_TERMS} are needed"
        )
    yearly = [gap.loc[e.base + 1 : e.base + TERM].to_numpy().reshape(4, TERM // 4).mean(axis=1) for e in whole]
    terms = pd.DataFrame(yearly, index=pd.Index([e.label for e in whole], name="election"), columns=[1, 2, 3, 4])
    versus = _versus_others(terms.to_numpy())
    null_differences, null_spreads = _permuted_years(terms.to_numpy(), rng=rng)
    rows = {}
    for year in terms.columns:
        low, high = sign_flip(terms[year].to_numpy(), rng=rng).interval
        difference = float(versus[:, year - 1].mean())
        p = tail_p(difference, null_differences, alternative="two-sided", exhaustive=False)
        rows[year] = (float(terms[year].mean()), low, high, difference, p)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "low", "high", "difference", "p"])
    first, n = (float(versus[:, 0].mean()), null_differences), len(whole)
    spread = float(np.ptp(terms.to_numpy().mean(axis=0)))
    return TermYears(
        terms=terms,
        table=table.rename_axis("year"),
        first_year=_permutation(*first, n=n, alternative="greater", interval=sign_flip(versus[:, 0], rng=rng).interval),
        first_year_opposite=_permutation(*first, n=n, alternative="less"),
        spread=_permutation(spread, null_spreads, n=n, alternative="greater"),
        shifted=_shifted_calendar(gap.loc[whole[0].base + 1 :]),
        minimum_detectable_effect=minimum_detectable_effect(versus[:, 0].std(ddof=1), n=n),
        start=whole[0].base + 1,
        end=whole[-1].base + TERM,
        proxy=panel.base_of(pair) == "french",
    )


def _versus_others(terms: np.ndarray) -> np.ndarray:
    """Each year's mean minus the mean of the other three of its term, same shape."""
    return (terms - terms.mean(axis=1, keepdims=True)) * 4 / 3


def _permuted_years(terms: np.ndarray, *, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Under exchangeable years: one year's mean difference from the others, and the spread of the four means."""
    means = rng.permuted(np.tile(terms, (DRAWS, 1, 1)), axis=2).mean(axis=1)
    return _versus_others(means)[:, 0], np.ptp(means, axis=1)


def _permutation(difference: float, reference: np.ndarray, *, n: int, alternative: str, **more: object) -> TestResult:
    return TestResult(
        method="years permuted within terms",
        null=f"the four years of a term are exchangeable (random arrangements: {len(reference):,})",
        alternative=alternative,
        estimate=difference,
        statistic=difference,
        p=tail_p(difference, reference, alternative=alternative, exhaustive=False),
        n=n,
        resamples=len(reference),
        smallest_p=1 / (len(reference) + 1),
        **more,
    )


def _shifted_calendar(gap: pd.Series) -> TestResult:
    """The first 12 months of every 48 against the rest, among all 48 calendars; `gap` begins with a first year."""
    month = np.arange(len(gap)) % TERM
    first_years = [(month - shift) % TERM < TERM // 4 for shift in range(TERM)]
    differences = np.array([gap[inside].mean() - gap[~inside].mean() for inside in first_years])
    return TestResult(
        method="shifted calendar",
        null=f"the term begins in any month as well as after the election (all calendars: {TERM})",
        alternative="greater",
        estimate=float(differences[0]),
        statistic=float(differences[0]),
        p=tail_p(differences[0], differences, alternative="greater", exhaustive=True),
        n=len(gap),
        assumes=("the series has no cycle of four years under the null",),
        resamples=TERM,
        smallest_p=1 / TERM,
    )
