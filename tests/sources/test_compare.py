"""What the comparison calls new, revised and suspicious, on small tables."""

from __future__ import annotations

import pandas as pd
import pytest

from smallcaps.catalog import Description
from smallcaps.sources.compare import compare, keep_digits, older_vintage
from smallcaps.sources.contents import as_csv, as_text, facts_of
from smallcaps.sources.errors import SourceError
from smallcaps.sources.rules import Limit, TableRules

MONTHS = [str(month) for month in pd.period_range("2000-01", "2000-10", freq="M")]
RULES = TableRules(revised=Limit(share=0.3, largest=0.5, mean=0.2))


def described(**columns) -> Description:
    words = dict.fromkeys(("title", "publisher", "licence", "citation", "source_page", "note"), "A sample")
    number = {"title": "N", "series": "X", "unit": "percent", "minimum": -100, "maximum": 1000}
    given = {name: {**number, **more} for name, more in (columns or {"rate": {}}).items()}
    return Description(**words, frequency="monthly", key="month", columns=given)


def table(values, *, keys=None, name="rate") -> pd.DataFrame:
    keys = keys or MONTHS[: len(values)]
    return pd.DataFrame({name: [str(value) for value in values]}, index=pd.Index(keys, name="month"), dtype=object)


OLD = table([1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2])


def change(new, *, old=OLD, rules=RULES, info=None):
    return compare("rates", old, new, info or described(), rules)


def kinds(new, **options):
    return [finding.kind for finding in change(new, **options).findings]


def test_nothing_new_is_nothing():
    same = change(OLD)
    assert not same and same.revisions == () and same.findings == ()


def test_new_rows_and_new_values():
    new = change(table([1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3]))
    assert new and new.new_rows == ("2000-09",) and not new.findings
    old = table([1.5, 1.6, "", ""])
    filled = change(table([1.5, 1.6, 1.7, ""]), old=old)
    assert filled and filled.filled == 1 and not filled.findings


def test_a_new_table_is_all_new():
    new = compare("rates", None, OLD, described(), RULES)
    assert new.new_rows == tuple(OLD.index) and not new.findings


def test_a_revision_within_limits_is_reported():
    new = change(table([1.5, 1.65, 1.7, 1.8, 1.9, 2.0, 2.1, 2.5]))
    (revision,) = new.revisions
    assert (revision.column, revision.compared, revision.changed, revision.at) == ("rate", 8, 2, "2000-08")
    assert revision.largest == pytest.approx(0.3) and revision.mean == pytest.approx(0.35 / 8)
    assert not new.findings


def test_limits_hold_to_the_edge():
    assert not kinds(table([2.0, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2]))
    assert kinds(table([2.01, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2])) == ["revised"]
    assert kinds(table([1.51, 1.61, 1.71, 1.8, 1.9, 2.0, 2.1, 2.2])) == ["revised"]  # 3 of 8 are more than 30 %
    wide = TableRules(revised=Limit(share=1, largest=0.5, mean=0.2))
    assert kinds(table([1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5]), rules=wide) == ["revised"]  # the mean is 0.3


def test_limits_in_percent_and_for_one_column():
    rules = TableRules(revised=Limit(share=0, largest=0), columns={"rate": Limit(share=1, largest=10, percent=True)})
    assert not kinds(table([1.6, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2]), rules=rules)
    assert kinds(table([1.7, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2]), rules=rules) == ["revised"]


@pytest.mark.parametrize("factor", [100, 0.01, 10, 0.1, 1000, 1e6])
def test_a_change_of_unit_is_called_so(factor):
    new = change(table([round(float(value) * factor, 9) for value in OLD["rate"]]))
    assert [finding.kind for finding in new.findings] == ["unit"]
    assert f"{factor:g} times" in str(new.findings[0])


def test_rows_that_vanish_and_an_older_end():
    assert kinds(table([1.5, 1.6, 1.7])) == ["older end", "vanished rows"]
    missing = OLD.drop(index="2000-03")
    assert kinds(missing) == ["vanished rows"]
    assert "2000-03" in str(change(missing).findings[0])


def test_values_that_vanish_and_new_gaps():
    assert kinds(table([1.5, "", 1.7, 1.8, 1.9, 2.0, 2.1, 2.2])) == ["vanished values"]
    assert kinds(table([1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, "", 2.4])) == ["gap"]
    info = described(rate={"gaps": {"2000-09": "the office was shut"}})
    assert not kinds(table([1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, "", 2.4]), info=info)


def test_words_that_change():
    info = described(rate={"type": "text", "minimum": None, "maximum": None})
    old, new = table(["a", "b", "c"]), table(["a", "x", "y"])
    assert kinds(new, old=old, info=info) == ["revised"]
    assert kinds(old, old=old, info=info) == []


def test_digits_stay_where_the_number_does():
    old, new = table(["3.20", "4.10", "5"]), table(["3.2", "4.11", "5.0"])
    assert keep_digits(old, new, described())["rate"].tolist() == ["3.20", "4.11", "5"]


@pytest.mark.parametrize(
    ("old", "new", "older"),
    [("CRSP 202603", "CRSP 202602", True), ("CRSP 202603", "CRSP 202603", False), ("2026-09", "CRSP 202602", False)],
)
def test_older_vintage(old, new, older):
    assert bool(older_vintage("ff_factors", old, new)) == older


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "|calc", "%0A", "a\nb", "a\rb", "-", "--"])
def test_no_cell_starts_a_formula(cell):
    info = described(rate={"type": "text", "minimum": None, "maximum": None})
    with pytest.raises(SourceError, match="could start a formula"):
        as_csv("rates", table([cell]), info)


@pytest.mark.parametrize("cell", ["-1.5", "12", "", "Zeta, Inc.", 'say "so"', "a=b", "2000-01-31"])
def test_harmless_cells_come_back(cell):
    info = described(rate={"type": "text", "minimum": None, "maximum": None})
    again = as_text(as_csv("rates", table([cell]), info), info)
    assert again["rate"].tolist() == [cell]


def test_facts_state_spans_and_gaps():
    text = table(["", "1", "", "2", ""])
    info = described(rate={"gaps": {"2000-03": "the office was shut"}})
    facts = facts_of(text, info, vintage="V", today="2026-10-20", note="n", citation="c")
    span = facts.columns["rate"]
    assert (facts.first, facts.last, facts.rows) == ("2000-01", "2000-05", 5)
    assert (span.first, span.last, span.gaps) == ("2000-02", "2000-04", {"2000-03": "the office was shut"})
    unknown = facts_of(text, described(), vintage="V", today="2026-10-20", note="n", citation="c")
    assert unknown.columns["rate"].gaps == {"2000-03": "no value at the publisher on 2026-10-20"}
