"""The verdict rule: every row, every input, and no overlap."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from claim_cases import FACT, FIGURE, HIT_RATE, LAG, LEAD, WARNING, YES_NO, effect, figure, make_claim
from hypothesis import given, settings
from hypothesis import strategies as st

from smallcaps.case import Case
from smallcaps.change import what_would_change_it
from smallcaps.claims import load_register
from smallcaps.confidence import Specifications
from smallcaps.evidence import Evidence
from smallcaps.scale import UNGRADED, Verdict
from smallcaps.verdict import TABLE, decide, table_rows

CASES = [
    (make_claim("future"), None, "1", Verdict.PENDING),
    (make_claim("future"), Evidence(estimate=2.0), "1", Verdict.PENDING),
    (make_claim("none"), None, "2", Verdict.NOT_TESTABLE),
    (make_claim("none"), Evidence(estimate=2.0, holds=True), "2", Verdict.NOT_TESTABLE),
    (make_claim("caution", ceiling="none"), Evidence(estimate=2.0), "2", Verdict.NOT_TESTABLE),
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
    (make_claim("fact-figure", claimed=-7.3, decimals=1), Evidence(estimate=-7.0), "4b", Verdict.PARTLY),
    (make_claim("fact-figure", claimed=0.0, decimals=0), Evidence(estimate=0.4), "4a", Verdict.SUPPORTED),
    (make_claim("fact-figure", claimed=0.0, decimals=0), Evidence(estimate=0.6), "4c", Verdict.CONTRADICTED),
    (YES_NO, Evidence(holds=True), "4d", Verdict.SUPPORTED),
    (YES_NO, Evidence(holds=False), "4e", Verdict.CONTRADICTED),
    (FIGURE, figure(14, 8, 20, 0.20, base=10.0), "5a", Verdict.UNINFORMATIVE),
    (FIGURE, figure(14, 8, 20, 0.01, base=14.0), "5a", Verdict.UNINFORMATIVE),
    (FIGURE, figure(14, 8, 20, 0.01, base=9.9), "5b", Verdict.SUPPORTED),
    (FIGURE, figure(20, 14, 26, 0.01), "5c", Verdict.PARTLY),
    (FIGURE, figure(-4, -9, 2, 0.90), "5d", Verdict.CONTRADICTED),
    (FIGURE, figure(2, -4, 8, 0.40), "5e", Verdict.NOT_SUPPORTED),
    (FIGURE, figure(1, -4, 8, 0.40), "5e", Verdict.NOT_SUPPORTED),
    (FIGURE, figure(2, -4, 8, 0.40, base=None), "5e", Verdict.NOT_SUPPORTED),
    (FIGURE, figure(2, -14, 18, 0.40), "5f", Verdict.UNDERPOWERED),
    (FIGURE, figure(10, 3, 18, 0.08), "5f", Verdict.UNDERPOWERED),
    (FIGURE, figure(2, -math.inf, math.inf, 0.40), "5f", Verdict.UNDERPOWERED),
    (FIGURE, replace(figure(2, 0, 0, 0.40), interval=None), "5g", Verdict.UNDERPOWERED),
    (FIGURE, replace(figure(2, 0, 0, 0.04), interval=None), "5g", Verdict.UNDERPOWERED),
    (FIGURE, replace(figure(2, 0, 0, 0.40), interval=(math.nan, 20.0)), "5g", Verdict.UNDERPOWERED),
    (HIT_RATE, figure(75, 50, 95, 0.30, base=78.0), "5a", Verdict.UNINFORMATIVE),
    (HIT_RATE, figure(75, 50, 95, 0.30, base=77.9), "5f", Verdict.UNDERPOWERED),
    (LEAD, effect(0.049), "6a", Verdict.SUPPORTED),
    (LEAD, effect(0.049, detectable=None), "6a", Verdict.SUPPORTED),
    (LEAD, effect(0.96, 0.04), "6b", Verdict.CONTRADICTED),
    (LEAD, effect(0.96, 0.04, detectable=9.0), "6b", Verdict.CONTRADICTED),
    (WARNING, effect(0.01), "6a", Verdict.SUPPORTED),
    (WARNING, effect(0.96, 0.04), "6c", Verdict.NOT_SUPPORTED),
    (WARNING, effect(0.96, 0.04, detectable=9.0), "6c", Verdict.NOT_SUPPORTED),
    (LEAD, effect(0.05, detectable=3.01), "6d", Verdict.UNDERPOWERED),
    (LEAD, effect(0.30, 0.70, detectable=None), "6d", Verdict.UNDERPOWERED),
    (LEAD, effect(0.30, 0.70, detectable=math.nan), "6d", Verdict.UNDERPOWERED),
    (LEAD, effect(None, None), "6d", Verdict.UNDERPOWERED),
    (LEAD, effect(math.nan, math.nan), "6d", Verdict.UNDERPOWERED),
    (WARNING, effect(0.30, 0.70, detectable=9.0), "6d", Verdict.UNDERPOWERED),
    (LEAD, effect(0.05, 0.05, detectable=3.0), "6e", Verdict.NOT_SUPPORTED),
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
    + [
        make_claim("none"),
        make_claim("future"),
        make_claim("fact-figure", claimed=0.0),
        make_claim("effect-figure", ceiling="proxy"),
    ]
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
    mirror = make_claim("effect-figure", claimed=-12.0, direction="negative")
    found = figure(estimate, estimate - half, estimate + half, p, base=base)
    mirrored = figure(-estimate, -estimate - half, -estimate + half, p, base=-base)
    assert decide(FIGURE, found).row == decide(mirror, mirrored).row


def test_the_corrected_p_decides_where_there_is_one():
    assert decide(LEAD, effect(0.01)).row == "6a"
    assert decide(LEAD, effect(0.01), p_adjusted=0.06).row == "6e"
    assert decide(LEAD, effect(0.96, 0.01), p_opposite_adjusted=0.06).row == "6e"
    assert decide(FIGURE, figure(14, 8, 20, 0.01), p_adjusted=0.07).row == "5f"


def test_the_verdict_does_not_depend_on_the_curve():
    curve = Specifications(count=200, share_agreeing=0.0)
    assert decide(LEAD, effect(0.01), specifications=curve).verdict is Verdict.SUPPORTED


def test_why_holds_the_condition_and_what_the_study_says():
    decision = decide(YES_NO, Evidence(holds=False, why="the target rose on 2026-09-16"))
    assert decision.why == "It does not hold. The target rose on 2026-09-16."
    assert decide(make_claim("future"), None).why.endswith("Due 2028-12.")
    assert decide(make_claim("none"), None).why.endswith("Company accounts.")
