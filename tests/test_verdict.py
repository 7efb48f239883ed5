"""The verdict rule: every row, every input, and no overlap."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smallcaps.claims import Claim, load_register
from smallcaps.evidence import Evidence
from smallcaps.verdict import (
    TABLE,
    UNGRADED,
    Case,
    Specifications,
    Verdict,
    agreement,
    confidence,
    decide,
    table_rows,
    what_would_change_it,
)

EFFECT = {"direction": "positive", "smallest_effect": 3.0, "smallest_effect_reason": "stated"}


def _claim(kind: str, **fields) -> Claim:
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


FACT = _claim("fact-figure", claimed=7.3, decimals=1)
RANK = _claim("fact-figure", claimed=1, unit="rank")
YES_NO = _claim("fact-yes-no")
FIGURE = _claim("effect-figure")
LAG = _claim("effect-direction", direction="negative")
LEAD = _claim("effect-direction")
WARNING = _claim("caution")
HIT_RATE = _claim("effect-figure", unit="percent of periods", claimed=83.0)


def _figure(estimate: float, low: float, high: float, p: float, base: float = 1.0, **more) -> Evidence:
    return Evidence(estimate=estimate, interval=(low, high), p=p, base_rate=base, n=8, **more)


def _effect(p: float | None, opposite: float | None = None, detectable: float | None = 2.0) -> Evidence:
    return Evidence(estimate=1.0, p=p, p_opposite=opposite, n=30, base_rate=0.0, minimum_detectable_effect=detectable)


CASES = [
    (_claim("future"), None, "1", Verdict.PENDING),
    (_claim("future"), Evidence(estimate=2.0), "1", Verdict.PENDING),
    (_claim("none"), None, "2", Verdict.NOT_TESTABLE),
    (_claim("none"), Evidence(estimate=2.0, holds=True), "2", Verdict.NOT_TESTABLE),
    (_claim("caution", ceiling="none"), Evidence(estimate=2.0), "2", Verdict.NOT_TESTABLE),
    (FACT, None, "3", Verdict.OUTSIDE),
    (FACT, Evidence(holds=True), "3", Verdict.OUTSIDE),
    (FACT, Evidence(estimate=math.nan), "3", Verdict.OUTSIDE),
    (YES_NO, Evidence(estimate=7.3), "3", Verdict.OUTSIDE),
    (FIGURE, Evidence(n=0), "3", Verdict.OUTSIDE),
    (FACT, Evidence(estimate=7.3), "4a", Verdict.SUPPORTED),
    (FACT, Evidence(estimate=7.35), "4a", Verdict.SUPPORTED),
    (FACT, Evidence(estimate=7.25), "4a", Verdict.SUPPORTED),
    (FACT, Evidence(estimate=9.9, allowed_range=(7.0, 12.0)), "4a", Verdict.SUPPORTED),
    (FACT, Evidence(estimate=7.24), "4b", Verdict.PARTLY),
    (FACT, Evidence(estimate=8.03), "4b", Verdict.PARTLY),
    (FACT, Evidence(allowed_range=(7.9, 12.0)), "4b", Verdict.PARTLY),
    (FACT, Evidence(estimate=8.04), "4c", Verdict.CONTRADICTED),
    (FACT, Evidence(estimate=-7.3), "4c", Verdict.CONTRADICTED),
    (FACT, Evidence(allowed_range=(9.0, 12.0)), "4c", Verdict.CONTRADICTED),
    (_claim("fact-figure", claimed=-7.3, decimals=1), Evidence(estimate=-7.0), "4b", Verdict.PARTLY),
    (_claim("fact-figure", claimed=0.0, decimals=0), Evidence(estimate=0.4), "4a", Verdict.SUPPORTED),
    (_claim("fact-figure", claimed=0.0, decimals=0), Evidence(estimate=0.6), "4c", Verdict.CONTRADICTED),
    (YES_NO, Evidence(holds=True), "4d", Verdict.SUPPORTED),
    (YES_NO, Evidence(holds=False), "4e", Verdict.CONTRADICTED),
    (FIGURE, _figure(14, 8, 20, 0.20, base=10.0), "5a", Verdict.UNINFORMATIVE),
    (FIGURE, _figure(14, 8, 20, 0.01, base=14.0), "5a", Verdict.UNINFORMATIVE),
    (FIGURE, _figure(14, 8, 20, 0.01, base=9.9), "5b", Verdict.SUPPORTED),
    (FIGURE, _figure(20, 14, 26, 0.01), "5c", Verdict.PARTLY),
    (FIGURE, _figure(-4, -9, 2, 0.90), "5d", Verdict.CONTRADICTED),
    (FIGURE, _figure(2, -4, 8, 0.40), "5e", Verdict.NOT_SUPPORTED),
    (FIGURE, _figure(1, -4, 8, 0.40), "5e", Verdict.NOT_SUPPORTED),
    (FIGURE, _figure(2, -4, 8, 0.40, base=None), "5e", Verdict.NOT_SUPPORTED),
    (FIGURE, _figure(2, -14, 18, 0.40), "5f", Verdict.UNDERPOWERED),
    (FIGURE, _figure(10, 3, 18, 0.08), "5f", Verdict.UNDERPOWERED),
    (FIGURE, _figure(2, -math.inf, math.inf, 0.40), "5f", Verdict.UNDERPOWERED),
    (FIGURE, replace(_figure(2, 0, 0, 0.40), interval=None), "5g", Verdict.UNDERPOWERED),
    (FIGURE, replace(_figure(2, 0, 0, 0.04), interval=None), "5g", Verdict.UNDERPOWERED),
    (FIGURE, replace(_figure(2, 0, 0, 0.40), interval=(math.nan, 20.0)), "5g", Verdict.UNDERPOWERED),
    (HIT_RATE, _figure(75, 50, 95, 0.30, base=78.0), "5a", Verdict.UNINFORMATIVE),
    (HIT_RATE, _figure(75, 50, 95, 0.30, base=77.9), "5f", Verdict.UNDERPOWERED),
    (LEAD, _effect(0.049), "6a", Verdict.SUPPORTED),
    (LEAD, _effect(0.049, detectable=None), "6a", Verdict.SUPPORTED),
    (LEAD, _effect(0.96, 0.04), "6b", Verdict.CONTRADICTED),
    (LEAD, _effect(0.96, 0.04, detectable=9.0), "6b", Verdict.CONTRADICTED),
    (WARNING, _effect(0.01), "6a", Verdict.SUPPORTED),
    (WARNING, _effect(0.96, 0.04), "6c", Verdict.NOT_SUPPORTED),
    (WARNING, _effect(0.96, 0.04, detectable=9.0), "6c", Verdict.NOT_SUPPORTED),
    (LEAD, _effect(0.05, detectable=3.01), "6d", Verdict.UNDERPOWERED),
    (LEAD, _effect(0.30, 0.70, detectable=None), "6d", Verdict.UNDERPOWERED),
    (LEAD, _effect(0.30, 0.70, detectable=math.nan), "6d", Verdict.UNDERPOWERED),
    (LEAD, _effect(None, None), "6d", Verdict.UNDERPOWERED),
    (LEAD, _effect(math.nan, math.nan), "6d", Verdict.UNDERPOWERED),
    (WARNING, _effect(0.30, 0.70, detectable=9.0), "6d", Verdict.UNDERPOWERED),
    (LEAD, _effect(0.05, 0.05, detectable=3.0), "6e", Verdict.NOT_SUPPORTED),
]


@pytest.mark.parametrize(("claim", "evidence", "row", "verdict"), CASES)
def test_each_row(claim, evidence, row, verdict):
    decision = decide(claim, evidence)
    assert (decision.row, decision.verdict) == (row, verdict)
    assert decision.why and "\n" not in decision.why


def test_the_cases_visit_every_row_and_every_word():
    assert {row for _, _, row, _ in CASES} == {row.number for row in TABLE}
    assert {verdict for *_, verdict in CASES} == set(Verdict)


def test_row_numbers_are_unique_and_printed_in_order():
    rows = table_rows()
    assert [row["row"] for row in rows] == sorted({row.number for row in TABLE})
    assert all(row["condition"] and row["applies_to"] and row["verdict"] in set(Verdict) for row in rows)
    assert [row["verdict"] for row in rows] == [str(row.verdict) for row in TABLE]


# -- every input, exactly one row

NUMBERS = st.none() | st.floats(-100, 100) | st.sampled_from([math.nan, math.inf, -math.inf, 12.0, 7.3, 83.0, 0.0])
SHARES = st.none() | st.floats(0, 1) | st.sampled_from([0.05, 0.0, 1.0, math.nan])
PAIRS = st.none() | st.tuples(st.floats(-100, 100), st.floats(0, 50)).map(lambda pair: (pair[0], pair[0] + pair[1]))
EVIDENCE = st.none() | st.builds(
    Evidence,
    estimate=NUMBERS,
    interval=PAIRS | st.sampled_from([(-math.inf, 4.0), (math.nan, 4.0), (-math.inf, math.inf)]),
    p=SHARES,
    p_opposite=SHARES,
    n=st.none() | st.integers(0, 1200),
    base_rate=NUMBERS,
    minimum_detectable_effect=NUMBERS,
    holds=st.none() | st.booleans(),
    allowed_range=PAIRS,
    proxy=st.booleans(),
)
CLAIM = st.sampled_from(
    [FACT, YES_NO, FIGURE, HIT_RATE, LAG, LEAD, WARNING, *load_register().claims]
    + [_claim("none"), _claim("future"), _claim("fact-figure", claimed=0.0), _claim("effect-figure", ceiling="proxy")]
)
CURVE = st.none() | st.builds(
    Specifications,
    count=st.integers(1, 500),
    share_agreeing=st.floats(0, 1),
    share_holding_figure=st.none() | st.floats(0, 1),
)


@settings(max_examples=1000, deadline=None)
@given(CLAIM, EVIDENCE, SHARES, SHARES, CURVE)
def test_any_input_gives_exactly_one_verdict(claim, evidence, p_adjusted, p_opposite_adjusted, specifications):
    decision = decide(
        claim,
        evidence,
        p_adjusted=p_adjusted,
        p_opposite_adjusted=p_opposite_adjusted,
        specifications=specifications,
    )
    found = evidence or Evidence()
    values = [
        found.p if p_adjusted is None else p_adjusted,
        found.p_opposite if p_opposite_adjusted is None else p_opposite_adjusted,
    ]
    case = Case(claim, evidence, *(None if value is None or math.isnan(value) else value for value in values))
    assert [row.number for row in TABLE if row.applies(case)] == [decision.row]  # so the order cannot matter
    assert decision.verdict in set(Verdict)
    assert (decision.confidence is None) == (decision.verdict in UNGRADED)
    assert decision.confidence in (None, "high", "medium", "low")
    sentence = what_would_change_it(claim, evidence, decision)
    assert sentence.endswith(".") and "nan" not in sentence and "None" not in sentence and "\n" not in sentence


@settings(max_examples=300, deadline=None)
@given(st.floats(-30, 30), st.floats(0.1, 20), st.floats(0, 1), st.floats(-10, 10))
def test_a_claim_and_its_mirror_image_get_the_same_verdict(estimate, half, p, base):
    mirror = _claim("effect-figure", claimed=-12.0, direction="negative")
    found = _figure(estimate, estimate - half, estimate + half, p, base=base)
    mirrored = _figure(-estimate, -estimate - half, -estimate + half, p, base=-base)
    assert decide(FIGURE, found).row == decide(mirror, mirrored).row


def test_the_corrected_p_decides_where_there_is_one():
    assert decide(LEAD, _effect(0.01)).row == "6a"
    assert decide(LEAD, _effect(0.01), p_adjusted=0.06).row == "6e"
    assert decide(LEAD, _effect(0.96, 0.01), p_opposite_adjusted=0.06).row == "6e"
    assert decide(FIGURE, _figure(14, 8, 20, 0.01), p_adjusted=0.07).row == "5f"


def test_the_verdict_does_not_depend_on_the_curve():
    curve = Specifications(count=200, share_agreeing=0.0)
    assert decide(LEAD, _effect(0.01), specifications=curve).verdict is Verdict.SUPPORTED


def test_why_holds_the_condition_and_what_the_study_says():
    decision = decide(YES_NO, Evidence(holds=False, why="the target rose on 2026-09-16"))
    assert decision.why == "It does not hold. The target rose on 2026-09-16."
    assert decide(_claim("future"), None).why.endswith("Due 2028-12.")
    assert decide(_claim("none"), None).why.endswith("Company accounts.")


# -- confidence


@pytest.mark.parametrize(
    ("ceiling", "proxy", "word"),
    [("direct", False, "high"), ("fact", False, "high"), ("proxy", False, "medium"), ("direct", True, "medium")],
)
def test_confidence_of_facts(ceiling, proxy, word):
    claim = _claim("fact-yes-no", ceiling=ceiling)
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
    assert decide(LEAD, _effect(0.01)).confidence == "low"


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


# -- what would change it


@pytest.mark.parametrize(
    ("claim", "evidence", "parts"),
    [
        (_claim("future"), None, ["2028-12"]),
        (_claim("none"), None, ["Company accounts."]),
        (FACT, None, ["edition"]),
        (FACT, Evidence(estimate=7.3), ["7.25 to 7.35 percent", "6.57 to 8.03 percent"]),
        (FACT, Evidence(estimate=7.0), ["7.25 to 7.35 percent", "it is 7.00 percent"]),
        (FACT, Evidence(allowed_range=(9.0, 12.0)), ["it is 9.00 to 12.00 percent"]),
        (RANK, Evidence(estimate=1), ["outside 0.5 to 1.5 would be contradicted", "it is 1.0"]),
        (RANK, Evidence(estimate=2), ["within 0.5 to 1.5", "it is 2.0"]),
        (YES_NO, Evidence(holds=True), ["It is not so."]),
        (YES_NO, Evidence(holds=False), ["It is so."]),
        (FIGURE, _figure(14, 8, 20, 0.2, base=10.5), ["more than 2.0 percent", "1.5 percent from it"]),
        (FIGURE, _figure(14, 8, 20, 0.01), ["without 12.0 percent"]),
        (FIGURE, _figure(20, 14, 26, 0.01), ["at most 18.0 percent", "it is 20.0 percent"]),
        (FIGURE, _figure(2, -4, 8, 0.4), ["at least 6.0 percent", "at least 7.0 percent"]),
        (
            FIGURE,
            _figure(2, -14, 18, 0.4, minimum_detectable_effect=22.0),
            ["at least 17.0 percent", "11.0 percent, about 32 observations instead of 8"],
        ),
        (FIGURE, replace(_figure(2, 0, 0, 0.4), interval=None, n=4), ["at least 6 events; there are 4"]),
        (LEAD, _effect(0.3, 0.7, detectable=6.0), ["3.00 percent, about 120 observations instead of 30"]),
        (LAG, replace(_effect(0.3), interval=(-2.0, 4.0)), ["at most −3.00 percent"]),
    ],
)
def test_what_would_change_it_is_computed(claim, evidence, parts):
    sentence = what_would_change_it(claim, evidence, decide(claim, evidence))
    assert all(part in sentence for part in parts), sentence


def test_moving_the_estimate_as_said_changes_the_verdict():
    found = _figure(2, -4, 8, 0.4)
    assert decide(FIGURE, found).row == "5e"
    moved = _figure(7.0, 1.0, 13.0, 0.04)  # at least 6.0 for the figure, at least 7.0 for p
    assert decide(FIGURE, moved).verdict is Verdict.SUPPORTED
