"""Small caps and interest rates: first cuts, slopes on yield changes, and what the Federal Reserve did."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.events import Event, base_month, first_cuts, proxy_first_cuts
from smallcaps.evidence import Evidence, months
from smallcaps.inference import minimum_detectable_effect, sign_flip
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap
from smallcaps.studies.betas import MIN_MONTHS, Beta, ShiftNull, beta, rolling_beta, shift_null, sized_p
from smallcaps.studies.event_study import MIN_EVENTS, EventStudy, event_study, paths_around, windows_after
from smallcaps.words import in_words, number

TARGET_BEGINS = pd.Period("1982-09", freq="M")  # the target table's first month: before it the funds rate is the proxy
DEPTH = "Net cut in 12 months, bp"
RESUMED = pd.Timestamp("2025-09-17")  # the cut the articles speak of: it resumed the easing of 2024


def direct_events(panel: Panel) -> tuple[Event, ...]:
    """First cuts of the target itself, known by the end of the window."""
    return first_cuts(panel.known_events("fomc_target_changes"))


def all_events(panel: Panel) -> tuple[Event, ...]:
    """First cuts by proxy before the target's table begins, of the target itself after."""
    proxies = proxy_first_cuts(panel.history("fred_monthly")["FEDFUNDS"])
    early = tuple(event for event in proxies if event.base < TARGET_BEGINS)
    return (*early, *direct_events(panel))


def after_first_cut(
    panel: Panel, *, pair: str = "price", horizon: int = 12, measure: str = "gap", rng: np.random.Generator
) -> EventStudy:
    """Small, large and their gap in the `horizon` months after each first cut.

    From the last month end before the cut; simple returns, compounded; price minus price by default. French's
    portfolios reach back before 1982 and take the proxy events with them.
    """
    small, large = panel.pair(pair)
    events = all_events(panel) if panel.base_of(pair) == "french" else direct_events(panel)
    return event_study(small, large, events=events, horizon=horizon, measure=measure, what="first cuts", rng=rng)


def around_first_cut(
    panel: Panel, *, months_each_side: int, pair: str = "price", rng: np.random.Generator
) -> EventStudy:
    """The gap from `months_each_side` months before the base month end to as many after it; claimed to be negative."""
    small, large = panel.pair(pair)
    return event_study(
        small,
        large,
        events=direct_events(panel),
        horizon=months_each_side,
        lead=months_each_side,
        alternative="less",
        what="first cuts",
        rng=rng,
    )


def cut_paths(panel: Panel, *, pair: str = "price", before: int = 6, after: int = 12) -> pd.DataFrame:
    """Small minus large around each first cut, percentage points since its base month, a column an event.

    NotCovered without a first cut in the window, TooFewEvents where fewer than two have all their months after it.
    """
    small, large = panel.pair(pair)
    inside = [event for event in direct_events(panel) if small.first <= event.base + 1 and event.base <= small.last]
    if not inside:
        raise NotCovered(f"no first cut lies between {small.first} and {small.last}")
    paths = paths_around(small, large, events=inside, before=before, after=after)
    whole = int(paths.loc[after].count())
    if whole < 2:
        raise TooFewEvents(
            f"first cuts with {after} months after them between {small.first} and {small.last}: {whole}; to set one "
            "beside another takes at least 2"
        )
    return paths


def resumed_cut(panel: Panel, *, pair: str = "price", horizon: int = 12) -> pd.Series:
    """Small, large and gap (percent) in the `horizon` months after the base of 2025-09-17; NotCovered if not whole."""
    small, large = panel.pair(pair)
    windows = windows_after(small, large, horizon=horizon)
    base = base_month(RESUMED)
    if base not in windows.index:
        raise NotCovered(f"the {horizon} months after {base} are not whole in a window that ends {small.last}")
    return windows.loc[base]


@dataclass(frozen=True)
class Sensitivity:
    """Slopes of the monthly gap, percentage points per percentage point of rate, by driver and by state.

    `null` holds the test of `two_year` where there is no relation: its size at this sample's own length. `dated` is the
    slope on the 2-year yield over the months from which on the target's direction is known, as the states need it;
    `undated` that over the months before, None where they are too few.
    """

    two_year: Beta
    target: Beta
    states: dict[str, Beta]
    dated: Beta
    undated: Beta | None
    rolling: pd.DataFrame
    null: ShiftNull

    def evidence(self) -> Evidence:
        """The evidence for the claim that the slope on the 2-year yield is negative."""
        p, opposite = (sized_p(self.two_year, self.null, side) for side in ("less", "greater"))
        return replace(self.two_year.evidence(direction="negative"), p=p, p_opposite=opposite)

    def table(self) -> pd.DataFrame:
        """One row a slope: estimate, interval, p (two-sided), months."""
        rows = {"2-year yield, all months": self.two_year, "Target, all months": self.target}
        rows |= {f"2-year yield, {state}": slope for state, slope in self.states.items()}
        return pd.DataFrame(
            {
                "Slope, pp per pp": {name: slope.estimate for name, slope in rows.items()},
                "95 % low": {name: slope.interval[0] for name, slope in rows.items()},
                "95 % high": {name: slope.interval[1] for name, slope in rows.items()},
                "p (two-sided)": {name: slope.p("two-sided") for name, slope in rows.items()},
                "Months": {name: slope.n for name, slope in rows.items()},
            }
        ).rename_axis("Driver and state")


