"""The verdict on a claim, by rule: a decision table from claim and evidence to one word of a fixed scale."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from smallcaps.claims import BASE_RATE_MARGIN, EFFECTS, FACTS, Claim
from smallcaps.evidence import Evidence
from smallcaps.words import number

ALPHA = 0.05
NEAR = 0.10  # a fact's figure within this share of the claimed one is partly right
MIN_FOR_INTERVAL = 6  # fewer events give no 95 % interval by inverting an exact sign-flip test


class Verdict(StrEnum):
    """The scale; no other word is a verdict."""

    SUPPORTED = "supported"
    UNINFORMATIVE = "supported but uninformative"
    PARTLY = "partly supported"
    NOT_SUPPORTED = "not supported"
    CONTRADICTED = "contradicted"
    UNDERPOWERED = "underpowered"
    NOT_TESTABLE = "not testable"
    PENDING = "pending"
    OUTSIDE = "outside this edition"


UNGRADED = (Verdict.NOT_TESTABLE, Verdict.PENDING, Verdict.OUTSIDE)


@dataclass(frozen=True, kw_only=True)
class Specifications:
    """What the specification curve of a claim says; shares are between 0 and 1.

    `share_agreeing` is the share of specifications whose estimate lies on the claimed side of its base rate,
    `share_holding_figure` the share whose interval holds the claimed figure, `median` the median estimate.
    """

    count: int
    share_agreeing: float
    median: float | None = None
    share_holding_figure: float | None = None


@dataclass(frozen=True)
class Decision:
    """A verdict with the row of the table that gave it, the reason in one line, and how sure it is."""

    verdict: Verdict
    row: str
    why: str
    confidence: str | None


@dataclass(frozen=True)
class Case:
    """A claim and its evidence as the rows of the table read them; a value that is not a number counts as missing."""

    claim: Claim
    evidence: Evidence | None
    p: float | None = None
    p_opposite: float | None = None

    @property
    def group(self) -> str:
        """The group of rows that is meant for this case; every case belongs to one."""
        if self.claim.type == "future":
            return "Dated in the future"
        if self.claim.ceiling == "none":
            return "Data not public"
        if self.evidence is None or self.judged is None:
            return "No evidence"
        return GROUPS[self.claim.type]

    @property
    def judged(self) -> object:
        """What a claim of this type is judged by; None if the evidence does not hold it."""
        found = self.evidence
        if self.claim.type == "fact-yes-no":
            return found.holds
        if self.claim.type == "fact-figure" and found.allowed_range is not None:
            return _interval(found.allowed_range)
        return _number(found.estimate)

    @property
    def fit(self) -> str:
        """How near a fact's figure (or the range of the days allowed) is to the claimed one: exact, near or off."""
        claimed = self.claim.claimed
        low, high = self.judged if isinstance(self.judged, tuple) else (self.judged, self.judged)
        nearest = min(max(claimed, low), high)
        distance = abs(claimed - nearest)
        rounding = 1e-9 * max(1.0, abs(claimed))  # 7.35 is within half a unit of 7.3, whatever binary fractions say
        if distance <= self.half_unit + rounding:
            return "exact"
        return "near" if nearest * claimed > 0 and distance <= NEAR * abs(claimed) + rounding else "off"

    @property
    def half_unit(self) -> float:
        """Half a unit of the last digit printed."""
        return 0.5 * 10.0**-self.claim.decimals

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval, or None."""
        return _interval(self.evidence.interval)

    @property
    def base(self) -> float | None:
        """The base rate, or None."""
        return _number(self.evidence.base_rate)

    @property
    def holds_figure(self) -> bool:
        """Whether there is an interval and it holds the claimed figure."""
        return self.interval is not None and self.interval[0] <= self.claim.claimed <= self.interval[1]

    @property
    def excludes_figure(self) -> bool:
        """Whether there is an interval and it does not hold the claimed figure."""
        return self.interval is not None and not self.holds_figure

    @property
    def figure_is_usual(self) -> bool:
        """Whether the claimed figure is about what any window gives."""
        return self.base is not None and abs(self.claim.claimed - self.base) <= BASE_RATE_MARGIN[self.claim.unit]

    @property
    def other_side(self) -> bool:
        """Whether the estimate lies on the other side of the base rate than the claim says."""
        return self.base is not None and self.claim.sign * (self.evidence.estimate - self.base) < 0

    @property
    def significant(self) -> bool:
        """Whether p in the claimed direction is below 0.05."""
        return self.p is not None and self.p < ALPHA

    @property
    def opposite(self) -> bool:
        """Whether p in the other direction alone is below 0.05."""
        return not self.significant and self.p_opposite is not None and self.p_opposite < ALPHA

    @property
    def blind(self) -> bool:
        """Whether the sample could have missed the smallest effect of interest, or nobody can say."""
        detectable = _number(self.evidence.minimum_detectable_effect)
        return self.p is None or detectable is None or detectable > self.claim.smallest_effect


GROUPS = {
    "fact-figure": "Fact with a figure",
    "fact-yes-no": "Fact, yes or no",
    "effect-figure": "Effect with a figure",
    "effect-direction": "Effect with a direction only, and warnings",
    "caution": "Effect with a direction only, and warnings",
}


@dataclass(frozen=True)
class Row:
    """One row of the table: its number, the group of cases it is for, its condition in words and as a test."""

    number: str
    group: str
    condition: str
    verdict: Verdict
    test: Callable[[Case], bool] = lambda case: True

    def applies(self, case: Case) -> bool:
        """Whether the row decides this case."""
        return case.group == self.group and self.test(case)


def _rows(number: str, kind: str, *rows: tuple[str, Verdict, Callable[[Case], bool]]) -> tuple[Row, ...]:
    return tuple(Row(f"{number}{chr(97 + i)}", GROUPS[kind], *row) for i, row in enumerate(rows))


# The first row that applies decides. The conditions are written out in full, so that exactly one row applies to any
# case and the order does not matter: the tests check both.
TABLE: tuple[Row, ...] = (
    Row("1", "Dated in the future", "what is claimed lies in the future", Verdict.PENDING),
    Row("2", "Data not public", "the data that would decide is not public", Verdict.NOT_TESTABLE),
    Row("3", "No evidence", "the dates of this edition hold nothing, or too little, to judge by", Verdict.OUTSIDE),
    *_rows(
        "4",
        "fact-figure",
        (
            "the figure is within half a unit of the last digit printed, or the range of the days allowed holds it",
            Verdict.SUPPORTED,
            lambda case: case.fit == "exact",
        ),
        ("the figure has the right sign and is within 10 %", Verdict.PARTLY, lambda case: case.fit == "near"),
        ("the figure is further off", Verdict.CONTRADICTED, lambda case: case.fit == "off"),
    ),
    Row("4d", GROUPS["fact-yes-no"], "it holds, in all its parts", Verdict.SUPPORTED, lambda case: bool(case.judged)),
    Row("4e", GROUPS["fact-yes-no"], "it does not hold", Verdict.CONTRADICTED, lambda case: not case.judged),
    *_rows(
        "5",
        "effect-figure",
        (
            "the interval holds the claimed figure, and the base rate is within 2 points of it (5 for a hit rate)",
            Verdict.UNINFORMATIVE,
            lambda case: case.holds_figure and case.figure_is_usual,
        ),
        (
            "p is below 0.05, and the interval holds the claimed figure, which is not the base rate",
            Verdict.SUPPORTED,
            lambda case: case.significant and case.holds_figure and not case.figure_is_usual,
        ),
        (
            "p is below 0.05, and the interval excludes the claimed figure",
            Verdict.PARTLY,
            lambda case: case.significant and case.excludes_figure,
        ),
        (
            "p is not below 0.05, the interval excludes the claimed figure, and the estimate is on the other side of "
            "the base rate",
            Verdict.CONTRADICTED,
            lambda case: not case.significant and case.excludes_figure and case.other_side,
        ),
        (
            "p is not below 0.05, the interval excludes the claimed figure, and the estimate is not on the other side "
            "of the base rate",
            Verdict.NOT_SUPPORTED,
            lambda case: not case.significant and case.excludes_figure and not case.other_side,
        ),
        (
            "p is not below 0.05, and the interval holds the claimed figure, which is not the base rate: the sample "
            "cannot tell one from the other",
            Verdict.UNDERPOWERED,
            lambda case: not case.significant and case.holds_figure and not case.figure_is_usual,
        ),
        ("there is no interval: too few events for one", Verdict.UNDERPOWERED, lambda case: case.interval is None),
    ),
    *_rows(
        "6",
        "effect-direction",
        ("p is below 0.05", Verdict.SUPPORTED, lambda case: case.significant),
        (
            "p is below 0.05 in the other direction, and the claim is no mere warning",
            Verdict.CONTRADICTED,
            lambda case: case.opposite and case.claim.type != "caution",
        ),
        (
            "p is below 0.05 in the other direction, and the claim is a warning of what could happen",
            Verdict.NOT_SUPPORTED,
            lambda case: case.opposite and case.claim.type == "caution",
        ),
        (
            "p is not below 0.05 in either direction, and the smallest effect that the sample could show is above the "
            "smallest effect of interest, or cannot be computed, or there is no test",
            Verdict.UNDERPOWERED,
            lambda case: not (case.significant or case.opposite) and case.blind,
        ),
        (
            "p is not below 0.05 in either direction, though the sample could show the smallest effect of interest",
            Verdict.NOT_SUPPORTED,
            lambda case: not (case.significant or case.opposite) and not case.blind,
        ),
    ),
)


def table_rows() -> tuple[dict[str, str], ...]:
    """The decision table for the methods page, one dict a row: row, applies_to, condition, verdict."""
    return tuple(
        {"row": row.number, "applies_to": row.group, "condition": row.condition, "verdict": str(row.verdict)}
        for row in TABLE
    )


def decide(
    claim: Claim,
    evidence: Evidence | None,
    *,
    p_adjusted: float | None = None,
    p_opposite_adjusted: float | None = None,
    specifications: Specifications | None = None,
) -> Decision:
    """The verdict on `claim`: the first row of TABLE that applies to it and to `evidence` (None: nothing was found).

    p-values corrected for the number of claims take the place of those in `evidence` where they are given.
    `specifications` never changes the verdict, only the confidence.
    """
    found = evidence or Evidence()
    case = Case(
        claim,
        evidence,
        p=_number(found.p if p_adjusted is None else p_adjusted),
        p_opposite=_number(found.p_opposite if p_opposite_adjusted is None else p_opposite_adjusted),
    )
    row = next(row for row in TABLE if row.applies(case))
    sure = confidence(claim, evidence, specifications=specifications, verdict=row.verdict)
    note = {"1": claim.due and f"due {claim.due}", "2": claim.data_that_would_decide}.get(row.number) or found.why
    why = f"{row.condition[0].upper()}{row.condition[1:]}."
    return Decision(row.verdict, row.number, f"{why} {note[0].upper()}{note[1:].rstrip('.')}." if note else why, sure)


def confidence(
    claim: Claim, evidence: Evidence | None, *, specifications: Specifications | None = None, verdict: Verdict
) -> str | None:
    """high, medium or low, by rule; None for a verdict that grades nothing.

    Facts: high if direct, medium by proxy. Effects: high if direct, n at least 20 and 80 % of the specifications agree
    with the verdict's direction; medium if direct with n at least 6 and 60 %, or by proxy with n at least 20 and 80 %;
    low otherwise, which includes a claim without a specification curve.
    """
    if verdict in UNGRADED or evidence is None:
        return None
    direct = claim.ceiling in ("direct", "fact") and not evidence.proxy
    if claim.type in FACTS:
        return "high" if direct else "medium"
    n, share = evidence.n or 0, agreement(claim, specifications, verdict=verdict)
    if direct and n >= 20 and share >= 0.8:
        return "high"
    if (direct and n >= 6 and share >= 0.6) or (n >= 20 and share >= 0.8):
        return "medium"
    return "low"


def agreement(claim: Claim, specifications: Specifications | None, *, verdict: Verdict) -> float:
    """The share of specifications that agree with the verdict's direction, 0 to 1; 0 where nothing is known.

    For the claim: the claimed sign. Against it: the other sign. Where the verdict hangs on the figure (uninformative,
    or a figure not supported): the figure inside, or outside, the interval. Underpowered has no direction: 0.
    """
    if specifications is None or claim.type not in EFFECTS or verdict is Verdict.UNDERPOWERED:
        return 0.0
    sign, figure = specifications.share_agreeing, specifications.share_holding_figure
    if claim.type == "effect-figure" and verdict in (Verdict.UNINFORMATIVE, Verdict.NOT_SUPPORTED):
        if figure is None:
            return 0.0
        return figure if verdict is Verdict.UNINFORMATIVE else 1 - figure
    return 1 - sign if verdict in (Verdict.CONTRADICTED, Verdict.NOT_SUPPORTED) else sign


def _number(value: float | None) -> float | None:
    """The value, or None if it is missing or not a number."""
    return None if value is None or math.isnan(value) else value


def _interval(value: tuple[float, float] | None) -> tuple[float, float] | None:
    """The pair, or None if it or one of its ends is missing."""
    return None if value is None or any(_number(end) is None for end in value) else tuple(value)


def what_would_change_it(claim: Claim, evidence: Evidence | None, decision: Decision) -> str:
    """What would have to be different for another verdict, in a sentence computed from the numbers at hand.

    The thresholds for effects move the estimate and keep the spread of the sample; they precede any correction of p.
    """
    row, found = decision.row, evidence or Evidence()
    if row == "1":
        return f"Time: it can be graded after {claim.due}."
    if row == "2":
        return f"Data that is not public: {claim.data_that_would_decide}"
    if row == "3":
        return f"An edition whose dates cover its sample ({claim.specification.sample or 'see its specification'})."
    if row == "4d":
        return f"It would be contradicted if this were so: {claim.contradicts}"
    if row == "4e":
        return f"It would be supported if this were so: {claim.confirms}"
    case = Case(claim, evidence)
    return _fact_figure(case, row) if row.startswith("4") else _effect(case, row, found)


def _fact_figure(case: Case, row: str) -> str:
    claim, half = case.claim, case.half_unit
    exact = _span(claim, claim.claimed - half, claim.claimed + half)
    near = _span(claim, *sorted((claim.claimed * (1 - NEAR), claim.claimed * (1 + NEAR))))
    judged = case.judged
    it_is = f"it is {_span(claim, *judged)}" if isinstance(judged, tuple) else f"it is {_say(claim, judged)}"
    if NEAR * abs(claim.claimed) <= half and row != "4b":  # a rank, say: no room between supported and contradicted
        other = "contradicted" if row == "4a" else "supported"
        where = f"A figure outside {exact} would be" if row == "4a" else f"Only a figure within {exact} would be"
        return f"{where} {other}; {it_is}."
    if row == "4a":
        return f"A figure outside {exact} would be partly supported, one outside {near} contradicted; {it_is}."
    contradicted = f", outside {near} to be contradicted" if row == "4b" else f", within {near} to be partly supported"
    return f"The figure would have to lie within {exact} to be supported{contradicted}; {it_is}."


def _effect(case: Case, row: str, found: Evidence) -> str:
    claim, sign, base = case.claim, case.claim.sign, case.base or 0.0
    least = "at least" if sign > 0 else "at most"
    clear, reach = _clear_of_base(case), None
    if claim.type == "effect-figure" and case.interval is not None:
        low, high = case.interval
        margin = _say(claim, BASE_RATE_MARGIN[claim.unit])
        # The estimate at which an interval of this width just touches the claimed figure, from the side it is on now.
        below = found.estimate < claim.claimed
        touch = claim.claimed - (high - found.estimate if below else low - found.estimate)
        reach = f"An estimate of {'at least' if below else 'at most'} {_say(claim, touch)}"
    if row == "5a":
        far = _say(claim, abs(claim.claimed - base))
        return (
            f"A base rate more than {margin} from the claimed figure (it is {far} from it), or an interval without it."
        )
    if row == "5b":
        return f"An interval without {_say(claim, claim.claimed)}, or a p of 0.05 or more."
    if row in ("5c", "5d", "5e"):
        also = "" if row == "5c" else f", and {least} {clear} for a p below 0.05" if clear else ", and a p below 0.05"
        return f"{reach} for its interval to hold the claimed figure{also}; it is {_say(claim, found.estimate)}."
    if row == "5g":
        return f"An interval, which takes at least {MIN_FOR_INTERVAL} events; there are {found.n or 0}."
    if row == "6a":
        return f"A p of 0.05 or more: an estimate nearer to the base rate than {clear or _say(claim, found.estimate)}."
    if row in ("6b", "6c"):
        support = f"; for support, {least} {clear}" if clear else ""
        return f"An estimate that is not so clearly on the other side of {_say(claim, base)}{support}."
    more = _more_events(case, abs(claim.claimed - base) if row == "5f" else claim.smallest_effect)
    want = f"A p below 0.05 needs an estimate of {least} {clear}" if clear else "A p below 0.05"
    return f"{want}; the estimate is {_say(claim, found.estimate)}{more if row != '6e' else ''}."


def _clear_of_base(case: Case) -> str | None:
    """The estimate from which, with the spread of this sample, the 95 % interval leaves the base rate; or None."""
    if case.interval is None:
        return None
    low, high = case.interval
    width = case.evidence.estimate - low if case.claim.sign > 0 else high - case.evidence.estimate
    needed = (case.base or 0.0) + case.claim.sign * width
    return _say(case.claim, needed) if math.isfinite(needed) else None


def _more_events(case: Case, effect: float) -> str:
    """How many events would show `effect`: the detectable effect shrinks with the square root of their number."""
    detectable = _number(case.evidence.minimum_detectable_effect)
    if not case.evidence.n or not effect or detectable is None or not effect < detectable < math.inf:
        return ""
    count = math.ceil(case.evidence.n * (detectable / effect) ** 2)
    return f"; to show {_say(case.claim, effect)}, about {count:,} observations instead of {case.evidence.n:,}"


def _digits(claim: Claim) -> int:
    """One digit more than the article prints; two where it prints no figure."""
    return 2 if claim.decimals is None else claim.decimals + 1


def _say(claim: Claim, value: float) -> str:
    """A number with the claim's unit."""
    return f"{number(value, _digits(claim))}{'' if claim.unit in (None, 'rank') else f' {claim.unit}'}"


def _span(claim: Claim, low: float, high: float) -> str:
    """Two numbers with the claim's unit."""
    return f"{number(low, _digits(claim))} to {_say(claim, high)}"
