"""How sure a verdict is: every threshold from both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from claim_cases import FIGURE, LEAD, effect, make_claim

from smallcaps.confidence import Specifications, agreement, confidence
from smallcaps.evidence import Evidence
from smallcaps.scale import UNGRADED, Verdict
from smallcaps.verdict import decide


@pytest.mark.parametrize(
    ("ceiling", "proxy", "word"),
    [("direct", False, "high"), ("fact", False, "high"), ("proxy", False, "medium"), ("direct", True, "medium")],
)
def test_confidence_of_facts(ceiling, proxy, word):
    claim = make_claim("fact-yes-no", ceiling=ceiling)
    assert decide(claim, Evidence(holds=False, proxy=proxy)).confidence == word


@pytest.mark.parametrize(
    ("proxy", "n", "share", "word"),
    [
        (False, 20, 0.8, "high"),
        (False, 19, 0.8, "medium"),
        (False, 20, 0.79, "medium"),
        (False, 6, 0.6, "medium"),
        (False, 5, 1.0, "low"),
        (False, 200, 0.59, "low"),
        (True, 20, 0.8, "medium"),
        (True, 19, 1.0, "low"),
        (True, 200, 0.79, "low"),
        (False, None, 1.0, "low"),
    ],
)
def test_confidence_of_effects(proxy, n, share, word):
    found = Evidence(estimate=1.0, p=0.01, n=n, proxy=proxy)
    curve = Specifications(count=200, share_agreeing=share)
    assert confidence(LEAD, found, specifications=curve, verdict=Verdict.SUPPORTED) == word
    mirrored = Specifications(count=200, share_agreeing=1 - share)
    if share != 0.8 and share != 0.6:  # 1 - (1 - 0.8) is not 0.8 in binary
        assert confidence(LEAD, found, specifications=mirrored, verdict=Verdict.CONTRADICTED) == word


def test_an_effect_without_a_curve_has_low_confidence():
    assert decide(LEAD, effect(0.01)).confidence == "low"


def test_agreement_follows_what_the_verdict_hangs_on():
    curve = Specifications(count=200, share_agreeing=0.75, share_holding_figure=0.25)
    shares = {verdict: agreement(FIGURE, curve, verdict=verdict) for verdict in Verdict if verdict not in UNGRADED}
    assert shares == {
        Verdict.SUPPORTED: 0.75,
        Verdict.PARTLY: 0.75,
        Verdict.CONTRADICTED: 0.25,
        Verdict.UNINFORMATIVE: 0.25,
        Verdict.NOT_SUPPORTED: 0.75,
        Verdict.UNDERPOWERED: 0.0,
    }
    assert agreement(LEAD, curve, verdict=Verdict.NOT_SUPPORTED) == 0.25
    assert agreement(FIGURE, replace(curve, share_holding_figure=None), verdict=Verdict.UNINFORMATIVE) == 0.0
