"""How sure a verdict is, by rule: from the kind of data, the number of events and the specification curve."""

from __future__ import annotations

from dataclasses import dataclass

from smallcaps.claims import EFFECTS, FACTS, Claim
from smallcaps.evidence import Evidence
from smallcaps.scale import UNGRADED, Verdict


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
