"""Running all cells by hand, as in JupyterLab, gives the published numbers."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from smallcaps.book.records import records

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "etf_flows"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]


def test_all_cells_run_by_hand_give_the_published_numbers(site):
    notebook = nbformat.read(ROOT / "chapters" / f"{CHAPTER}.ipynb", as_version=4)
    resources = {"metadata": {"path": str(ROOT / "chapters")}}
    done = NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    figures = {record["name"]: record["csv"] for record in records(done, "figure")}
    published = {path.stem: path.read_text("utf-8") for path in (site / "downloads/figures" / CHAPTER).glob("*.csv")}
    assert figures == published
    evidence = json.loads((site / "evidence.json").read_text(encoding="utf-8"))
    claims = {record["id"]: record["evidence"] for record in records(done, "claim")}
    assert claims
    assert claims == {name: evidence[name] for name in claims}
