"""The house itself: imports go one way, names in the register lead to code, and the project speaks of itself alone."""

from __future__ import annotations

import ast
import importlib
import json
import re
from pathlib import Path

import pytest

from smallcaps.book.parameters import CHAPTERS, NOTEBOOKS, SUMMARIES
from smallcaps.claims import load_register

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "smallcaps"

# From the ground up: a module imports from its own layer or from those before it.
LAYERS = (
    ("errors", "words", "environment", "orphans"),
    ("catalog",),
    ("manifest",),
    ("snapshot",),
    ("sources",),
    ("returns", "own", "pairs", "links", "panel", "events", "evidence", "flows"),
    ("inference",),
    ("studies",),
    ("claims", "case", "scale", "confidence", "verdict", "change"),
    ("multiverse",),
    ("figures", "charts", "tables"),
    ("book",),
    ("__main__",),
)


def layer(module: str) -> int:
    """The layer of a module by the part after `smallcaps.`; all modules of charts count as charts."""
    top = module.split(".")[0]
    top = "charts" if top.startswith("charts") else top
    return next(i for i, names in enumerate(LAYERS) if top in names)


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts != ("__init__",):
            found.append((".".join(parts), path))
    return found


def imported(path: Path) -> set[str]:
    """The modules of ours that a module imports, anywhere in it, by the part after `smallcaps.`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "smallcaps":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("smallcaps."):
            names.add(node.module.removeprefix("smallcaps."))
    return names


@pytest.mark.parametrize(("module", "path"), modules(), ids=[name for name, _ in modules()])
def test_imports_go_one_way(module, path):
    for name in imported(path):
        assert layer(name) <= layer(module), f"{module} imports {name}, which lies above it"


def test_only_the_sources_know_the_network():
    for module, path in modules():
        text = path.read_text(encoding="utf-8")
        if not module.startswith("sources"):
            assert not re.search(
                r"^\s*(import|from) (requests|urllib3|yfinance|pandas_datareader|urllib\.request)", text, re.M
            ), module


@pytest.mark.parametrize("claim", [c for c in load_register().claims if c.study], ids=lambda claim: claim.id)
def test_every_study_of_the_register_exists(claim):
    module, function = claim.study.split(".")
    assert callable(getattr(importlib.import_module(f"smallcaps.studies.{module}"), function))


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_holds_no_analysis(notebook):
    """It calls studies and shows what they return: no functions, classes or loops over data of its own."""
    cells = json.loads((ROOT / "chapters" / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            tree = ast.parse("".join(cell["source"]))
            banned = (ast.FunctionDef, ast.ClassDef, ast.While)
            assert not [node for node in ast.walk(tree) if isinstance(node, banned)], "".join(cell["source"])[:200]


def test_every_theme_with_claims_has_a_chapter():
    assert {claim.chapter for claim in load_register().claims} == set(CHAPTERS)


def test_every_claim_with_evidence_is_recorded_in_its_chapter():
    for claim in load_register().claims:
        if claim.ceiling not in ("none", "pending") and not claim.cited:
            source = (ROOT / "chapters" / f"{claim.chapter}.ipynb").read_text(encoding="utf-8")
            studies = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "studies").glob("*.py"))
            assert claim.id in source + studies, claim.id


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_chapter_names_no_claim_that_the_register_does_not_hold(notebook):
    source = (ROOT / "chapters" / f"{notebook}.ipynb").read_text(encoding="utf-8")
    named = set(re.findall(r'(?:ch\.claim\(|ch\.curve\(|claim=)\\"([^"\\]+)\\"', source))
    assert named <= set(load_register().ids)
    assert named or notebook in SUMMARIES


def test_no_claims_text_is_written_twice():
    """A claim's sentence stands in the register alone; pages print it from there."""
    pages = [*(ROOT / "chapters").glob("*.ipynb"), *(ROOT / "chapters").glob("*.md"), ROOT / "README.md"]
    text = {path: path.read_text(encoding="utf-8") for path in (*pages, *PACKAGE.rglob("*.py"))}
    for claim in load_register().claims:
        assert not [path.name for path, content in text.items() if claim.claim.rstrip(".") in content], claim.id


def test_no_verdict_is_typed():
    """The scale stands in scale.py alone; notebooks, studies and the register name no verdict as their own."""
    scale = re.compile(r"\b(supported but uninformative|partly supported|underpowered|contradicted)\b", re.I)
    for path in [*(ROOT / "chapters").glob("*.ipynb"), *(PACKAGE / "studies").glob("*.py")]:
        assert not scale.search(path.read_text(encoding="utf-8")), path.name
