"""The description of an edition for machines: complete, true to its files, and the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

from smallcaps.book import crate
from smallcaps.book.parameters import TABLES, own_sums
from smallcaps.book.plan import Edition, plan_run
from smallcaps.book.reach import newest_release
from smallcaps.book.records import MIME
from smallcaps.book.results import Results, Stamp
from smallcaps.snapshot import current

ROOT = Path(__file__).resolve().parent.parent.parent
CHAPTER = "etf_flows"
FILES = {
    "results.json": b"{}\n",
    f"downloads/notebooks/{CHAPTER}.ipynb": b"{}",
    "downloads/notebooks/claims.ipynb": b"{}",
    f"downloads/figures/{CHAPTER}/growth.csv": b"a,b\n1,2\n",
    "downloads/claims.csv": b"id\n",
    "downloads/edition.zip": b"zip",
    "downloads/edition.zip.sha256": b"0",
    "about.html": None,
}


def notebook(title: str, **record: str) -> dict:
    shown = [{"output_type": "display_data", "data": {MIME: record}}] if record else []
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": [f"# {title}\n", "More."]},
        {"cell_type": "code", "metadata": {}, "source": "", "outputs": shown},
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def text(files=FILES, *, commit: str | None = None, **values) -> str:
    run = plan_run(CHAPTER, values)
    notebooks = {
        CHAPTER: notebook("ETF flows", type="figure", name="growth"),
        "claims": notebook("The ledger", type="download", name="claims.csv"),
    }
    results = Results(Stamp("1993-02", "2026-08", {}, commit, "ab" * 32), notebooks, {}, {})
    return crate.crate_of(Edition("book", "1993-02", "2026-08", (run,), ()), results, files)


def graph(*args, **options) -> dict[str, dict]:
    entities = json.loads(text(*args, **options))["@graph"]
    found = {entity["@id"]: entity for entity in entities}
    assert len(found) == len(entities)
    return found


def ids(value) -> list[str]:
    return [item["@id"] for item in (value if isinstance(value, list) else [value])]


@pytest.fixture(scope="module")
def entities() -> dict[str, dict]:
    return graph()


def test_a_reader_of_crates_finds_every_file(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content or b"<html></html>")
    (tmp_path / crate.FILE).write_text(text(), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it warns of data that the whole does not name as its part
        read = ROCrate(tmp_path)
    assert {entity.id for entity in read.data_entities} == set(FILES)
    for entity in read.data_entities:
        content = (tmp_path / entity.id).read_bytes()
        stated = (entity.get("sha256"), entity.get("contentSize"))
        expected = (hashlib.sha256(content).hexdigest(), str(len(content)))
        assert stated == ((None, None) if FILES[entity.id] is None else expected)
        assert entity["name"] and entity["encodingFormat"]
    assert read.license.id == "https://creativecommons.org/licenses/by/4.0/"


def test_the_bytes_follow_from_the_edition_alone():
    one = text()
    assert one == text(dict(reversed(FILES.items())))
    assert one != text(lags=3) and one != text(commit="c" * 40)
    assert not re.search(r"#[0-9a-f]{8}-[0-9a-f]{4}-", one), "a random name"
    dates = set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+", one))
    assert not dates, "a clock"
    assert graph()["./"]["datePublished"] == max(newest_release()[1], current().manifest["created"])


def test_every_reference_leads_somewhere(entities):
    def references(value):
        if isinstance(value, dict):
            yield from [value["@id"]] if set(value) == {"@id"} else ()
        elif isinstance(value, list):
            for item in value:
                yield from references(item)

    for entity in entities.values():
        for name, value in entity.items():
            for target in references(value):
                assert target in entities or name == "conformsTo", (entity["@id"], name, target)


@pytest.mark.parametrize("table", TABLES[CHAPTER])
def test_tables_are_described_with_licence_citation_and_hash(entities, table):
    info, described = current().catalog.table(table), entities[f"#table-{table}"]
    assert described["name"] == info.title and described["citation"] == info.citation.strip()
    assert entities[described["license"]["@id"]]["name"] == info.licence.strip()
    assert entities[described["publisher"]["@id"]]["name"] == info.publisher
    file = entities[described["distribution"]["@id"]]
    path = ROOT / file["@id"].removeprefix("#")
    assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_code_is_described_with_its_lock(entities):
    library = entities["#smallcaps"]
    modules = ids(library["hasPart"])
    assert {"#smallcaps/flows.py", "#smallcaps/verdict.py"} <= set(modules)
    for module in modules:
        content = (ROOT / module.removeprefix("#")).read_bytes()
        assert entities[module]["sha256"] == hashlib.sha256(content).hexdigest()
    lock = hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest()
    assert entities["#requirements.txt"]["sha256"] == lock
    assert {"#requirements.txt", "#package-numpy"} <= set(ids(library["softwareRequirements"]))
    assert "identifier" not in library and "codeRepository" not in library


def test_a_commit_and_a_repository_are_named_once_they_are_known(monkeypatch):
    monkeypatch.setenv("REPOSITORY_URL", "https://github.com/example/small-caps-tested/tree/main")
    library = graph(commit="c" * 40)["#smallcaps"]
    assert library["identifier"] == "c" * 40
    assert library["codeRepository"] == "https://github.com/example/small-caps-tested"


def test_a_run_names_what_went_in_and_what_came_out():
    entities = graph(lags=3)
    run = entities[f"#run-{CHAPTER}"]
    tables = [name.removeprefix("#table-") for name in ids(run["object"]) if name.startswith("#table-")]
    assert sorted(tables) == sorted(TABLES[CHAPTER])
    value = entities[f"#run-{CHAPTER}/lags"]
    declared = entities[value["exampleOfWork"]["@id"]]
    assert value["@id"] in ids(run["object"]) and (value["value"], declared["defaultValue"]) == (3, 6)
    assert (declared["@type"], declared["additionalType"]) == ("FormalParameter", "Integer")
    assert declared["@id"] in ids(entities[run["instrument"]["@id"]]["input"])
    assert entities[f"#run-{CHAPTER}/strict"]["value"] is True
    made = [f"downloads/notebooks/{CHAPTER}.ipynb", f"downloads/figures/{CHAPTER}/growth.csv"]
    assert ids(run["result"]) == made
    assert ids(entities["#run-claims"]["result"]) == ["downloads/notebooks/claims.ipynb", "downloads/claims.csv"]
    assert set(ids(entities["./"]["mentions"])) == {f"#run-{CHAPTER}", "#run-claims", "#book"}
    made = {name for run in ids(entities["./"]["mentions"]) for name in ids(entities[run]["result"])}
    assert made == set(FILES), "every file came out of something"


def test_a_table_of_ones_own_is_named_and_no_more(tmp_path, monkeypatch):
    months = [f"{year}-{month:02}" for year in range(1993, 2026) for month in range(1, 13)]
    rows = "".join(f"{month},{(number * 7) % 11 - 4.5}\n" for number, month in enumerate(months))
    (tmp_path / "mine.csv").write_text(f"month,secret\n{rows}")
    described = {"title": "Hidden", "publisher": "Nobody", "licence": "mine alone", "frequency": "monthly"}
    described |= {"unit": "percent per month", "kind": "total"}
    (tmp_path / "mine.yml").write_text(json.dumps(described))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    found = graph(small="own:mine")
    sums = own_sums(plan_run(CHAPTER, {"small": "own:mine"}).parameters)
    assert len(sums) == 2
    for name, sha256 in sums.items():
        own = found[f"#{name}"]
        assert set(own) == {"@id", "@type", "name", "description", "sha256"} and own["sha256"] == sha256
        assert f"#{name}" in ids(found[f"#run-{CHAPTER}"]["object"])
    assert not re.search("secret|Hidden|Nobody|mine alone", json.dumps(found))
