"""Pages that no notebook made."""

from __future__ import annotations

from smallcaps.book.assemble import _uncovered_page
from smallcaps.book.plan import Edition
from smallcaps.book.results import Results, Stamp, judge


def test_a_chapter_that_the_window_does_not_reach_still_has_its_claims_where_links_lead():
    claims = judge({}, curves={}, chapters={"etf_flows"})
    results = Results(Stamp("1950-01", "1990-12", {}, None, "0"), {}, claims, {})
    page = _uncovered_page("etf_flows", Edition("early", "1950-01", "1990-12", (), ("etf_flows",)), results)
    assert page.startswith("# Etf flows\n")
    assert "1950-01 to 1990-12" in page and "1993-02 to 2026-08" in page
    for claim in claims:
        assert f"({claim})=" in page
