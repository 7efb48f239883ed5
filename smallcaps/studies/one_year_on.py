"""What came after the two articles of 2025, each outcome among those that any other date of its sample gave."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.events import base_month
from smallcaps.evidence import Evidence, months
from smallcaps.pairs import OWN
from smallcaps.panel import Panel
from smallcaps.returns import ReturnSeries
from smallcaps.studies.event_study import windows_after
from smallcaps.studies.outcomes import Outcome
from smallcaps.words import number

MONTH_A = pd.Period("2025-08", freq="M")  # article A is undated; its content ends with August's returns
DAY_B = pd.Timestamp("2025-10-10")  # article B appeared after the close of this day
MONTH_B = pd.Period("2025-10", freq="M")  # its first month end: where a table has no days, B is graded from here


@dataclass(frozen=True)
class SinceArticle:
    """Small and large caps since one article.

    `path` has columns small, large and gap, percent since `opened` (simple, compounded, `kind` returns), its first
    row 0 at `opened` and then a row a month end. `windows` are the same columns for all windows of `months` months.
    `labels` name the two series.
    """

    article: str
    kind: str
    opened: pd.Timestamp
    last: pd.Period
    months: int
    path: pd.DataFrame
    windows: pd.DataFrame
    labels: tuple[str, str]

    @property
    def small(self) -> float:
        """Return of small caps to the last month end, percent."""
        return float(self.path["small"].iloc[-1])

    @property
    def large(self) -> float:
        """Return of large caps to the last month end, percent."""
        return float(self.path["large"].iloc[-1])

    @property
    def gap(self) -> float:
        """Small minus large, percentage points."""
        return float(self.path["gap"].iloc[-1])

    @property
    def month_ends_ahead(self) -> int:
        """Month ends since the article at which small caps stood ahead."""
        return int((self.path["gap"].iloc[1:] > 0).sum())

    @property
    def outcome(self) -> Outcome:
        """The gap among all windows of `months` months."""
        return self.outcome_of("gap")

    def outcome_of(self, column: str) -> Outcome:
        """The outcome of small, large or gap among all windows of `months` months."""
        return Outcome(float(self.path[column].iloc[-1]), self.windows[column], self.months, own=self.from_month_end)

    @property
    def from_month_end(self) -> bool:
        """Whether it opened with a month end, so that it is itself one of the windows."""
        return self.opened == self.opened + pd.offsets.MonthEnd(0)


@dataclass(frozen=True)
class SinceTheArticles:
    """Small and large caps since article A (from the end of August 2025) and article B (from 10 October 2025)."""

    a: SinceArticle
    b: SinceArticle

    @property
    def holds(self) -> bool:
        """Whether small caps stand ahead since both dates."""
        return self.a.gap > 0 and self.b.gap > 0

    def evidence(self) -> Evidence:
        """The evidence for the claim that small caps go on outperforming: the smaller of the two gaps decides."""
        a, b = self.a, self.b
        return Evidence(
            estimate=min(a.gap, b.gap),
            holds=self.holds,
            n=2,
            base_rate=a.outcome.mean if a.gap <= b.gap else b.outcome.mean,
            why=f"{number(a.gap, sign=True)} pp since {a.opened:%Y-%m-%d} and {number(b.gap, sign=True)} pp since "
            f"{b.opened:%Y-%m-%d}; {number(a.outcome.percentile, 0)} % and {number(b.outcome.percentile, 0)} % of all "
            f"windows of {a.months} and {b.months} months gave less",
            **months(MONTH_A, a.last),
        )


def since_the_articles(panel: Panel, *, pair: str = "price") -> SinceTheArticles:
    """Returns of small and large since both articles, to the last month end; NotCovered if either is outside.

    An own pair has no days: article B, which appeared in the middle of a month, counts from that month's end then.
    """
    if pair == OWN:
        return SinceTheArticles(since_month(panel, pair=pair), since_month(panel, pair=pair, article="B", base=MONTH_B))
    return SinceTheArticles(since_month(panel, pair=pair), since_day(panel))


def since_month(panel: Panel, *, pair: str = "price", base: pd.Period = MONTH_A, article: str = "A") -> SinceArticle:
    """Small and large since the month end `base`, percent; simple returns, compounded, of the kind of `pair`."""
    small, large = panel.pair(pair)
    last = min(small.last, large.last)
    after = both_returns(small, large).loc[base + 1 : last]
    if not len(after) or after.index[0] != base + 1:
        raise NotCovered(f"no return for {base + 1} between {small.first} and {last}")
    return _since(article, small, large, opened=month_end(base), growth=1 + after)


def since_day(panel: Panel, *, day: pd.Timestamp = DAY_B) -> SinceArticle:
    """Small and large since the closes of `day`, percent; price returns, simple, compounded.

    From the day's close to the end of its month, from there by monthly returns. The windows to compare with have the
    nearest whole number of months.
    """
    small, large = panel.pair("price")
    month, last = day.to_period("M"), min(small.last, large.last)
    days, ends = panel.known_events("index_daily_facts"), panel.history("index_levels")
    if day not in days.index or not max(small.first, large.first) <= month <= last:
        raise NotCovered(f"the window {panel.start} to {panel.end} does not hold the close of {day:%Y-%m-%d}")
    stub = pd.DataFrame(
        {
            "small": ends.loc[[month], "russell2000_close"] / days.loc[day, "rut_close"],
            "large": ends.loc[[month], "sp500_close"] / days.loc[day, "spx_close"],
        }
    )
    growth = pd.concat([stub, 1 + both_returns(small, large).loc[month + 1 : last]])
    return _since("B", small, large, opened=day, growth=growth)


def _since(
    article: str, small: ReturnSeries, large: ReturnSeries, *, opened: pd.Timestamp, growth: pd.DataFrame
) -> SinceArticle:
    """The path from `opened` over the months of `growth` (1 + return), with all windows of about that length."""
    percent = (growth.cumprod() - 1) * 100
    percent.index = [month_end(month) for month in growth.index]
    path = pd.concat([pd.DataFrame({"small": 0.0, "large": 0.0}, index=[opened]), percent])
    path["gap"] = path["small"] - path["large"]
    path.index.name = "date"
    last = growth.index[-1]
    length = (month_end(last) - opened).days / (365.25 / 12)
    whole = max(1, round(length))
    windows = windows_after(small, large, horizon=whole)
    return SinceArticle(article, small.kind, opened, last, whole, path, windows, (small.label, large.label))


@dataclass(frozen=True)
class Reversal:
    """The first rise of the target after the articles, and the months around it: told, not tested.

    `date` is None where none came in the window; `change` is in basis points, `target` (upper bound in force at the
    end) in percent. `before` has small, large and gap (percent) over the last 1, 3, 6 and 12 months to `base`,
    the last month end before the rise or, without one, the last of all. `after` is the gap since the base over
    `months_after` months, None where no month has passed. `moves` are changes of the monthly means of FEDFUNDS, TB3MS
    and GS10 since August 2025, basis points.
    """

    date: pd.Timestamp | None
    change: float
    target: float
    last_cut: pd.Timestamp
    base: pd.Period
    before: pd.DataFrame
    months_after: int
    after: float | None
    moves: pd.DataFrame

    @property
    def months_since_cut(self) -> int | None:
        """Months from the last cut before the rise to the rise."""
        return None if self.date is None else (self.date.to_period("M") - self.last_cut.to_period("M")).n


def since_the_rise(panel: Panel, *, pair: str = "price") -> Reversal:
    """What happened around the first rise of the target after the articles; NotCovered if the window ends before."""
    table = panel.known_events("fomc_target_changes")
    changes = table["change"].dropna()
    if panel.end is not None and panel.end < MONTH_B:
        raise NotCovered(f"the window ends in {panel.end}, before {DAY_B:%Y-%m-%d}")
    rises = changes[(changes > 0) & (changes.index > DAY_B)]
    date = rises.index[0] if len(rises) else None
    before_it = changes if date is None else changes[changes.index < date]
    both = both_returns(*panel.pair(pair))
    base = both.index[-1] if date is None else base_month(date)
    if base not in both.index:
        raise NotCovered(f"no return for {base} between {both.index[0]} and {both.index[-1]}")
    windows = {k: (1 + both.loc[base - k + 1 : base]).prod() - 1 for k in (1, 3, 6, 12) if base - k + 1 in both.index}
    before = pd.DataFrame(windows).T * 100
    before["gap"] = before["small"] - before["large"]
    later = both.loc[base + 1 :]
    rates = panel.history("fred_monthly").loc[MONTH_A:, ["FEDFUNDS", "TB3MS", "GS10"]].dropna(how="all")
    grown = (1 + later).prod()
    return Reversal(
        date=date,
        change=float(rises.iloc[0] * 100) if len(rises) else 0.0,
        target=float(table["target"].iloc[-1]),
        last_cut=before_it[before_it < 0].index[-1],
        base=base,
        before=before.rename_axis("months"),
        months_after=len(later),
        after=float(grown["small"] - grown["large"]) * 100 if len(later) else None,
        moves=(rates - rates.loc[MONTH_A]) * 100,
    )


def core_inflation(panel: Panel) -> pd.Series:
    """12-month core PCE inflation, percent, by month; NotCovered where the window ends before the first."""
    prices = panel.history("fred_monthly")["PCEPILFE"].dropna()
    inflation = ((prices / prices.shift(12) - 1) * 100).dropna()
    if not len(inflation):
        raise NotCovered(f"the window ends in {panel.end}, before the first core PCE inflation over 12 months")
    return inflation


def both_returns(small: ReturnSeries, large: ReturnSeries) -> pd.DataFrame:
    """Columns small and large, decimals per month, over the months that both have."""
    return pd.concat({"small": small.values, "large": large.values}, axis=1, join="inner")


def month_end(month: pd.Period) -> pd.Timestamp:
    """The last day of the month."""
    return month.end_time.normalize()
