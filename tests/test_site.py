"""The built site as a reader gets it: every page, figure and number."""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from rocrate.rocrate import ROCrate

from smallcaps.book.check import find_faults
from smallcaps.book.parameters import CHAPTERS, SUMMARIES
from smallcaps.book.repository import repository
from smallcaps.claims import load_register
from smallcaps.scale import Verdict

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
pytestmark = pytest.mark.xdist_group("site")

CLAIM_FIELDS = {
    "id", "claim", "article", "chapter", "page", "ceiling", "claimed", "unit", "estimate", "interval", "p",
    "p_adjusted", "n", "sample", "base_rate", "minimum_detectable_effect", "specifications", "verdict", "confidence",
    "why",
}  # fmt: skip


@pytest.fixture(scope="session")
def results(site) -> dict:
    return json.loads((site / "results.json").read_text(encoding="utf-8"))


def test_the_site_has_no_fault(site):
    assert list(find_faults(site)) == []


def test_every_page_of_the_contents_is_there(site):
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = [contents["root"], *(page["file"] for part in contents["parts"] for page in part["chapters"])]
    assert set(CHAPTERS) <= set(pages)
    for page in pages:
        assert (site / f"{page}.html").exists(), page


def test_results_follow_the_contract(results):
    assert set(results["edition"]) == {"start", "end", "vintage", "commit", "built_from"}
    assert re.fullmatch(r"[0-9a-f]{64}", results["edition"]["built_from"])
    assert isinstance(results["edition"]["vintage"], dict)
    for claim in results["claims"]:
        assert set(claim) == CLAIM_FIELDS, claim["id"]
        assert claim["verdict"] in set(Verdict), claim["id"]
        assert set(claim["sample"]) == {"start", "end"}


def test_every_claim_of_a_built_chapter_has_a_verdict(results):
    expected = [claim.id for claim in load_register().claims if claim.chapter in CHAPTERS]
    assert [claim["id"] for claim in results["claims"]] == expected


def test_the_whole_book_reaches_every_claim(results):
    outside = [claim["id"] for claim in results["claims"] if claim["verdict"] == Verdict.OUTSIDE]
    assert outside == []


def test_a_p_value_never_stands_alone(results):
    for claim in results["claims"]:
        if claim["p"] is not None:
            assert claim["n"] is not None, claim["id"]
            assert claim["base_rate"] is not None, claim["id"]
            assert claim["minimum_detectable_effect"] is not None, claim["id"]
            assert claim["sample"]["start"] is not None, claim["id"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_has_its_variants_alt_text_and_data(site, chapter):
    page = BeautifulSoup((site / f"{chapter}.html").read_text(encoding="utf-8"), "html.parser")
    figures = page.select(".sc-figure")
    assert figures
    for figure in figures:
        images = figure.find_all("img")
        classes = [
            sorted(set(image["class"]) & {"only-light", "only-dark", "sc-wide", "sc-narrow"}) for image in images
        ]
        assert sorted(classes) == [[a, b] for a in ("only-dark", "only-light") for b in ("sc-narrow", "sc-wide")]
        assert len({image["alt"] for image in images}) == 1
        assert re.search(r"\d", images[0]["alt"]), "an alt text gives the numbers"
        (code,) = [a["href"].removeprefix("#") for a in figure.find_all("a") if a.get_text() == "Code"]
        assert "figure(" in page.select_one(f"div.cell details #{code}").get_text(), "the code that drew it, folded"
        (link,) = [a["href"] for a in figure.find_all("a") if a["href"].endswith(".csv")]
        with open(site / link, encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) > 1
        assert len({len(row) for row in rows}) == 1


def test_no_page_knows_the_machine_it_was_built_on(site):
    for path in site.rglob("*"):
        if path.suffix in (".html", ".json", ".js", ".csv", ".svg"):
            text = path.read_text(encoding="utf-8", errors="replace")
            assert str(ROOT) not in text, path.name
            assert "papermill" not in text or path.name.endswith((".html", "searchindex.js")), path.name


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_result_is_typed_in_a_markdown_cell(chapter):
    """Decimals in text that no cell computed: only a claimed figure may stand there, for results come from the run."""
    claimed = {f"{claim.claimed:g}" for claim in load_register().claims if claim.claimed is not None}
    cells = json.loads((ROOT / "chapters" / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            assert set(re.findall(r"\d+\.\d+", text)) <= claimed, text


CONVENTIONS = {  # numbers with a unit that are no results
    "95": "level of the intervals",
    "5": "level of the tests",
    "80": "power of the smallest detectable effect",
    "30": "French's smallest and largest portfolios",
}
_QUANTITY = re.compile(r"(?<![\w.\-])(\d+(?:\.\d+)?)(?= ?%| percent| points| billion| basis)")


@pytest.mark.parametrize("notebook", [*CHAPTERS, *SUMMARIES])
def test_a_quantity_typed_in_the_code_of_a_page_is_the_articles_or_a_convention(notebook):
    """What a cell says is computed; typed are the figures that the register of claims has from the articles."""
    register = (ROOT / "data" / "claims.yml").read_text(encoding="utf-8")
    known = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", register)}
    cells = json.loads((ROOT / "chapters" / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    for cell in (cell for cell in cells if cell["cell_type"] == "code"):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                typed = set(_QUANTITY.findall(node.value)) - CONVENTIONS.keys()
                assert {number for number in typed if float(number) not in known} == set(), node.value


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_answers_first_and_can_be_run_again(site, chapter):
    page = BeautifulSoup((site / f"{chapter}.html").read_text(encoding="utf-8"), "html.parser")
    headings = [heading.get_text().strip("#").strip() for heading in page.select("article h2")]
    assert headings[:2] == ["The answer", "The claims and their verdicts"]
    assert headings[-1] == "Run it again"
    assert {"What speaks against this", "What this data cannot know"} <= set(headings)
    assert f"make run CHAPTER={chapter}" in page.get_text()


def test_the_site_is_described_for_machines(site):
    """Every page, figure's data, notebook and archive, as a reader of RO-Crates finds them."""
    read = ROCrate(site)
    named = {entity.id for entity in read.data_entities}
    assert all((site / name).is_file() for name in named)
    there = {path.relative_to(site).as_posix() for path in (site / "downloads").rglob("*") if path.is_file()}
    assert there | {path.name for path in site.glob("*.html")} <= named
    for entity in read.data_entities:
        if "sha256" in entity:
            assert entity["sha256"] == hashlib.sha256((site / entity.id).read_bytes()).hexdigest(), entity.id
    chapters = {entity.id.removeprefix("#run-") for entity in read.get_by_type("CreateAction")}
    assert {*CHAPTERS, *SUMMARIES, "#book"} == chapters


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_buttons_lead_to_the_repository_once_it_has_an_address(site, chapter):
    page = BeautifulSoup((site / f"{chapter}.html").read_text(encoding="utf-8"), "html.parser")
    where, links = repository(), [link["href"] for link in page.select(".sc-launch a")]
    commit = json.loads((site / "results.json").read_text(encoding="utf-8"))["edition"]["commit"]
    file = f"chapters/{chapter}.ipynb"
    assert links == ([where.binder(file, commit=commit), where.source(file, commit=commit)] if where else [])
    assert where or not page.select("a[href*='mybinder.org']")
