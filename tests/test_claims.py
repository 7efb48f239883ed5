"""The register: complete, valid, and strict about what may stand in it."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import yaml

from smallcaps.claims import CHAPTERS, CLAIMS, EFFECTS, load_register
from smallcaps.errors import DataError, InputError
from smallcaps.scale import Verdict

RATES = {
    "rates-first-cut-gap",
    "rates-first-cut-levels",
    "rates-around-cut",
    "rates-sensitivity",
    "rates-cut-delivered",
    "rates-first-in-nine-months",
    "rates-more-in-2026",
    "rates-prolonged-tightening",
    "rates-borrowing-costs",
    "rates-debt",
    "rates-premature-inflation",
}
VALUE = {
    "value-august-r2000",
    "value-august-best",
    "value-streak",
    "value-august-sp500",
    "value-august-style",
    "value-discount",
    "value-spread-pays",
    "value-rotation",
    "value-still-to-come",
}
ELECTIONS = {"election-83", "election-cycle"}
FLOWS = {
    "flows-inflows",
    "flows-aum",
    "flows-aum-vb",
    "flows-iwn-vbr",
    "flows-iwm-volume",
    "flows-structural",
}
MOMENTUM = {"market-volume", "momentum-record", "momentum-close", "momentum-breakout"}
MACRO = {
    "macro-core-pce",
    "macro-pce-target",
    "macro-inflation-easing",
    "macro-labour",
    "macro-banks-reits",
    "macro-dollar",
    "macro-domestic",
    "macro-sector-weights",
    "macro-earnings",
    "macro-policy",
    "macro-reversal",
}
DECLARED = RATES | VALUE | ELECTIONS | FLOWS | MOMENTUM | MACRO | {"context-attribution"}
FOUND_SINCE = {  # in the articles, but not in the first list of claims
    "rates-optimism",
    "rates-floating-debt",
    "rates-muted-response",
    "value-sector-rotation",
    "macro-dollar-fell",
    "macro-capital-flows",
}


@pytest.fixture(scope="module")
def register():
    return load_register()


@pytest.fixture
def raw() -> dict:
    return yaml.safe_load(CLAIMS.read_text(encoding="utf-8"))


def _load(tmp_path: Path, content: object):
    path = tmp_path / "claims.yml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return load_register(path)


def _entry(raw: dict, claim_id: str) -> dict:
    return next(entry for entry in raw["claims"] if entry["id"] == claim_id)


def test_register_has_exactly_the_known_claims(register):
    assert set(register.ids) == DECLARED | FOUND_SINCE
    assert len(register.ids) == len(set(register.ids))


def test_implied_claims_do_not_count_in_the_score(register):
    implied = {claim.id for claim in register.claims if claim.implied}
    assert implied == {"value-spread-pays", "election-cycle", "flows-structural"}
    assert {claim.id for claim in register.scored} == set(register.ids) - implied


def test_every_chapter_has_claims_and_every_claim_one_chapter(register):
    by_chapter = [claim.id for chapter in CHAPTERS for claim in register.of_chapter(chapter)]
    assert sorted(by_chapter) == sorted(register.ids)
    assert all(register.of_chapter(chapter) for chapter in CHAPTERS)


def test_a_claim_is_one_sentence_in_plain_text(register):
    for claim in register.claims:
        assert claim.claim.endswith(".") and len(claim.claim) <= 140, claim.id
        assert not re.search(r"[.!?] [A-Z]", claim.claim.replace("S&P", "")), claim.id


def test_tested_claims_say_what_would_decide_them(register):
    for claim in register.claims:
        if claim.ceiling == "none":
            assert claim.data_that_would_decide, claim.id
        else:
            assert claim.confirms and claim.contradicts and (claim.study or claim.cited), claim.id
            assert any(claim.specification.model_dump().values()) or claim.cited, claim.id
        if claim.type in EFFECTS and claim.ceiling != "none":
            assert claim.sign in (-1, 1) and claim.smallest_effect_reason, claim.id


def test_cautions_say_which_row_is_meant(register):
    cautions = [claim for claim in register.claims if claim.type == "caution"]
    assert {claim.id for claim in cautions} >= {"rates-premature-inflation", "macro-reversal"}
    assert all(claim.rule_note for claim in cautions)


def test_no_verdict_is_typed(raw):
    words = {str(verdict) for verdict in Verdict} - {Verdict.PENDING}  # "pending" is a ceiling too
    for entry in raw["claims"]:
        assert not {"verdict", "confidence", "estimate", "interval", "p"} & set(entry), entry["id"]
        assert not words & {str(value).strip().casefold() for value in entry.values()}, entry["id"]


def test_articles_are_cited_as_printed(register):
    assert set(register.articles) == {"A", "B"}
    assert all("writing agent" in article.note for article in register.articles.values())
    assert "not a pre-registration" in register.declaration
    assert {claim.declared for claim in register.claims} == {"2026-11-21"}


def test_a_cited_fact_is_compared_not_typed(register):
    cited = register.claim("context-attribution").cited
    assert cited.agrees is False
    assert cited.model_copy(update={"source_says": cited.article_says.upper()}).agrees is True


def test_unknown_claim_names_the_nearest(register):
    with pytest.raises(InputError, match="unknown claim 'election-38'; did you mean 'election-83'") as caught:
        register.claim("election-38")
    assert "\n" not in str(caught.value)


def test_unknown_chapter_names_those_that_exist(register):
    with pytest.raises(InputError, match="unknown chapter 'robustness'; chapters with claims: rate_sensitivity"):
        register.of_chapter("robustness")


def test_the_register_is_frozen(register):
    with pytest.raises(ValueError, match="frozen"):
        register.claims[0].claimed = 99


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(DataError, match="register claims.yml is missing"):
        load_register(tmp_path / "claims.yml")


@pytest.mark.parametrize("text", ["claims: [", "claims:\n\t- id: x", "a: b: c"])
def test_broken_yaml_is_one_line(tmp_path, text):
    with pytest.raises(DataError, match="is not valid YAML") as caught:
        _load(tmp_path, text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "[]", "claims: 3", "claims: [3]", "just words"])
def test_yaml_of_another_shape_is_one_line(tmp_path, content):
    with pytest.raises(DataError, match="register claims.yml") as caught:
        _load(tmp_path, content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("verdict", "supported", "claim election-83, verdict: Extra inputs are not permitted"),
        ("chapter", "weather", "claim election-83, chapter: Input should be 'rate_sensitivity'"),
        ("type", "guess", "claim election-83, type: "),
        ("ceiling", "high", "claim election-83, ceiling: "),
        ("ceiling", "none", "claim election-83: ceiling none needs"),
        ("ceiling", "pending", "claim election-83: type future and ceiling pending go together"),
        ("claimed", "many", "claim election-83, claimed: .*got 'many'"),
        ("claimed", None, "claim election-83: effect-figure with ceiling direct lacks claimed"),
        ("claimed", float("nan"), "claim election-83, claimed: "),
        ("unit", "furlongs", "claim election-83, unit: "),
        ("unit", "bn USD", "claim election-83: unit of an effect-figure must be one of"),
        ("decimals", None, "claim election-83: effect-figure with ceiling direct lacks decimals"),
        ("direction", None, "claim election-83: effect-figure with ceiling direct lacks direction"),
        ("direction", "up", "claim election-83, direction: "),
        ("smallest_effect", 0, "claim election-83, smallest_effect: .*greater than 0"),
        ("smallest_effect_reason", None, "claim election-83: .* lacks smallest_effect_reason"),
        ("confirms", None, "claim election-83: .* lacks confirms"),
        ("study", "a chapter", "claim election-83, study: "),
        ("declared", "in November", "claim election-83, declared: "),
        ("article", ["C"], "claim election-83, article.0: "),
        ("article", [], "claim election-83, article: "),
        ("claim", "  ", "claim election-83, claim: "),
        ("specification", {"months": "12"}, "claim election-83, specification.months: Extra inputs"),
    ],
)
def test_a_wrong_field_is_named_with_its_claim(tmp_path, raw, field, value, message):
    _entry(raw, "election-83")[field] = value
    with pytest.raises(DataError, match=message) as caught:
        _load(tmp_path, raw)
    assert "\n" not in str(caught.value)


def test_a_missing_field_is_named_with_its_claim(tmp_path, raw):
    del _entry(raw, "election-83")["chapter"]
    with pytest.raises(DataError, match="claim election-83, chapter: Field required"):
        _load(tmp_path, raw)


def test_a_claim_without_id_is_counted(tmp_path, raw):
    del raw["claims"][2]["id"]
    with pytest.raises(DataError, match="claim number 3, id: Field required"):
        _load(tmp_path, raw)


def test_a_fact_takes_no_effect_size(tmp_path, raw):
    _entry(raw, "flows-aum").update(smallest_effect=1, smallest_effect_reason="none")
    with pytest.raises(DataError, match="claim flows-aum: only effects have smallest_effect and direction"):
        _load(tmp_path, raw)


def test_a_forecast_says_when_it_is_due(tmp_path, raw):
    del _entry(raw, "macro-pce-target")["due"]
    with pytest.raises(DataError, match="claim macro-pce-target: future with ceiling pending lacks due"):
        _load(tmp_path, raw)


def test_a_duplicate_id_is_refused(tmp_path, raw):
    raw["claims"].append(copy.deepcopy(raw["claims"][0]))
    with pytest.raises(DataError, match="claim rates-first-cut-gap, id: stands more than once") as caught:
        _load(tmp_path, raw)
    assert "\n" not in str(caught.value)


def test_an_article_that_is_not_described_is_refused(tmp_path, raw):
    del raw["articles"]["B"]
    with pytest.raises(DataError, match="claim rates-sensitivity, article: 'B' is not described"):
        _load(tmp_path, raw)


def test_an_unknown_field_at_the_top_is_refused(tmp_path, raw):
    raw["verdicts"] = {}
    with pytest.raises(DataError, match="register claims.yml, verdicts: Extra inputs are not permitted"):
        _load(tmp_path, raw)
