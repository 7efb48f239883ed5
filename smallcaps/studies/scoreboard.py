"""What each article foresaw and what came: one row a forecast, graded by a stated rule, beside the odds of any date."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from smallcaps.errors import NotCovered
from smallcaps.panel import Panel
from smallcaps.returns import ReturnSeries
from smallcaps.studies.aftermath import VALUE_PAIRS, dollars, flows, leadership, target_changes
from smallcaps.studies.event_study import windows_after
from smallcaps.studies.one_year_on import (
    DAY_B,
    MONTH_A,
    MONTH_B,
    SinceTheArticles,
    core_inflation,
    since_the_articles,
)
from smallcaps.words import THIN, day, in_words, month, number, pp

ELECTION_BASE = pd.Period("2024-10", freq="M")
YEAR = 12  # months


@dataclass(frozen=True)
class Forecast:
    """One forecast: `foreseen` says what has to happen for it to count as come true.

    `true` is None while it is open. `any_date` is the share of all windows of the same length in the same sample that
    would have made it come true, percent; None where no such share is computed.
    """

    foreseen: str
    article: str
    came: str
    true: bool | None
    any_date: float | None = None


@dataclass(frozen=True)
class Scoreboard:
    """All forecasts that the window can speak of."""

    forecasts: tuple[Forecast, ...]

    @property
    def graded(self) -> tuple[Forecast, ...]:
        """The forecasts that are decided."""
        return tuple(forecast for forecast in self.forecasts if forecast.true is not None)

    @property
    def came_true(self) -> int:
        """How many of the decided ones came true."""
        return sum(forecast.true for forecast in self.graded)

    @property
    def with_odds(self) -> tuple[Forecast, ...]:
        """The decided forecasts that have the odds of any date beside them."""
        return tuple(forecast for forecast in self.graded if forecast.any_date is not None)

    @property
    def expected(self) -> float:
        """How many of `with_odds` any date would have given on average."""
        return sum(forecast.any_date for forecast in self.with_odds) / 100

    def table(self) -> pd.DataFrame:
        """One row a forecast: article, what came, whether it came true, the odds of any date in percent."""
        state = {True: "yes", False: "no", None: "open"}
        return pd.DataFrame(
            {
                "Article": [forecast.article for forecast in self.forecasts],
                "What came": [forecast.came for forecast in self.forecasts],
                "Came true": [state[forecast.true] for forecast in self.forecasts],
                "Any date, %": pd.Series([forecast.any_date for forecast in self.forecasts], dtype=float).to_numpy(),
            },
            index=pd.Index([forecast.foreseen for forecast in self.forecasts], name="Foreseen"),
        )


def scoreboard(panel: Panel, *, pair: str = "price") -> Scoreboard:
    """Every forecast of both articles that index, fund and rate tables can grade, to the end of the window.

    Those about small and large caps are graded by `pair`.
    """
    since, both = since_the_articles(panel, pair=pair), panel.pair(pair)
    policy = _policy(panel, last=both[0].last)
    return Scoreboard((*_prices(since, *both), _election(*both), *_value(panel), *policy, *_economy(panel)))


def _prices(since: SinceTheArticles, first: ReturnSeries, second: ReturnSeries) -> list[Forecast]:
    a, b = since.a, since.b
    rows = [
        Forecast(
            f"Small caps beat large caps from {'the end of ' + month(MONTH_A) if x is a else day(b.opened)} on",
            x.article,
            _gap(x.small, x.large, x.gap),
            x.gap > 0,
            x.outcome.share_positive,
        )
        for x in (a, b)
    ]
    soon = a.path["gap"].loc[: a.opened + pd.offsets.MonthEnd(3)].iloc[1:]
    year = a.path["gap"].loc[: a.opened + pd.DateOffset(years=1)].iloc[1:]
    large = b.path["large"].loc[: b.opened + pd.DateOffset(years=1)]
    reached, over = large.iloc[-1] >= 15, b.last.end_time > b.opened + pd.DateOffset(years=1)
    quarters = windows_after(first, second, horizon=3)["gap"]
    return [
        *rows,
        Forecast(
            "The lead in the year after the cut is 12 pp or more",
            "A",
            f"{pp(year.iloc[-1])} after {in_words(len(year))} months",
            bool(year.iloc[-1] >= 12) if len(year) == YEAR else None,
            100 - a.outcome.share_below(12) if len(year) == YEAR else None,
        ),
        Forecast(
            "A warning: small caps lag in the first three months",
            "A",
            f"{pp(soon.iloc[-1])} after {in_words(len(soon))} months",
            bool(soon.iloc[-1] < 0) if len(soon) == 3 else None,
            float((quarters < 0).mean() * 100) if len(soon) == 3 else None,
        ),
        Forecast(
            f"The {b.labels[1]} gains 15 % or more within a year of {day(b.opened)}",
            "B",
            f"{number(large.iloc[-1], sign=True)}{THIN}% by {large.index[-1]:%B %Y}",
            True if reached else (False if over else None),
            100 - b.outcome_of("large").share_below(15) if reached or over else None,
        ),
    ]


def _election(small: ReturnSeries, large: ReturnSeries) -> Forecast:
    windows = windows_after(small, large, horizon=YEAR)
    foreseen = "Small caps win the 12 months after the election of 2024"
    if ELECTION_BASE not in windows.index:
        return Forecast(foreseen, "B", "not over at the end of this edition", None)
    found = windows.loc[ELECTION_BASE]
    share = float((windows["gap"] > 0).mean() * 100)
    return Forecast(foreseen, "B", _gap(found["small"], found["large"], found["gap"]), bool(found["gap"] > 0), share)


def _value(panel: Panel) -> list[Forecast]:
    rows = []
    for article, size, base in (("A", "small", MONTH_A), ("A", "large", MONTH_A), ("B", "small", MONTH_B)):
        found = leadership(panel, size=size, base=base)
        names = ", ".join(name.upper() for name in VALUE_PAIRS[size])
        foreseen = f"Among {size} caps value beats growth from the end of {month(base)} on"
        rows.append(Forecast(foreseen, article, f"{pp(found.value)} ({names})", found.value > 0, found.share_positive))
    found = flows(panel, base=MONTH_B)
    foreseen = f"Money goes on flowing into IWM, from the end of {month(MONTH_B)} on"
    return [
        *rows,
        Forecast(foreseen, "B", f"net flow {dollars(found.value)}", found.value > 0, found.share_positive),
    ]


def _policy(panel: Panel, *, last: pd.Period) -> list[Forecast]:
    changes = target_changes(panel)
    all_changes = panel.known_events("fomc_target_changes")["change"].dropna()
    september = changes[changes.index.strftime("%Y-%m") == "2025-09"]
    later, in_2026 = changes[changes.index > DAY_B], changes[changes.index >= "2026-01-01"]
    end = all_changes.index[-1].to_period("M") if panel.end is None else panel.end
    open_2026 = end < pd.Period("2026-01", freq="M")
    rises = changes[changes > 0]
    return [
        Forecast(
            "The target is cut by 25 basis points in September 2025", "A", _moves(september), list(september) == [-25.0]
        ),
        Forecast(
            "It is cut further in 2026",
            "A",
            "2026 lies outside this edition" if open_2026 else f"to {month(end)}: {_moves(in_2026)}",
            None if open_2026 else bool((in_2026 < 0).any()),
            None if open_2026 else cut_odds(all_changes, months=end.month if end.year == 2026 else YEAR, end=end),
        ),
        Forecast(
            f"A series of cuts, two or more after {day(DAY_B)}",
            "B",
            f"to {month(end)}: {_moves(later)}",
            bool((later < 0).sum() >= 2),
            cut_odds(all_changes, months=max(1, (end - MONTH_B).n), least=2, end=end),
        ),
        Forecast(
            "A warning: a reversal of policy ends the rally",
            "B",
            _reversal(rises, last=last),
            None,
        ),
    ]


def cut_odds(changes: pd.Series, *, months: int, end: pd.Period, least: int = 1) -> float:
    """Share of all windows of `months` months with at least `least` cuts of the target, percent.

    `changes` of the target are indexed by day; the windows are those of whole months from the first one to `end`.
    """
    cuts = changes[changes < 0]
    span = pd.period_range(changes.index[0].to_period("M"), end, freq="M")
    counted = cuts.groupby(cuts.index.to_period("M")).size().reindex(span, fill_value=0)
    return float((counted.rolling(months).sum().dropna() >= least).mean() * 100)


def _economy(panel: Panel) -> list[Forecast]:
    two, ten = (panel.history("treasury_yields_month_end")[name].dropna() for name in ("DGS2", "DGS10"))
    last = min(two.index[-1], ten.index[-1])
    inflation = core_inflation(panel)
    if min(last, inflation.index[-1]) <= MONTH_B:
        raise NotCovered(f"no yield or inflation after {MONTH_B} in a window that ends {panel.end}")
    moves = pd.concat([series.shift(-(last - MONTH_B).n) - series for series in (two, ten)], axis=1).dropna()
    here = moves.loc[MONTH_B] * 100
    latest = inflation.index[-1]
    change = (inflation.shift(-(latest - MONTH_B).n) - inflation).dropna()
    return [
        Forecast(
            f"Borrowing gets cheaper: 2-year and 10-year yields fall from the end of {month(MONTH_B)} on",
            "B",
            " and ".join(number(move, 0, sign=True) for move in here) + f" basis points to {month(last)}",
            bool((here < 0).all()),
            float((moves < 0).all(axis=1).mean() * 100),
        ),
        Forecast(
            f"Inflation moderates: core PCE inflation falls from {month(MONTH_B)} on",
            "B",
            f"from {number(inflation[MONTH_B])} to {number(inflation[latest])}{THIN}% in {month(latest)}",
            bool(change[MONTH_B] < 0),
            float((change < 0).mean() * 100),
        ),
    ]


def _reversal(rises: pd.Series, *, last: pd.Period) -> str:
    if not len(rises):
        return "no reversal"
    blind = "; the last prices are from before it" if last < rises.index[0].to_period("M") else ""
    return f"{_moves(rises)}{blind}"


def _gap(small: float, large: float, gap: float) -> str:
    return f"{number(small, sign=True)}{THIN}% against {number(large, sign=True)}{THIN}%: {pp(gap)}"


def _moves(changes: pd.Series) -> str:
    """Changes of the target in words: "−25 bp on 17 September 2025"; "no change" where there is none."""
    if not len(changes):
        return "no change"
    return "; ".join(f"{number(change, 0, sign=True)}{THIN}bp on {day(date)}" for date, change in changes.items())
