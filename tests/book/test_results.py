"""From what notebooks recorded to verdicts and results.json."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace

import pytest
from claim_cases import FOUND

from smallcaps.book import results
from smallcaps.book.parameters import TABLES, validate
from smallcaps.book.plan import Edition, Run
from smallcaps.book.results import ClaimResult, Results, Stamp, commit, evidence_of, judge, stamp
from smallcaps.catalog import load_catalog
from smallcaps.claims import load_register
from smallcaps.confidence import Specifications
from smallcaps.errors import BuildError, InputError
from smallcaps.evidence import Evidence
from smallcaps.scale import Verdict

MIME = "application/vnd.smallcaps+json"
GAP = "rates-first-cut-gap"
CONTRACT = {
    "id",
    "claim",
    "article",
    "chapter",
    "page",
    "ceiling",
    "claimed",
    "unit",
    "estimate",
    "interval",
    "p",
    "p_adjusted",
    "n",
    "sample",
    "base_rate",
    "minimum_detectable_effect",
    "specifications",
    "verdict",
    "confidence",
    "why",
}


def notebook(*records: dict) -> dict:
    """An executed notebook whose cells recorded `records`, among other outputs."""
    other = {"output_type": "display_data", "data": {"text/markdown": "text"}}
    stream = {"output_type": "stream", "name": "stdout", "text": "x"}
    shown = [{"output_type": "display_data", "data": {MIME: record}} for record in records]
    return {"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": [other, *shown, stream]}]}


def claim_record(claim_id: str, evidence: Evidence) -> dict:
    return {"type": "claim", "id": claim_id, "evidence": json.loads(json.dumps(asdict(evidence)))}


def judged(found: dict[str, Evidence] | None = None, chapter: str = "rate_sensitivity", curves: dict | None = None):
    return judge({GAP: FOUND} if found is None else found, curves=curves or {}, chapters={chapter})


def results_of(claims: dict[str, ClaimResult], mark: Stamp | None = None) -> Results:
    return Results(mark or Stamp("1926-07", "2026-09", {}, None, "0"), {}, claims, {})


def run(chapter: str) -> Run:
    return Run(chapter, validate(chapter, {}), f"key-{chapter}")


# Evidence


def test_evidence_comes_back_as_it_was_recorded():
    other = Evidence(holds=True, allowed_range=(1.0, 2.0))
    found = evidence_of(
        {
            "rate_sensitivity": notebook({"type": "parameters", "values": {}}, claim_record(GAP, FOUND)),
            "etf_flows": notebook(claim_record("flows-aum", other)),
        }
    )
    assert found == {GAP: FOUND, "flows-aum": other}


def test_reading_evidence_leaves_the_notebook_as_it_was():
    source = notebook(claim_record(GAP, FOUND))
    before = json.dumps(source)
    evidence_of({"rate_sensitivity": source})
    evidence_of({"rate_sensitivity": source})
    assert json.dumps(source) == before


def test_a_claim_that_the_register_does_not_hold_stops_the_build():
    with pytest.raises(InputError, match="unknown claim 'rates-first-cut'; did you mean 'rates-first-cut-gap'"):
        evidence_of({"rate_sensitivity": notebook(claim_record("rates-first-cut", FOUND))})
    with pytest.raises(
        BuildError, match="notebook etf_flows records claim 'rates-first-cut-gap', which belongs to rate_"
    ):
        evidence_of({"etf_flows": notebook(claim_record(GAP, FOUND))})


# Verdicts


def test_every_claim_of_the_chapters_gets_a_verdict_and_no_other():
    found = judged()
    assert list(found) == [claim.id for claim in load_register().of_chapter("rate_sensitivity")]
    assert all(isinstance(result.decision.verdict, Verdict) for result in found.values())


def test_a_claim_that_no_cell_recorded_is_outside():
    found = judged({})
    assert found[GAP].evidence is None and found[GAP].decision.verdict is Verdict.OUTSIDE


def test_a_cited_fact_needs_no_table():
    cited = [claim for claim in load_register().claims if claim.cited]
    assert cited
    for claim in cited:
        found = judged({}, chapter=claim.chapter)[claim.id]
        assert found.evidence.holds is claim.cited.agrees
        assert found.decision.verdict is (Verdict.SUPPORTED if claim.cited.agrees else Verdict.CONTRADICTED)


def test_p_values_are_corrected_for_their_number():
    """Benjamini and Hochberg by hand: of three p-values, 0.01 counts threefold, 0.04 one and a half times."""
    ids = [claim.id for claim in load_register().of_chapter("rate_sensitivity")][:3]
    found = judged({name: replace(FOUND, p=p) for name, p in zip(ids, (0.01, 0.04, 0.5), strict=True)})
    assert [found[name].p_adjusted for name in ids] == pytest.approx([0.03, 0.06, 0.5])


def test_a_claim_without_p_takes_no_part_in_the_correction():
    ids = [claim.id for claim in load_register().of_chapter("rate_sensitivity")][:2]
    found = judged({ids[0]: replace(FOUND, p=0.04), ids[1]: Evidence(holds=True)})
    assert found[ids[0]].p_adjusted == pytest.approx(0.04)
    assert found[ids[1]].p_adjusted is None


def test_each_page_leads_to_the_claims_anchor():
    for name, result in judged().items():
        assert result.page == f"{result.claim.chapter}.html#{name}"


# results.json


def test_a_claim_has_the_fields_of_the_contract():
    found = judged()
    content = found[GAP].as_json()
    assert content.keys() == CONTRACT
    assert content["claimed"] == 12 and content["unit"] == "pp" and content["estimate"] == -3.42
    assert content["interval"] == [-10.04, 5.0] and content["sample"] == {"start": "1979-01", "end": "2026-08"}
    assert content["verdict"] == str(found[GAP].decision.verdict) and content["specifications"] is None


def test_what_does_not_apply_is_null():
    content = judged({})[GAP].as_json()
    for name in ("estimate", "interval", "p", "p_adjusted", "n", "base_rate", "minimum_detectable_effect"):
        assert content[name] is None
    assert content["sample"] == {"start": None, "end": None}


def test_a_recorded_curve_gives_the_specifications():
    summary = dict.fromkeys((field.name for field in fields(Specifications)), 0.5)
    found = judged(curves={GAP: {"summary": summary}})
    assert found[GAP].as_json()["specifications"] == summary
    others = [result.specifications for name, result in found.items() if name != GAP]
    assert others and not any(others)


def test_the_file_is_json_that_any_reader_reads():
    mark = Stamp("1926-07", "2026-09", {"ff_factors": "CRSP 202603"}, None, "0" * 64)
    text = results_of(judged(), mark).as_json()
    content = json.loads(text, parse_constant=pytest.fail)
    assert content["edition"] == {
        "start": "1926-07",
        "end": "2026-09",
        "vintage": {"ff_factors": "CRSP 202603"},
        "commit": None,
        "built_from": "0" * 64,
    }
    assert [claim["id"] for claim in content["claims"]] == list(judged())
    assert text.endswith("\n")


def test_nan_never_reaches_the_file():
    broken = replace(judged()[GAP], evidence=replace(FOUND, estimate=float("nan")))
    with pytest.raises(ValueError, match="JSON compliant"):
        results_of({GAP: broken}).as_json()


def test_claims_of_a_chapter_keep_the_registers_order():
    both = judge({}, curves={}, chapters={"rate_sensitivity", "etf_flows"})
    found = results_of(both).of_chapter("etf_flows")
    assert [result.claim.id for result in found] == [claim.id for claim in load_register().of_chapter("etf_flows")]


# The stamp


def test_the_stamp_names_the_vintage_of_every_table_in_use():
    edition = Edition("x", "1990-01", "2000-12", (run("etf_flows"), run("election_cycles")), ("value_rotation",))
    found = stamp(edition)
    tables = {*TABLES["etf_flows"], *TABLES["election_cycles"]}
    assert found.vintage == {table: load_catalog().table(table).vintage for table in tables}
    assert (found.start, found.end, found.built_from) == ("1990-01", "2000-12", edition.built_from)


def test_the_stamp_changes_with_the_runs_and_not_with_the_commit(monkeypatch):
    one = Edition("x", "1990-01", "2000-12", (run("etf_flows"),), ())
    other = replace(one, runs=(replace(one.runs[0], key="another"),))
    assert one.built_from != other.built_from
    monkeypatch.setattr(results, "commit", lambda: "abc")
    assert stamp(one).commit == "abc" and stamp(one).built_from == one.built_from


def test_without_git_there_is_no_commit(tmp_path):
    assert commit(tmp_path) is None
    assert commit(tmp_path / "nowhere") is None
