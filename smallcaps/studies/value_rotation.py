"""Who leads, small value or big growth: regimes dated by drawdown, and August 2025 with the months since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.events import Event
from smallcaps.evidence import Evidence, months
from smallcaps.pairs import sides
from smallcaps.panel import Panel
from smallcaps.returns import same_kind
from smallcaps.studies.event_study import EventStudy, event_study
from smallcaps.words import THIN

VALUE, GROWTH = "small value", "big growth"
LEGS = sides("value")  # what stands for the two, unless a study is given others
AUGUST = pd.Period("2025-08", freq="M")  # the month that the articles speak of
FALLS = (10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0)


def relative_wealth(panel: Panel, *, legs: tuple[str, str] = LEGS) -> pd.Series:
    """Log of wealth in small value over wealth in big growth, 0 at the month end before the first return.

    `legs` names the return series that stand for the two; both of one kind.
    """
    small, big = (panel.returns(name) for name in legs)
    same_kind((small, big))
    gap = (np.log1p(small.values) - np.log1p(big.values)).dropna()
    if not len(gap):
        raise NotCovered(f"no month of this window has returns of both {small.label} and {big.label}")
    path = pd.concat([pd.Series([0.0], index=[gap.index[0] - 1]), gap.cumsum()])
    path.index = pd.PeriodIndex(path.index, freq="M", name="month")
    return path


@dataclass(frozen=True)
class Regimes:
    """Who led when, by drawdown.

    `wealth` is log relative wealth. `turns` has one row a regime: leader, since (the month end of the extreme at which
    it began), known (the month end at which the rule saw it), until (the next extreme; the last regime runs to the
    table's end), months, gain (what the leader gained on the other from `since` to `until`, percent). `known` is the
    leader as the rule knew it at each month end (None before the first turn), `retreat` how far that leader then
    stood below its own peak, percent.
    """

    fall: float
    wealth: pd.Series
    turns: pd.DataFrame
    known: pd.Series
    retreat: pd.Series

    def leader(self, month: pd.Period) -> str:
        """The leader as known at the end of `month`; NotCovered outside the sample or before the first turn."""
        if month not in self.known.index or self.known[month] is None:
            raise NotCovered(
                f"no leader is known for {month}: the dating knows one from {self.known.first_valid_index()} to "
                f"{self.known.index[-1]}"
            )
        return self.known[month]

    def dated(self, month: pd.Period) -> str:
        """The leader of `month` with hindsight: whose regime, from extreme to extreme, holds it."""
        rows = self.turns[(self.turns["since"] < month) & (month <= self.turns["until"])]
        if not len(rows):
            raise NotCovered(f"no regime is dated for {month}")
        return rows["leader"].iloc[0]

    @property
    def needed(self) -> float:
        """By how many percent the trailing side must gain on the leader, from its low, to end a regime."""
        return (1 / (1 - self.fall / 100) - 1) * 100

    @property
    def peak(self) -> pd.Period:
        """The month end at which the last regime's leader stood furthest ahead."""
        last = self.turns.iloc[-1]
        path = self.wealth.loc[last["since"] :]
        return path.idxmax() if last["leader"] == VALUE else path.idxmin()

    def spans(self, leader: str) -> tuple[tuple[pd.Period, pd.Period], ...]:
        """First and last months of the regimes of `leader`, with hindsight."""
        rows = self.turns[self.turns["leader"] == leader]
        return tuple((since + 1, until) for since, until in zip(rows["since"], rows["until"], strict=True))

    def evidence(self) -> Evidence:
        """The evidence for the claim that small value led at the end of August 2025, as known then."""
        leader = self.leader(AUGUST)
        row = self.turns[(self.turns["known"] <= AUGUST)].iloc[-1]
        return Evidence(
            holds=leader == VALUE,
            proxy=True,
            why=f"{leader} had led since {row['since']}, known since {row['known']}",
            **months(self.wealth.index[1], self.wealth.index[-1]),
        )


def regimes(panel: Panel, *, fall: float = 20.0, legs: tuple[str, str] = LEGS) -> Regimes:
    """Regimes of small value and big growth by drawdown of their relative wealth; TooFewEvents without a turn.

    The rule: the leader's wealth relative to the other's is measured against its highest month end of the regime; once
    it has fallen by `fall` percent the other leads, from that highest month end on. The same percentage holds both
    ways, since the relative wealth of each side is the inverse of the other's. Before the first such fall nobody
    leads. Log returns of `legs` (the book's: total, value-weighted); after Lunde and Timmermann (2004), with equal
    thresholds.
    """
    wealth = relative_wealth(panel, legs=legs)
    turns, known, retreat = _dated(wealth, threshold=-float(np.log1p(-fall / 100)))
    if not turns:
        raise TooFewEvents(
            f"no fall of {fall:g} percent in the relative wealth of {VALUE} and {GROWTH} from {wealth.index[0]} to "
            f"{wealth.index[-1]}: no regime can be dated"
        )
    frame = pd.DataFrame(turns, columns=["leader", "since", "known"])
    frame["until"] = [*frame["since"].iloc[1:], wealth.index[-1]]
    frame["months"] = [(until - since).n for since, until in zip(frame["since"], frame["until"], strict=True)]
    change = [wealth[until] - wealth[since] for since, until in zip(frame["since"], frame["until"], strict=True)]
    sign = np.where(frame["leader"] == VALUE, 1.0, -1.0)
    frame["gain"] = np.expm1(sign * np.array(change)) * 100
    return Regimes(
        fall=fall,
        wealth=wealth,
        turns=frame,
        known=pd.Series(known, index=wealth.index, dtype=object),
        retreat=pd.Series(retreat, index=wealth.index, dtype=float),
    )


def _dated(wealth: pd.Series, *, threshold: float) -> tuple[list[tuple], list[str | None], list[float]]:
    """The turns (leader, extreme, month known), and the leader and its retreat (percent) known at each month end.

    Sides are scored by their own log relative wealth: `wealth` for small value, its negative for big growth.
    """
    turns, known, retreat = [], [], []
    leader: str | None = None
    best = {VALUE: (-np.inf, wealth.index[0]), GROWTH: (-np.inf, wealth.index[0])}
    for month, level in wealth.items():
        score = {VALUE: level, GROWTH: -level}
        for side in (VALUE, GROWTH) if leader is None else (leader,):
            if score[side] > best[side][0]:
                best[side] = (score[side], month)
            elif best[side][0] - score[side] >= threshold:
                leader = GROWTH if side == VALUE else VALUE
                turns.append((leader, best[side][1], month))
                best[leader] = (score[leader], month)
                break
        known.append(leader)
        retreat.append(float("nan") if leader is None else -np.expm1(score[leader] - best[leader][0]) * 100)
    return turns, known, retreat


def by_fall(
    panel: Panel,
    *,
    falls: tuple[float, ...] = FALLS,
    month: pd.Period = AUGUST,
    legs: tuple[str, str] = LEGS,
) -> pd.DataFrame:
    """What the rule says with other falls: regimes; who led in `month`, known then and with hindsight; who led last.

    A fall that dates no leader of `month` is left out; NotCovered if none does.
    """
    rows = {}
    for fall in falls:
        try:
            dating = regimes(panel, fall=fall, legs=legs)
            rows[f"{fall:g}{THIN}%"] = (
                len(dating.turns),
                dating.leader(month),
                dating.dated(month),
                dating.known.iloc[-1],
                dating.turns["since"].iloc[-1],
            )
        except (TooFewEvents, NotCovered):
            continue
    if not rows:
        raise NotCovered(f"no fall of {falls[0]:g} to {falls[-1]:g} percent dates a leader for {month} in this window")
    names = ["Regimes", f"Leader at {month}, as known then", "With hindsight", "Leader at the end", "Since"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("Fall that ends a regime")


def after_known(
    panel: Panel,
    *,
    fall: float = 20.0,
    leader: str = VALUE,
    horizon: int = 12,
    legs: tuple[str, str] = LEGS,
    rng: np.random.Generator,
) -> EventStudy:
    """Small value, big growth and their gap in the `horizon` months after the rule saw that `leader` leads.

    Events are the month ends at which the drawdown dating (see `regimes`) became known: decidable on the day. The
    alternative is that the new leader goes on leading.
    """
    small, big = (panel.returns(name) for name in legs)
    turns = regimes(panel, fall=fall, legs=legs).turns
    known = turns.loc[turns["leader"] == leader, "known"]
    return event_study(
        small,
        big,
        events=[Event(month.end_time.normalize(), month, month.strftime("%b %Y")) for month in known],
        horizon=horizon,
        alternative="greater" if leader == VALUE else "less",
        what=f"regimes of {leader}",
        rng=rng,
    )


COMPARISONS = {  # value and growth leg of each; the factor is a difference already
    "VTV minus VUG": ("vtv", "vug"),
    "IWN minus IWO": ("iwn", "iwo"),
    "Small value minus small growth": ("six:small_hibm", "six:small_lobm"),
}
FACTOR = "Value factor (HML)"


@dataclass(frozen=True)
class August:
    """Value against growth in August 2025 and since, total returns.

    `legs` holds the returns of August (percent), `monthly` value minus growth by month from August on (percentage
    points, a column a comparison), `cumulated` the same compounded from the end of July 2025 (0 there). `factor_share`
    is the share of all months of the window in which the value factor was at least as high as in August, percent.
    """

    legs: pd.Series
    monthly: pd.DataFrame
    cumulated: pd.DataFrame
    factor_share: float

    @property
    def gaps(self) -> pd.Series:
        """Value minus growth in August 2025, percentage points, by comparison."""
        return self.monthly.loc[AUGUST]

    def evidence(self) -> Evidence:
        """The evidence for the claim that value beat growth in August 2025 in all four comparisons."""
        behind = [name for name, gap in self.gaps.items() if gap <= 0]
        return Evidence(
            holds=not behind,
            n=len(self.gaps),
            proxy=True,
            why=f"growth was not behind in: {', '.join(behind)}" if behind else "value led in all four comparisons",
            **months(AUGUST, AUGUST),
        )


def august_style(panel: Panel) -> August:
    """Value against growth in August 2025 and after it, by three pairs and a factor; NotCovered without that month."""
    factor = panel.frame("ff_factors")["HML"]
    legs, monthly, cumulated = {}, {FACTOR: factor}, {FACTOR: _since(factor / 100)}
    for name, pair in COMPARISONS.items():
        value, growth = (panel.returns(leg) for leg in pair)
        same_kind((value, growth))
        both = pd.concat([value.values, growth.values], axis=1, join="inner")
        if AUGUST not in both.index:
            raise NotCovered(f"{name} has no return for {AUGUST} in this window")
        legs |= {one.label: one.values[AUGUST] * 100 for one in (value, growth)}
        monthly[name] = (both.iloc[:, 0] - both.iloc[:, 1]) * 100
        cumulated[name] = _since(both.iloc[:, 0]) - _since(both.iloc[:, 1])
    if AUGUST not in factor.index:
        raise NotCovered(f"{FACTOR} has no value for {AUGUST} in this window")
    table = pd.concat(monthly, axis=1).sort_index().loc[AUGUST:]
    lines = pd.concat(cumulated, axis=1).sort_index()
    lines.loc[AUGUST - 1] = 0.0
    return August(
        legs=pd.Series(legs, name="percent"),
        monthly=table.rename_axis("month"),
        cumulated=lines.sort_index().rename_axis("month"),
        factor_share=float((factor >= factor[AUGUST]).mean() * 100),
    )


def _since(returns: pd.Series) -> pd.Series:
    """Compounded return from the end of July 2025, percent, from August on."""
    return ((1 + returns.loc[AUGUST:]).cumprod() - 1) * 100