def sensitivity(panel: Panel, *, pair: str = "price", rolling: int = 120) -> Sensitivity:
    """How the gap moves with the month-end 2-year yield and with the target, in the same month.

    Easing and tightening: the direction of the target's latest change, known at the month's start. Recessions by
    NBER's dates, which are hindsight; months after its series ends are left out of both states.
    """
    small, large = panel.pair(pair)
    gap = monthly_gap(small, large)
    two_year = panel.history("treasury_yields_month_end")["DGS2"].diff()
    changes = panel.known_events("fomc_target_changes")["change"].dropna()
    if not len(changes):
        raise NotCovered(f"the target's changes begin in {TARGET_BEGINS}; the window ends before")
    by_month = changes.groupby(changes.index.to_period("M")).sum()
    span = pd.period_range(by_month.index[0], panel.end or by_month.index[-1], freq="M")
    target = by_month.reindex(span, fill_value=0.0)
    latest = changes.groupby(changes.index.to_period("M")).last().reindex(span).ffill().shift(1)
    recession = panel.history("fred_monthly")["USREC"]
    states = {
        "while easing": latest < 0,
        "while tightening": latest > 0,
        "in recessions": recession == 1,
        "outside recessions": recession == 0,
    }
    name = f"{small.label} minus {large.label}"
    main = beta(gap, two_year, names=(name, "change of the 2-year yield"))
    known = latest.notna().reindex(gap.index, fill_value=False)
    undated = None  # a window may begin with the targets, or shortly before
    if (~known.loc[main.sample.index]).sum() >= MIN_MONTHS:
        undated = beta(gap, two_year, names=(name, "change of the 2-year yield, before the targets"), where=~known)
    return Sensitivity(
        two_year=main,
        null=shift_null(main),
        dated=beta(gap, two_year, names=(name, "change of the 2-year yield, target known"), where=known),
        undated=undated,
        target=beta(gap, target, names=(name, "change of the target")),
        states={
            state: beta(gap, two_year, names=(name, f"change of the 2-year yield, {state}"), where=where)
            for state, where in states.items()
        },
        rolling=rolling_beta(gap, two_year, months=rolling),
    )


@dataclass(frozen=True)
class PolicyFacts:
    """What the target did around the articles' dates: changes in percentage points, dates, counts."""

    delivered: float
    previous_change: pd.Timestamp
    months_since_previous: int
    changes_2026: pd.Series
    cut_before_2025: float
    last_known: pd.Timestamp


def policy_facts(panel: Panel) -> PolicyFacts:
    """The facts of the target table that the articles state; NotCovered if the window ends before them."""
    changes = panel.known_events("fomc_target_changes")["change"].dropna()
    if RESUMED not in changes.index:
        raise NotCovered(f"the window ends before {RESUMED:%Y-%m-%d}")
    previous = changes.index[changes.index < RESUMED][-1]
    eased = changes[(changes.index >= "2022-01-01") & (changes.index < RESUMED) & (changes < 0)]
    return PolicyFacts(
        delivered=float(changes[RESUMED]),
        previous_change=previous,
        months_since_previous=(RESUMED.year - previous.year) * 12 + RESUMED.month - previous.month,
        changes_2026=changes[changes.index >= "2026-01-01"],
        cut_before_2025=float(eased.sum()),
        last_known=changes.index[-1],
    )


def yields_after(panel: Panel, *, horizons: tuple[int, ...] = (1, 3, 6)) -> pd.DataFrame:
    """Change of the 3-month, 2-year and 10-year yields since the base of 2025-09-17, basis points, a row a horizon."""
    yields = panel.history("treasury_yields_month_end")[["DGS3MO", "DGS2", "DGS10"]]
    base = base_month(RESUMED)
    rows = {h: (yields.loc[base + h] - yields.loc[base]) * 100 for h in horizons if base + h in yields.index}
    if not rows:
        raise NotCovered(f"the window ends before any yield after {base}")
    frame = pd.DataFrame(rows).T
    frame.columns = ["3-month, bp", "2-year, bp", "10-year, bp"]
    frame.index.name = "Months after"
    return frame


def core_inflation(panel: Panel) -> pd.Series:
    """Core PCE inflation over 12 months, percent, by month."""
    prices = panel.history("fred_monthly")["PCEPILFE"].dropna()
    return ((prices / prices.shift(12) - 1) * 100).dropna()


def inflation_since_resumed(panel: Panel) -> pd.Series:
    """Core PCE inflation from the month before the cut of September 2025 on; NotCovered without a month after it."""
    found = core_inflation(panel).loc[base_month(RESUMED) :]
    if len(found) < 2:
        raise NotCovered(f"the window ends before any core inflation after {base_month(RESUMED)}")
    return found


