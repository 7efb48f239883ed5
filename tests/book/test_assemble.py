"""Pages that no notebook made."""

from __future__ import annotations

import pytest

from smallcaps.book.assemble import _page_cells, _uncovered_page, _Writer
from smallcaps.book.plan import Edition
from smallcaps.book.records import MIME
from smallcaps.book.results import Results, Stamp, judge


def test_a_chapter_that_the_window_does_not_reach_still_has_its_claims_where_links_lead():
    claims = judge({}, curves={}, chapters={"etf_flows"})
    results = Results(Stamp("1950-01", "1990-12", {}, None, "0"), {}, claims, {})
    page = _uncovered_page("etf_flows", Edition("early", "1950-01", "1990-12", (), ("etf_flows",)), results)
    assert page.startswith("# Etf flows\n")
    assert "1950-01 to 1990-12" in page and "1993-02 to 2026-08" in page
    for claim in claims:
        assert f"({claim})=" in page


def cell_with(*names: str) -> dict:
    records = [
        {"type": "figure", "name": name, "title": "T", "subtitle": "S", "alt": "A 1", "source": "X", "csv": "a\n1\n"}
        | {"variants": {"light": "<svg/>"}}
        for name in names
    ]
    outputs = [{"data": {MIME: record}} for record in records]
    return {"cell_type": "code", "metadata": {}, "source": ["ch.figure()"], "outputs": outputs}


@pytest.mark.parametrize("names", [("gap",), ("gap", "path")])
def test_a_figure_leads_to_the_code_that_drew_it(tmp_path, names):
    *shown, code = _page_cells(cell_with(*names), "rate_sensitivity", _Writer(tmp_path))
    assert code["metadata"]["tags"] == ["hide-input", "code-gap"]
    assert len(shown) == len(names)
    for figure in shown:
        assert '<a href="#code-gap">Code</a>' in "".join(figure["source"])


def test_code_that_drew_nothing_has_no_address(tmp_path):
    (code,) = _page_cells(cell_with(), "rate_sensitivity", _Writer(tmp_path))
    assert code["metadata"]["tags"] == ["hide-input"]
