"""The verdict on a claim, by rule: a decision table from claim and evidence to one word of a fixed scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smallcaps.case import GROUPS, Case
from smallcaps.claims import Claim
from smallcaps.confidence import Specifications, confidence
from smallcaps.evidence import Evidence
from smallcaps.scale import Verdict
from smallcaps.words import opening


@dataclass(frozen=True)
class Decision:
    """A verdict with the row of the table that gave it, the reason in one line, and how sure it is."""

    verdict: Verdict
    row: str
    why: str
    confidence: str | None


@dataclass(frozen=True)
class Row:
    """One row of the table: its number, the group of cases it is for, its condition in words and as a test."""

    number: str
    group: str
    condition: str
    verdict: Verdict
    test: Callable[[Case], bool] = lambda case: True
    met: Callable[[Case], str] | None = None  # of several conditions the one that the case meets; else the condition

    def applies(self, case: Case) -> bool:
        """Whether the row decides this case."""
        return case.group == self.group and self.test(case)


def _rows(number: str, kind: str, *rows: tuple) -> tuple[Row, ...]:
    return tuple(Row(f"{number}{chr(97 + i)}", GROUPS[kind], *row) for i, row in enumerate(rows))


def _why_blind(case: Case) -> str:
    """Why silence of this sample is no evidence."""
    if case.p is None:
        return "there is no test"
    shown = "the corrected p is not below 0.05 in either direction, and the smallest effect that the sample could show"
    return f"{shown} {'cannot be computed' if case.detectable is None else 'is above the smallest effect of interest'}"


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
            "the corrected p is below 0.05, and the interval holds the claimed figure, which is not the base rate",
            Verdict.SUPPORTED,
            lambda case: case.significant and case.holds_figure and not case.figure_is_usual,
        ),
        (
            "the corrected p is below 0.05, and the interval excludes the claimed figure",
            Verdict.PARTLY,
            lambda case: case.significant and case.excludes_figure,
        ),
        (
            "the corrected p is not below 0.05, the interval excludes the claimed figure, and the estimate is on the "
            "other side of the base rate",
            Verdict.CONTRADICTED,
            lambda case: not case.significant and case.excludes_figure and case.other_side,
        ),
        (
            "the corrected p is not below 0.05, the interval excludes the claimed figure, and the estimate is not on "
            "the other side of the base rate",
            Verdict.NOT_SUPPORTED,
            lambda case: not case.significant and case.excludes_figure and not case.other_side,
        ),
        (
            "the corrected p is not below 0.05, and the interval holds the claimed figure, which is not the base rate: "
            "the sample cannot tell one from the other",
            Verdict.UNDERPOWERED,
            lambda case: not case.significant and case.holds_figure and not case.figure_is_usual,
        ),
        ("there is no interval: too few events for one", Verdict.UNDERPOWERED, lambda case: case.interval is None),
    ),
    *_rows(
        "6",
        "effect-direction",
        ("the corrected p is below 0.05", Verdict.SUPPORTED, lambda case: case.significant),
        (
            "the corrected p is below 0.05 in the other direction, and the claim is no mere warning",
            Verdict.CONTRADICTED,
            lambda case: case.opposite and case.claim.type != "caution",
        ),
        (
            "the corrected p is below 0.05 in the other direction, and the claim is a warning of what could happen",
            Verdict.NOT_SUPPORTED,
            lambda case: case.opposite and case.claim.type == "caution",
        ),
        (
            "the corrected p is not below 0.05 in either direction, and the smallest effect that the sample could show "
            "is above the smallest effect of interest, or cannot be computed, or there is no test",
            Verdict.UNDERPOWERED,
            lambda case: not (case.significant or case.opposite) and case.blind,
            _why_blind,
        ),
        (
            "the corrected p is not below 0.05 in either direction, though the sample could show the smallest effect "
            "of interest",
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
        p=found.p if p_adjusted is None else p_adjusted,
        p_opposite=found.p_opposite if p_opposite_adjusted is None else p_opposite_adjusted,
    )
    row = next(row for row in TABLE if row.applies(case))
    sure = confidence(claim, evidence, specifications=specifications, verdict=row.verdict)
    note = {"1": claim.due and f"due {claim.due}", "2": claim.data_that_would_decide}.get(row.number) or found.why
    why = f"{opening(row.met(case) if row.met else row.condition)}."
    return Decision(row.verdict, row.number, f"{why} {opening(note).rstrip('.')}." if note else why, sure)