def inflation_after_first_cuts(panel: Panel, *, horizon: int = 12, rng: np.random.Generator) -> InflationAfter:
    """Core PCE inflation at each first cut and `horizon` months later, against all windows of the same length."""
    inflation = core_inflation(panel)
    rises = (inflation.shift(-horizon) - inflation).dropna()
    events = [event for event in direct_events(panel) if event.base in rises.index]
    if len(events) < MIN_EVENTS:
        raise TooFewEvents(
            f"{len(events)} first cuts with inflation {horizon} months later; at least {MIN_EVENTS} are needed"
        )
    table = pd.DataFrame(
        {
            "At the cut, %": [inflation[event.base] for event in events],
            "12 months later, %": [inflation[event.base + horizon] for event in events],
        },
        index=pd.Index([event.label for event in events], name="First cut"),
    )
    table["Change, pp"] = table.iloc[:, 1] - table.iloc[:, 0]
    change, base = table["Change, pp"].to_numpy(), float(rises.mean())
    test, opposite = (sign_flip(change, null=base, alternative=side, rng=rng) for side in ("greater", "less"))
    evidence = Evidence(
        estimate=float(change.mean()),
        interval=test.interval,
        p=test.p,
        p_opposite=opposite.p,
        n=len(events),
        base_rate=base,
        minimum_detectable_effect=minimum_detectable_effect(change.std(ddof=1), n=len(events)),
        **months(rises.index[0], rises.index[-1] + horizon),
    )
    return InflationAfter(table, evidence)


@dataclass(frozen=True)
class InflationAfter:
    """Core inflation around first cuts: `table` has a row a cut (percent), `evidence` the test of its mean change."""

    table: pd.DataFrame
    evidence: Evidence


def easing_depth(panel: Panel, *, horizon: int = 12) -> pd.Series:
    """Basis points by which the target stood lower `horizon` months after the day of each first cut than before it:
    cuts less the rises that came in between."""
    changes = panel.known_events("fomc_target_changes")["change"].dropna()
    depth = {}
    for event in direct_events(panel):
        end = event.date + pd.DateOffset(months=horizon)
        depth[event.label] = -float(changes[(changes.index >= event.date) & (changes.index < end)].sum()) * 100
    return pd.Series(depth, name=DEPTH)


def depth_and_gap(gaps: pd.Series, depth: pd.Series) -> tuple[float, float]:
    """Spearman's rank correlation of the gaps with the depths of the same cycles, and its two-sided p (Student's t)."""
    both = pd.concat([gaps, depth], axis=1, join="inner").dropna()
    if len(both) < MIN_EVENTS:
        raise TooFewEvents(f"{len(both)} cycles with a gap and a depth; at least {MIN_EVENTS} are needed")
    found = stats.spearmanr(both.iloc[:, 0], both.iloc[:, 1])
    return float(found.statistic), float(found.pvalue)


def levels_evidence(study: EventStudy) -> Evidence:
    """The evidence for a claim about the average level of small caps after first cuts."""
    large = number(study.table["large"].mean())
    return replace(study.evidence(), why=f"{study.large} averaged {large} % in the same windows")


def policy_evidence(facts: PolicyFacts, yields: pd.DataFrame) -> dict[str, Evidence]:
    """The evidence for the claims about dated facts, by claim id: what the target's table and the yields say."""
    cuts = facts.changes_2026[facts.changes_2026 < 0]
    span = months(facts.previous_change, facts.last_known)
    third = yields.loc[3] if 3 in yields.index else None
    return {
        "rates-cut-delivered": Evidence(estimate=-facts.delivered * 100, n=1, **span),
        "rates-first-in-nine-months": Evidence(estimate=float(facts.months_since_previous), n=1, **span),
        "rates-more-in-2026": Evidence(
            holds=bool(len(cuts)),
            n=len(facts.changes_2026),
            why=f"{_counted(len(cuts), 'cut')} and {_counted(len(facts.changes_2026) - len(cuts), 'rise')} from "
            f"January 2026 to {facts.last_known:%Y-%m-%d}",
            **months(pd.Timestamp("2026-01-01"), facts.last_known),
        ),
        "rates-prolonged-tightening": Evidence(
            holds=facts.cut_before_2025 == 0,
            why=f"the target had been cut by {number(-facts.cut_before_2025 * 100, 0)} basis points before "
            f"{RESUMED:%B %Y}",
            **months(pd.Timestamp("2022-01-01"), facts.previous_change),
        ),
        "rates-borrowing-costs": Evidence(
            holds=None if third is None else bool((third < 0).all()),
            why="" if third is None else f"3 months after: {_moves(third)}; after 1 month: {_moves(yields.iloc[0])}",
            **months(base_month(RESUMED), base_month(RESUMED) + 6),
        ),
    }


def _counted(value: int, what: str) -> str:
    return f"{in_words(value)} {what}{'' if value in (0, 1) else 's'}"


def _moves(changes: pd.Series) -> str:
    names = [name.removesuffix(", bp") for name in changes.index]
    return ", ".join(f"{name} {number(x, 0, sign=True)} bp" for name, x in zip(names, changes, strict=True))
