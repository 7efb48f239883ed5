"""The report: what it says, that nothing in it can run, and which verdicts it says have changed."""

from __future__ import annotations

import json
import math

import pytest
from bs4 import BeautifulSoup

from smallcaps.errors import InputError
from smallcaps.sources import command
from smallcaps.sources.compare import Change, Revision
from smallcaps.sources.promise import Finding
from smallcaps.sources.report import Report, verdict_changes

EVIL = "<script>alert('x')</script>\x1b[31m\u202e\r\n"
REVISION = Revision("SMB", 1197, 12, 1.64, 0.003, 30.0, 0.4, "2024-03")
WORDS = Revision("note", 9, 1, math.nan, math.nan, math.nan, math.nan, "2010-05")


def report(**more) -> Report:
    changes = (
        Change("ff_factors", ("2026-04", "2026-05"), revisions=(REVISION, WORDS)),
        Change("index_daily", tuple(f"day {number}" for number in range(20)), filled=3),
        Change("other", (), gone_rows=("1999-12",)),
        Change("still", ()),
    )
    given = {
        "day": "2026-10-20",
        "before": "2026-10",
        "written": "2026-10-20",
        "sources": ("fred", "french"),
        "changes": changes,
        "carried": {"presidential_elections": "no free publisher serves it"},
        "accepted": (Finding("ff_factors", "revised", "SMB of 2024-03 is revised by 1.64"),),
        "notes": ("fred UNRATE ends 2026-08-01",),
        "vintages": {"ff_factors": "CRSP 202605"},
    }
    return Report(**{**given, **more})


def test_text():
    text = report().as_text()
    for words in (
        "2026-10-20: asked fred, french; 3 of 4 tables changed; vintage 2026-10-20 stands beside 2026-10",
        "ff_factors (CRSP 202605): 2 new rows, 13 values revised in 2 columns",
        "SMB: 12 of 1197 values revised, largest 1.64 (2024-03), mean 0.003",
        "note: 1 of 9 values revised, first 2010-05",
        "index_daily (): 20 new rows, 3 values in rows that lacked them",
        "other (): 1 rows gone",
        "still (): unchanged",
        "presidential_elections: no free publisher serves it",
        "fred UNRATE ends 2026-08-01",
        "SMB of 2024-03 is revised by 1.64",
    ):
        assert words in text


def test_page():
    page = BeautifulSoup(report().as_html(), "html.parser")
    assert page.html["lang"] == "en" and len(page.find_all("h1")) == 1
    assert {cell.text for cell in page.select("th[scope=row]")} == {"ff_factors", "index_daily", "other", "still"}
    assert "2026-04, 2026-05" in page.text and "day 0, day 1 … day 18, day 19 (20)" in page.text
    assert not page.find_all(["script", "img", "link", "iframe"]) and not page.find_all(href=True)


@pytest.mark.parametrize("part", ["table", "row", "column", "note", "finding", "vintage", "carried", "source"])
def test_nothing_that_comes_in_can_run(part):
    table = EVIL if part == "table" else "ff_factors"
    revision = Revision(EVIL if part == "column" else "SMB", 9, 1, 1.0, 1.0, 1.0, 1.0, "2000-01")
    evil = report(
        changes=(Change(table, (EVIL if part == "row" else "2026-04",), revisions=(revision,)),),
        notes=(EVIL if part == "note" else "n",),
        accepted=(Finding("t", "k", EVIL if part == "finding" else "w"),),
        vintages={table: EVIL if part == "vintage" else "v"},
        carried={"c": EVIL if part == "carried" else "why"},
        sources=(EVIL if part == "source" else "fred",),
    )
    html, text = evil.as_html(), evil.as_text()
    assert "<script" not in html and not BeautifulSoup(html, "html.parser").find_all("script")
    assert "alert" in BeautifulSoup(html, "html.parser").text
    for mark in ("\x1b", "\u202e", "\r"):
        assert mark not in html and mark not in text


def test_dry_run_and_no_news_say_so():
    assert "a dry run" in report(written=None, dry_run=True).headline()
    assert "nothing is new" in report(written=None).headline()


def build(**claims) -> dict:
    """A results.json with these claims; `vintage` moves the factors' vintage."""
    vintage = {"ff_factors": claims.pop("vintage", "CRSP 202603"), "index_levels": "2026-09"}
    entries = [
        {
            "id": name,
            "chapter": "value_rotation",
            "verdict": verdict,
            "confidence": "high",
            "estimate": 1.0,
            "p": 0.1,
            "n": 9,
        }
        for name, verdict in claims.items()
    ]
    return {"edition": {"vintage": vintage}, "claims": entries}


TABLES = {"value_rotation": ("ff_factors",)}


def test_verdicts_that_change_and_why():
    before, after = build(a="partly", b="supported", gone="partly"), build(a="supported", b="supported", new="partly")
    lines = verdict_changes(before, after, TABLES)
    assert lines == [
        "a: verdict partly -> supported (no table of its chapter has a new vintage)",
        "new: is new, verdict partly",
        "gone: is gone",
    ]
    moved = verdict_changes(build(a="partly"), build(a="supported", vintage="CRSP 202605"), TABLES)
    assert moved == ["a: verdict partly -> supported (new vintages of ff_factors)"]
    assert verdict_changes(before, before, TABLES) == []


def test_verdicts_of_two_builds_on_disk(tmp_path, capsys):
    for name, results in (("before.json", build(a="partly")), ("after.json", build(a="supported"))):
        (tmp_path / name).write_text(json.dumps(results))
    command.verdicts(tmp_path / "before.json", tmp_path / "after.json", tables=TABLES)
    command.verdicts(tmp_path / "before.json", tmp_path / "before.json", tables=TABLES)
    assert capsys.readouterr().out.splitlines()[1:] == ["no verdict and no estimate changed"]
    for content in ("", "[]", '{"claims": 3}', '{"claims": [3]}'):
        (tmp_path / "bad.json").write_text(content)
        with pytest.raises(InputError, match="bad.json does not read"):
            command.verdicts(tmp_path / "bad.json", tmp_path / "after.json", tables=TABLES)


def test_the_command_writes_both_reports_and_says_where(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command, "REPORTS", tmp_path / "_build" / "refresh")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "refresh", lambda **options: report())
    command.data(only="fred")
    assert {path.name for path in (tmp_path / "_build" / "refresh").iterdir()} == {"report.txt", "report.html"}
    assert "report: _build/refresh/report.html" in capsys.readouterr().out
