"""The refresh from end to end: each publisher's good case, what a new vintage holds, and that old ones still load."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest
from sources import publishers
from sources.servers import local_session

from smallcaps.errors import InputError
from smallcaps.manifest import vintages
from smallcaps.panel import Panel
from smallcaps.snapshot import Snapshot
from smallcaps.sources.errors import RefreshRefusedError, SourceError
from smallcaps.studies.daily_records import daily_records

NEW = "2026-10-20"


def frames(house, vintage=None):
    snapshot = Snapshot(house.snapshots, vintage)
    return {table: snapshot.table(table).frame for table in snapshot.catalog.tables}


def old_part_is_unchanged(house, tables):
    before, after = frames(house, "2026-10"), frames(house, NEW)
    for table in tables:
        common = after[table].loc[before[table].index, before[table].columns]
        pd.testing.assert_frame_equal(common, before[table])


def test_french(refreshed):
    home, report = refreshed("french")
    assert report.written == NEW and vintages(home.snapshots) == ("2026-10", NEW)
    snapshot = Snapshot(home.snapshots)
    factors = snapshot.table("ff_factors")
    assert factors.info.vintage == "CRSP 202608" and factors.info.last == "2026-08" and factors.info.rows == 1202
    assert "CRSP vintage 202608" in " ".join(factors.info.citation.split())
    assert "Refreshed on 2026-10-20" in factors.info.note
    assert len(snapshot.table("ff_6_portfolios").frame) == 1202
    assert snapshot.table("ff_beme_breakpoints").info.vintage == "CRSP 202603"  # nothing new in it: nothing changed
    old_part_is_unchanged(home, snapshot.catalog.tables)
    assert b"1926-07,2.89,-2.55,-2.39,0.22\n" in snapshot.content("ff_factors")  # the publisher's own digits


def test_fred(refreshed):
    home, report = refreshed("fred")
    new = frames(home, NEW)
    assert new["treasury_yields"].index[-1] == pd.Period("2026-09")  # October is not over
    assert new["treasury_yields"].loc["2026-09", "n_DGS10"] == 22
    assert new["fred_monthly"].loc["2026-09", "CPIAUCSL"] > 0  # a row that was there, a value that was not
    assert pd.isna(new["fred_monthly"].loc["2025-10", "UNRATE"])  # the documented gap stays one
    assert new["fred_monthly"].index[0] == pd.Period("1926-07")  # the publisher goes further back
    assert new["dollar_index"]["TWEXBMTH"].last_valid_index() == pd.Period("2006-12")
    last = new["fomc_target_changes"].iloc[-1]
    assert (last.name, last["target"], last["effective_date"]) == (pd.Timestamp("2026-10-07"), 4.25, "2026-10-08")
    assert any("2026-10-08" in note for note in report.notes)
    unchanged = ("treasury_yields", "treasury_yields_month_end", "dollar_index", "fomc_target_changes")
    old_part_is_unchanged(home, unchanged)


def test_yahoo(refreshed):
    home, _ = refreshed("yahoo")
    old_part_is_unchanged(home, ("index_levels", "etf_total_returns", "etf_volume"))
    snapshot = Snapshot(home.snapshots)
    levels = snapshot.table("index_levels").frame
    assert levels.index[-1] == pd.Period("2026-09")
    assert levels["ru2000pr_fred"].last_valid_index() == pd.Period("1989-03")
    daily = snapshot.table("index_daily")
    assert daily.frame.index[0] == pd.Timestamp("1956-12-31") and daily.frame.index[-1] == publishers.LAST_DAY
    assert daily.info.frequency == "daily"


def test_daily_levels_stay_in_a_folder_of_their_own(house):
    home = house("yahoo", "index_levels", "index_daily")
    home.refresh(only=["yahoo"])
    vintage = home.snapshots / NEW
    assert [path.name for path in sorted((vintage / "local").iterdir())] == ["index_daily.csv", "manifest.json"]
    assert "index_daily" not in json.loads((vintage / "manifest.json").read_text())["tables"]
    closes = Snapshot(home.snapshots).table("index_daily").frame["russell2000_close"].dropna()
    found = daily_records(Panel(Snapshot(home.snapshots)))
    assert len(found.records) and found.records.max() == closes.max()
    for path in sorted((vintage / "local").iterdir()):
        path.unlink()
    (vintage / "local").rmdir()  # as in a clone, where it does not come along
    assert "index_daily" not in Snapshot(home.snapshots).catalog.tables
    assert Snapshot(home.snapshots).verify()


def test_ishares(refreshed):
    home, _ = refreshed("ishares")
    old_part_is_unchanged(home, ("iwm_month_end", "iwm_flows_daily_method"))
    new = frames(home, NEW)
    assert new["iwm_month_end"].index[-1] == pd.Period("2026-09")
    assert new["iwm_flows_daily_method"].loc["2026-09", "n_days"] == 22
    assert new["fund_month_end"].shape == (204, 8)
    notes = new["iwm_month_end"]["note"]
    assert notes.index[notes.notna()].astype(str).tolist() == ["2010-05", "2013-06", "2024-03"]


def test_sec(refreshed):
    home, report = refreshed("sec")
    flows = Snapshot(home.snapshots).table("nport_flows")
    assert flows.frame.shape == (78, 12) and flows.info.first == "2020-01" and flows.info.last == "2026-06"
    assert flows.units["IWM_sales_musd"] == "million USD"
    assert report.carried == {"presidential_elections": "no free publisher serves it"}


def test_sec_is_asked_for_the_last_filings_only_once_a_vintage_holds_the_others(refreshed):
    home, _ = refreshed("sec")
    home.server.asked.clear()
    assert home.refresh(only=["sec"]).written is None
    assert all("somebody@example.org" in question.headers["user-agent"] for question in home.server.asked)
    documents = [question for question in home.server.asked if question.path.endswith("primary_doc.xml")]
    assert 0 < len(documents) <= 4 * 6


def test_a_month_whose_last_session_may_not_be_over_is_left_out(house):
    home = house("yahoo", "index_levels")
    good = publishers.answer
    last = int(pd.Timestamp("2026-10-01").timestamp())

    def until_the_last_day_of_september(question):
        answer = good(question)
        if "/chart/" in question.path:
            chart = json.loads(answer.body)
            result = chart["chart"]["result"][0]
            count = sum(stamp < last for stamp in result["timestamp"])
            columns = [result, result["indicators"]["adjclose"][0], result["indicators"]["quote"][0]]
            for column in columns:
                column.update({name: value[:count] for name, value in column.items() if isinstance(value, list)})
            return publishers.Answer(json.dumps(chart).encode())
        return answer

    home.server.answering = until_the_last_day_of_september
    assert not home.refresh(only=["yahoo"], dry_run=True, today=date(2026, 9, 30)).changed
    report = home.refresh(only=["yahoo"], dry_run=True, today=date(2026, 10, 1))
    assert [change.new_rows for change in report.changed] == [("2026-09",)]


def test_what_is_not_refreshed_goes_over_unchanged(house):
    home = house()
    report = home.refresh(only=["ishares"])
    before, after = Snapshot(home.snapshots, "2026-10"), Snapshot(home.snapshots)
    assert after.vintage == NEW and set(after.catalog.tables) == {*before.catalog.tables, "fund_month_end"}
    for table in report.carried:
        assert after.content(table) == before.content(table)
        assert after.catalog.table(table).vintage == before.catalog.table(table).vintage
    assert report.carried["presidential_elections"] == "no free publisher serves it"
    assert report.carried["index_levels"] == "source yahoo was not asked"
    assert "report.txt" in {path.name for path in after.path.iterdir()}


def test_a_second_refresh_finds_nothing_new(house):
    home = house("french", "ff_factors", "ff_beme_breakpoints")
    home.refresh(only=["french"])
    before = home.digest()
    report = home.refresh(only=["french"])
    assert report.written is None and "nothing is new" in report.headline()
    assert home.digest() == before


def test_two_vintages_in_one_day_have_two_names(house):
    home = house("ishares", "iwm_month_end")
    home.refresh(only=["ishares"])
    held = publishers.fund_days("IWM")
    changed = [
        (day, value * 1.0001 if place == 700 else value, count) for place, (day, value, count) in enumerate(held)
    ]
    rows = publishers.history_rows(tuple(changed))
    home.server.answering = lambda _: publishers.Answer(publishers.book("iShares Russell 2000 ETF", rows))
    ends = [str(day.date()) for day, *_ in held]
    written = home.refresh(only=["ishares"]).written
    assert (written == f"{NEW}.2") == (ends[700] in (home.snapshots / NEW / "iwm_month_end.csv").read_text())
    assert home.refresh(only=["ishares"]).written is None


def test_dry_run_writes_nothing_at_all(house):
    home = house("french", "ff_factors", "ff_beme_breakpoints")
    before = home.digest()
    report = home.refresh(only=["french"], dry_run=True)
    assert report.written is None and len(report.changed) == 1 and "a dry run" in report.headline()
    assert home.digest() == before and not (home.folder / ".refresh").exists()


def test_offline_is_an_error_and_asks_nobody(house):
    home = house("french", "ff_factors", "ff_beme_breakpoints")
    assert "OFFLINE" in home.complaint(SourceError, offline=True)
    assert not home.server.asked


def test_unset_contact_is_an_error_before_anybody_is_asked(house):
    home = house("sec")
    text = home.complaint(SourceError, environment={})
    assert "SEC_CONTACT is not set" in text and "ONLY=fred,french,yahoo,ishares" in text
    assert not home.server.asked


@pytest.mark.parametrize("given", ["nobody", "a@b", "x@y.org\r\nHost: evil.example", "é@example.org"])
def test_a_contact_that_is_no_address_is_an_error_that_does_not_repeat_it(house, given):
    text = house("sec").complaint(SourceError, only=["sec"], environment={"SEC_CONTACT": given})
    assert "SEC_CONTACT holds no address" in text and given not in text


def test_contact_stands_in_no_file(refreshed):
    home, _ = refreshed("sec")
    for path in home.folder.rglob("*"):
        assert not path.is_file() or b"somebody@example.org" not in path.read_bytes(), path


@pytest.mark.parametrize(("option", "allowed"), [("only", "fred, french"), ("accept", "ff_factors")])
def test_unknown_names_list_the_known(house, option, allowed):
    text = house("french", "ff_factors", "ff_beme_breakpoints").complaint(InputError, **{option: ["french,bloomberg"]})
    assert f"{option.upper()}=" in text and allowed in text


def test_unchanged_answers_come_from_the_cache(house):
    from smallcaps.sources.cache import DownloadCache

    home = house("french", "ff_factors", "ff_beme_breakpoints")
    good = publishers.answer

    def conditional(question):
        answer = good(question)
        if question.headers.get("if-none-match") == answer.headers.get("ETag"):
            return publishers.Answer(b"", 304)
        return answer

    home.server.answering = conditional
    session = local_session(home.server.port, cache=DownloadCache(home.folder / ".refresh" / "downloads"))
    home.refresh(only=["french"], session=session)
    home.server.asked.clear()
    assert home.refresh(only=["french"], session=session).written is None
    assert all("if-none-match" in question.headers for question in home.server.asked)


def test_read_only_folder(house, monkeypatch):
    import errno

    home = house("french", "ff_factors", "ff_beme_breakpoints")

    def denied(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.mkdir", denied)
    assert "the file system is read-only; the snapshot is as it was" in home.complaint(
        RefreshRefusedError, only=["french"]
    )


def test_a_dry_run_needs_no_writable_folder(house, monkeypatch):
    home = house("french", "ff_factors", "ff_beme_breakpoints")
    monkeypatch.setattr("pathlib.Path.mkdir", lambda *_, **__: pytest.fail("a dry run made a folder"))
    assert home.refresh(only=["french"], dry_run=True).changed
