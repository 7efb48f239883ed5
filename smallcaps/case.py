"""A claim and its evidence as the rows of the decision table read them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from smallcaps.claims import BASE_RATE_MARGIN, Claim
from smallcaps.evidence import Evidence

ALPHA = 0.05
NEAR = 0.10  # a fact's figure within this share of the claimed one is partly right


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
    def detectable(self) -> float | None:
        """The smallest effect that the sample could show, or None."""
        return _number(self.evidence.minimum_detectable_effect)

    @property
    def blind(self) -> bool:
        """Whether the sample could have missed the smallest effect of interest, or nobody can say."""
        return _number(self.p) is None or self.detectable is None or self.detectable > self.claim.smallest_effect


GROUPS = {
    "fact-figure": "Fact with a figure",
    "fact-yes-no": "Fact, yes or no",
    "effect-figure": "Effect with a figure",
    "effect-direction": "Effect with a direction only, and warnings",
    "caution": "Effect with a direction only, and warnings",
}


def _number(value: float | None) -> float | None:
    """The value, or None if it is missing or not a number."""
    return None if value is None or math.isnan(value) else value


def _interval(value: tuple[float, float] | None) -> tuple[float, float] | None:
    """The pair, or None if it or one of its ends is missing."""
    return None if value is None or any(_number(end) is None for end in value) else tuple(value)
