"""Claims of every type and evidence for them, for the tests of the rule."""

from __future__ import annotations

from smallcaps.claims import Claim
from smallcaps.evidence import Evidence

EFFECT = {"direction": "positive", "smallest_effect": 3.0, "smallest_effect_reason": "stated"}


def make_claim(kind: str, **fields) -> Claim:
    """A valid claim of a type, with the fields given."""
    base = {
        "id": "test-claim",
        "article": ["A"],
        "claim": "Something is so.",
        "chapter": "etf_flows",
        "type": kind,
        "ceiling": {"future": "pending", "none": "none"}.get(kind, "direct"),
        "unit": "percent",
        "confirms": "It is so.",
        "contradicts": "It is not so.",
        "study": "etf_flows.something",
        "declared": "2026-11-21",
    }
    if kind in ("fact-figure", "effect-figure"):
        base |= {"claimed": 12.0, "decimals": 0}
    if kind in ("effect-figure", "effect-direction", "caution"):
        base |= EFFECT
    if kind == "future":
        base["due"] = "2028-12"
    merged = base | fields
    if merged["ceiling"] == "none":
        merged["data_that_would_decide"] = "Company accounts."
    return Claim.model_validate(merged)


FACT = make_claim("fact-figure", claimed=7.3, decimals=1)
RANK = make_claim("fact-figure", claimed=1, unit="rank")
YES_NO = make_claim("fact-yes-no")
FIGURE = make_claim("effect-figure")
LAG = make_claim("effect-direction", direction="negative")
LEAD = make_claim("effect-direction")
WARNING = make_claim("caution")
HIT_RATE = make_claim("effect-figure", unit="percent of periods", claimed=83.0)


def figure(estimate: float, low: float, high: float, p: float, base: float = 1.0, **more) -> Evidence:
    """What a study of eight events found for an effect with a figure."""
    return Evidence(estimate=estimate, interval=(low, high), p=p, base_rate=base, n=8, **more)


def effect(p: float | None, opposite: float | None = None, detectable: float | None = 2.0) -> Evidence:
    """What a study found for an effect with a direction only."""
    return Evidence(estimate=1.0, p=p, p_opposite=opposite, n=30, base_rate=0.0, minimum_detectable_effect=detectable)


# What the chapter on rates found for its first claim, about.
FOUND = Evidence(
    estimate=-3.42,
    interval=(-10.04, 5.0),
    p=0.81,
    p_opposite=0.2,
    n=8,
    sample_start="1979-01",
    sample_end="2026-08",
    base_rate=-0.41,
    minimum_detectable_effect=9.0,
)
