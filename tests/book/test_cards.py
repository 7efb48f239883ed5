"""The claims on a chapter's page, and the box that says how to run it again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from claim_cases import FOUND

from smallcaps.book.cards import amount, card, claim_cards, evidence_line, key_number, run_again, slug
from smallcaps.book.parameters import from_text, validate
from smallcaps.book.plan import Run
from smallcaps.book.reference import allowed
from smallcaps.book.results import ClaimResult, Results, Stamp, judge
from smallcaps.claims import Claim, load_register
from smallcaps.evidence import Evidence
from smallcaps.scale import Verdict

THIN = "\u202f"


def claim(unit: str | None, decimals: int | None = 0) -> Claim:
    return load_register().claim("rates-first-cut-gap").model_copy(update={"unit": unit, "decimals": decimals})


def result(found: Evidence | None = FOUND, claim_id: str = "rates-first-cut-gap") -> ClaimResult:
    chapter = load_register().claim(claim_id).chapter
    return judge({claim_id: found} if found else {}, curves={}, chapters={chapter})[claim_id]


# Amounts


@pytest.mark.parametrize(
    ("unit", "decimals", "value", "text"),
    [
        ("pp", 0, -3.42, f"−3.4{THIN}pp"),
        ("pp", 2, 3.4, f"+3.40{THIN}pp"),
        ("percent", 0, 35, f"35.0{THIN}%"),
        ("percent of periods", 0, 83.33, f"83.3{THIN}%"),
        ("basis points", 0, 25, f"25{THIN}bp"),
        ("bn USD", 1, 66.6, f"$66.6{THIN}bn"),
        ("months", 0, 9, f"9{THIN}months"),
        ("rank", 0, 2, "rank 2"),
        ("pp per pp", 1, 0.456, f"+0.46{THIN}pp per pp"),
        (None, None, 7, "7.0"),
    ],
)
def test_an_amount_has_its_unit(unit, decimals, value, text):
    assert amount(claim(unit, decimals), value) == text


def test_the_claimed_amount_is_printed_as_claimed():
    assert amount(claim("pp"), 12, 0) == f"+12{THIN}pp"


@pytest.mark.parametrize("unit", sorted({c.unit for c in load_register().claims if c.unit}))
def test_every_unit_of_the_register_can_be_printed(unit):
    text = amount(claim(unit), -1234.5)
    assert text.removeprefix("rank ").startswith("−") and "1,23" in text and "-" not in text


# Cards


def test_key_number_says_found_and_claimed():
    assert key_number(result()) == f"−3.4{THIN}pp against +12{THIN}pp claimed"
    assert key_number(result(None)) == "" == key_number(result(Evidence(holds=True)))


def test_the_evidence_in_one_line():
    line = evidence_line(result())
    for part in (
        f"Estimate −3.4{THIN}pp",
        f"claimed +12{THIN}pp",
        "95 % interval −10.0 to +5.0",
        f"base rate −0.4{THIN}pp",
        "p 0.81, 0.81 after correction",
        f"smallest effect this sample could show +9.0{THIN}pp",
        "n = 8",
        "1979-01 to 2026-08",
    ):
        assert part in line
    assert "proxy" not in line and "\n" not in line
    assert evidence_line(result(replace(FOUND, proxy=True))).endswith("by proxy.")
    assert evidence_line(result(None)) == ""


def test_an_interval_has_the_decimals_of_its_estimate_and_a_difference_of_shares_is_points():
    found = replace(FOUND, estimate=-0.351, interval=(-0.676, -0.024), base_rate=0.0, minimum_detectable_effect=0.47)
    line = evidence_line(result(found, "macro-dollar"))
    assert "95 % interval −0.68 to −0.02" in line
    hits = replace(FOUND, estimate=58.3, interval=(27.7, 84.8), base_rate=48.5, minimum_detectable_effect=38.4)
    assert f"smallest effect this sample could show 38.4{THIN}points" in evidence_line(result(hits, "election-83"))


def test_a_fact_that_no_table_holds_names_its_source():
    text = card(result(Evidence(holds=False), "context-attribution"))
    assert "The source: The Hale Report, episode 64" in text and "](https://plus.econvue.com/" in text


def test_a_part_that_was_not_computed_is_left_out():
    line = evidence_line(result(replace(FOUND, interval=None, p=None, n=None, base_rate=None)))
    assert not any(word in line for word in ("interval", "p 0", "n =", "base rate", "None"))


def test_a_card_has_anchor_verdict_claim_and_reason():
    shown = result()
    text = card(shown)
    assert text.startswith("(rates-first-cut-gap)=\n")
    assert f"[{shown.decision.verdict}]" in text and shown.claim.claim in text and shown.decision.why in text
    assert f"sc-{slug(shown.decision.verdict)}" in text and " " not in slug(shown.decision.verdict)
    assert "Article A" in text and "What would change it" in text
    assert text.count("::::") == 2


def test_dollars_on_a_card_are_no_formula():
    text = card(result(replace(FOUND, estimate=-6.6), "flows-inflows"))
    assert text.count("$") >= 4  # found and claimed, on the card and behind it
    assert text.count("$") == text.count(r"\$")


def test_a_card_without_evidence_prints_no_number():
    text = card(result(None))
    assert str(Verdict.OUTSIDE) in text and "Estimate" not in text and "None" not in text


def test_both_articles_are_named():
    both = next(c for c in load_register().claims if len(c.article) == 2)
    assert "Articles A and B" in card(result(None, both.id))


def test_an_implied_claim_says_that_it_does_not_count():
    implied = next(c for c in load_register().claims if c.implied)
    assert "not in the score" in card(result(None, implied.id))
    assert "not in the score" not in card(result())


def test_what_nobody_can_test_says_its_reason_once():
    for verdict, kind in ((Verdict.NOT_TESTABLE, "none"), (Verdict.PENDING, "future")):
        one = next(c for c in load_register().claims if c.type == kind)
        shown = result(None, one.id)
        assert shown.decision.verdict is verdict
        assert "What would change it" not in card(shown)


@pytest.mark.parametrize("chapter", sorted({c.chapter for c in load_register().claims}))
def test_every_claim_of_a_chapter_has_its_card(chapter):
    text = claim_cards(chapter, Results(Stamp("", "", {}, None, ""), {}, judge({}, curves={}, chapters={chapter}), {}))
    anchors = [f"({c.id})=" for c in load_register().of_chapter(chapter)]
    assert [line for line in text.splitlines() if line.startswith("(") and line.endswith(")=")] == anchors


# Run it again


def box(chapter: str = "rate_sensitivity", **values) -> str:
    return run_again(Run(chapter, validate(chapter, values), "key"))


def command(text: str) -> str:
    (line,) = [line for line in text.splitlines() if line.startswith("make run")]
    return line


def test_the_command_repeats_the_run():
    assert command(box()) == "make run CHAPTER=rate_sensitivity START=1926-07 END=2026-09"
    line = command(box(start="1990-01", end="2015-12", horizon=6, pair="total"))
    assert "START=1990-01 END=2015-12" in line
    words = line.partition('SET="')[2].rstrip('"').split()
    assert from_text("rate_sensitivity", words) == {"horizon": 6, "pair": "total"}


def test_the_command_stays_inside_the_data():
    line = command(box("etf_flows", start="1926-07", end="2026-09", strict=False))
    assert "START=1993-02 END=2026-08" in line
    assert "strict" not in line


def test_the_box_explains_every_parameter():
    text = box("value_rotation")
    for name, field in type(validate("value_rotation", {})).model_fields.items():
        default = '""' if field.default == "" else field.default
        assert f"| `{name}` | {field.description} | {allowed(field)} | `{default}` |" in text


def test_the_box_gives_both_spans():
    text = " ".join(box("etf_flows", start="2010-01", end="2019-12").split())
    assert "`start=2010-01` and `end=2019-12`" in text and "1993-02 to 2026-08" in text
