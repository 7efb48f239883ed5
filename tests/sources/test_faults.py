"""What publishers, networks and disks can do to a refresh: each is one line, nothing is written, the snapshot loads."""

from __future__ import annotations

import gzip
import json
import re
import socket
import ssl
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pandas as pd
import pytest
import trustme
from sources import publishers as true
from sources.servers import Answer, LocalServer, Question, closed_port, local_session

from smallcaps.errors import DataError
from smallcaps.sources.errors import RefreshRefusedError, SourceError

FRENCH_TABLES = ("ff_factors", "ff_size_nfirms", "ff_size_avg_cap")
FIRST_SERIES, FIRST_FILE = "id=DGS3MO", "F-F_Research_Data_Factors"
BY_SIZE = "Portfolios_Formed_on_ME"


def instead(part: str, new: Answer | bytes | Callable[[bytes], bytes]) -> Callable[[Question], Answer]:
    """The true publishers, but `new` for every question that holds `part`: an answer, a body, or what becomes of it."""

    def answering(question: Question) -> Answer:
        if part in str(question) and isinstance(new, Answer):
            return new
        good = true.answer(question)
        if part not in str(question):
            return good
        return replace(good, body=new if isinstance(new, bytes) else new(good.body))

    return answering


def swapped(old: str, new: str, count: int = 1) -> Callable[[bytes], bytes]:
    """Replace `old` (a pattern) by `new` in a body of text."""

    def change(body: bytes) -> bytes:
        text, found = re.subn(old, new, body.decode(), count=count, flags=re.MULTILINE)
        assert found, f"{old} is not in the answer"
        return text.encode()

    return change


def in_zip(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Apply `change` to the file in a zipped body."""

    def outer(body: bytes) -> bytes:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            name = archive.namelist()[0]
            return true.zipped(name, change(archive.read(name)))

    return outer


def archive(*members: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return out.getvalue()


def encrypted(body: bytes) -> bytes:
    """The archive with the flag of encryption set in both of its headers."""
    local, central = body.index(b"PK\x03\x04") + 6, body.index(b"PK\x01\x02") + 8
    flagged = bytearray(body)
    flagged[local] |= 1
    flagged[central] |= 1
    return bytes(flagged)


# The network


NETWORK = {
    "404": (Answer(b"not found", 404), ["answered 404", "200 is due"]),
    "403": (Answer(b"forbidden", 403), ["answered 403"]),
    "429 that does not end": (Answer(b"slow down", 429, {"Retry-After": "0"}), ["answered 429", "3 tries"]),
    "429 that asks for an hour": (Answer(b"", 429, {"Retry-After": "3600"}), ["429", "asks to wait 3600 s"]),
    "500 that does not end": (Answer(b"oops", 500), ["answered 500", "3 tries"]),
    "504 that does not end": (Answer(b"oops", 504), ["answered 504", "3 tries"]),
    "web page with code 200": (Answer(b"\n<!DOCTYPE html><html>maintenance</html>"), ["web page where data are due"]),
    "empty body": (Answer(b""), ["empty body"]),
    "blank body": (Answer(b" \r\n"), ["empty body"]),
    "body that breaks off": (Answer(b"observation_date,DGS3MO\n", says=5000), ["breaks off", "3 tries"]),
    "time-out in the middle of the body": (Answer(b"x" * 5000, stall=1.5), ["does not answer in time", "3 tries"]),
    "more bytes than allowed, announced": (Answer(b"x" * 300_000), ["announces 300,000 bytes", "at most 200,000"]),
    "redirect to another host": (
        Answer(status=302, headers={"Location": "https://elsewhere.example/x?key=secret"}),
        ["redirects to elsewhere.example/x;", "same host"],
    ),
    "redirect away from TLS": (
        Answer(status=301, headers={"Location": "http://fred.stlouisfed.org/graph/fredgraph.csv"}),
        ["redirects to fred.stlouisfed.org", "over TLS"],
    ),
    "redirect without end": (
        Answer(status=302, headers={"Location": "/graph/fredgraph.csv"}),
        ["more than 3 redirects"],
    ),
    "not modified, though nothing is kept": (Answer(status=304), ["answered 304"]),
    "compressed rubbish": (Answer(b"rubbish", headers={"Content-Encoding": "gzip"}), ["breaks off", "3 tries"]),
    "compressed bomb": (
        Answer(gzip.compress(b"0" * 5_000_000), headers={"Content-Encoding": "gzip"}),
        ["sends more than 200,000 bytes"],
    ),
}


@pytest.mark.parametrize(("answer", "expected"), NETWORK.values(), ids=NETWORK)
def test_network(house, answer, expected):
    home = house("fred")
    home.server.answering = instead("fredgraph", answer)
    session = local_session(home.server.port, limit=200_000, timeout=(5.0, 0.4))
    text = home.complaint(SourceError, only=["fred"], session=session)
    assert text.startswith("fred.stlouisfed.org/graph/fredgraph.csv: ") and "secret" not in text
    for words in expected:
        assert words in text


def test_refused_connection(house):
    text = house("fred").complaint(SourceError, only=["fred"], session=local_session(closed_port()))
    assert "fred.stlouisfed.org" in text and "refuses the connection" in text and "3 tries" in text


def test_name_that_does_not_resolve(house, monkeypatch):
    def lookup(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    text = house("fred").complaint(SourceError, only=["fred"])
    assert "its name cannot be resolved" in text


def test_certificate_that_nobody_trusts(house):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    server = LocalServer(true.answer, context=context)
    try:
        text = house("fred").complaint(SourceError, only=["fred"], session=local_session(server.port, secure=True))
    finally:
        server.close()
    assert "certificate" in text and "trusted" in text and not server.asked


def test_an_answer_that_drips_for_ever(house):
    home = house("fred")
    home.server.answering = instead("fredgraph", Answer(b"x" * 5000, stall=0.3))
    session = local_session(home.server.port, deadline=0.1)
    assert "takes longer than 0.1 s" in home.complaint(SourceError, only=["fred"], session=session)


@pytest.mark.parametrize("answer", [Answer(b"", 500), Answer(b"", 429, {"Retry-After": "0"}), Answer(b"x", says=999)])
def test_a_fault_that_passes_costs_a_try(house, answer):
    home = house("french", "ff_factors")
    faults = iter([answer, answer])
    home.server.answering = lambda question: next(faults, None) or true.answer(question)
    assert len(home.refresh(only=["french"], dry_run=True).changed) == 1


def test_a_redirect_on_the_same_host_is_followed(house):
    home = house("french", "ff_factors")

    def moved(question: Question) -> Answer:
        if "/ftp/" in question.path:
            return Answer(status=301, headers={"Location": question.path.replace("/ftp/", "/new/")})
        return true.answer(question)

    home.server.answering = moved
    assert len(home.refresh(only=["french"], dry_run=True).changed) == 1


# French


TWO_MONTHS = r"^(202606,.*\r\n)(202607,.*\r\n)"
FRENCH = {
    "truncated archive": (FIRST_FILE, lambda body: body[: len(body) // 2], ["cannot be unpacked"]),
    "no archive": (FIRST_FILE, b"just text", ["cannot be unpacked"]),
    "zip bomb": (FIRST_FILE, archive(("a.csv", b"0" * 30_000_000)), ["unpacks", "too many"]),
    "path out of the archive": (FIRST_FILE, archive(("../../evil.csv", b"x")), ["'../../evil.csv'", "plain file name"]),
    "absolute path in the archive": (FIRST_FILE, archive(("/etc/evil.csv", b"x")), ["plain file name"]),
    "two files in the archive": (FIRST_FILE, archive(("a.csv", b"x"), ("b.csv", b"y")), ["holds 2 files"]),
    "empty archive": (FIRST_FILE, archive(), ["holds 0 files"]),
    "a program in the archive": (FIRST_FILE, archive(("a.exe", b"MZ")), ["'a.exe'"]),
    "encrypted archive": (FIRST_FILE, encrypted, ["encrypted"]),
    "UTF-16": (FIRST_FILE, in_zip(lambda text: text.decode().encode("utf-16")), ["no text in UTF-8"]),
    "no vintage": (FIRST_FILE, in_zip(swapped("202608 CRSP", "new CRSP")), ["names no CRSP vintage"]),
    "missing column": (FIRST_FILE, in_zip(swapped(",HML,RF", ",RF")), ["headings are 'Mkt-RF, SMB, RF'"]),
    "renamed column": (FIRST_FILE, in_zip(swapped(",HML", ",HMLX")), ["headings are", "HMLX"]),
    "columns in another order": (FIRST_FILE, in_zip(swapped("SMB,HML", "HML,SMB")), ["headings are"]),
    "extra column": (FIRST_FILE, in_zip(swapped(r"^(\d{6},.*)\r$", r"\1,   1.00\r", 0)), ["5 columns of numbers", "4"]),
    "row that is too short": (FIRST_FILE, in_zip(swapped(r"^(202607,[^,]*,[^,]*),.*$", r"\1\r")), ["row 202607"]),
    "extra monthly table": (
        FIRST_FILE,
        in_zip(swapped(r"\A([\s\S]*?)(\r\n\r\n Annual)", r"\1\r\n\r\n,Mkt-RF,SMB,HML,RF\r\n202608, 1, 1, 1, 1\2")),
        ["2 tables of 6-digit dates", "one is due"],
    ),
    "no monthly table": (FIRST_FILE, in_zip(swapped(r"^(\d{4})\d\d,.*\r\n", "", 0)), ["0 tables of 6-digit dates"]),
    "table with another title": (BY_SIZE, in_zip(swapped("Average Firm Size", "Size of Firms")), ["Average Firm Size"]),
    "same title twice": (BY_SIZE, in_zip(swapped("Number of Firms in Portfolios", "Average Firm Size")), ["2 tables"]),
    "text in a number": (FIRST_FILE, in_zip(swapped(r"^(202607,[^,]*),[^,]*", r"\1,  n.a.")), ["'n.a.'", "202607"]),
    "formula in a number": (FIRST_FILE, in_zip(swapped(r"^(202607,[^,]*),[^,]*", r"\1,=1+1")), ["'=1+1'"]),
    "infinite number": (FIRST_FILE, in_zip(swapped(r"^(202607,[^,]*),[^,]*", r"\1,inf")), ["'inf'"]),
    "number out of bounds": (FIRST_FILE, in_zip(swapped(r"^(202607,[^,]*),[^,]*", r"\1,777.0")), ["777", "allowed"]),
    "duplicate month": (FIRST_FILE, in_zip(swapped(TWO_MONTHS, r"\1\1\2")), ["2026-06-01 stands twice"]),
    "months in another order": (FIRST_FILE, in_zip(swapped(TWO_MONTHS, r"\2\1")), ["follows a later date"]),
    "gap": (FIRST_FILE, in_zip(swapped(TWO_MONTHS, r"\2")), ["2026-06 is missing"]),
    "month 13": (FIRST_FILE, in_zip(swapped(r"^202607,", "202613,")), ["'202613'"]),
    "month after the file's own vintage": (
        FIRST_FILE,
        in_zip(swapped(r"^(202608)(,.*\r\n)", r"\1\g<2>202609\g<2>")),
        ["ends 202609, after its own CRSP vintage 202608"],
    ),
    "history that begins later": (FIRST_FILE, in_zip(swapped(r"^1926\d\d,.*\r\n", "", 0)), ["begins 1927-01-01"]),
}  # fmt: skip


@pytest.mark.parametrize(("part", "new", "expected"), FRENCH.values(), ids=FRENCH)
def test_french(house, part, new, expected):
    home = house("french", "ff_factors" if part == FIRST_FILE else "ff_size_avg_cap")
    home.server.answering = instead(part, new)
    text = home.complaint(SourceError, only=["french"])
    assert text.startswith("french")
    for words in expected:
        assert words in text


REFUSED = {
    "missing code -99.99 in history": (
        FIRST_FILE,
        in_zip(swapped(r"^(200001,[^,]*),[^,]*", r"\1, -99.99")),
        ["ff_factors: SMB loses 1 values: 2000-01"],
    ),
    "missing code -999 in a new month": (
        FIRST_FILE,
        in_zip(swapped(r"^(202607,[^,]*),[^,]*", r"\1,-999")),
        ["SMB", "2026-07"],
    ),
    "revision beyond the limit": (
        FIRST_FILE,
        in_zip(swapped(r"^(200001,[^,]*),[^,]*", r"\1, 44.00")),
        ["SMB of 2000-01 is revised by", "at most 2.5 is allowed"],
    ),
    "decreasing vintage": (
        FIRST_FILE,
        lambda body: true.zipped("a.csv", true.french_file(FIRST_FILE, vintage="202602")),
        [
            "the last row is 2026-02; it was 2026-03",
            "1 rows vanish: 2026-03",
            "vintage is CRSP 202602; it was CRSP 202603",
        ],
    ),
}


@pytest.mark.parametrize(("part", "new", "expected"), REFUSED.values(), ids=REFUSED)
def test_french_suspicions(house, part, new, expected):
    home = house("french", "ff_factors")
    home.server.answering = instead(part, new)
    text = home.complaint(RefreshRefusedError, only=["french"])
    assert text.endswith("ACCEPT=ff_factors")
    for words in expected:
        assert words in text


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\r\n", b"\r"),
        lambda text: text.replace(b"\r\n", b"\n"),
        lambda text: re.sub(rb"(\d)-Dec", rb"Dec \1", text),
        lambda text: text.replace(b"Copyright", b"\xa9 Copyright"),
    ],
    ids=["lone CR", "lone LF", "deciles named Dec 2 to Dec 9", "Windows' Latin-1"],
)
def test_french_in_another_dress_reads_the_same(house, change):
    home = house("french", "ff_size_nfirms")
    good = home.refresh(only=["french"], dry_run=True)
    home.server.answering = instead("_CSV.zip", in_zip(change))
    assert home.refresh(only=["french"], dry_run=True) == good


def test_french_tables_in_another_order_read_the_same(house):
    home = house("french", *FRENCH_TABLES)
    good = home.refresh(only=["french"], dry_run=True)

    def turned(body: bytes) -> bytes:
        head, *blocks = re.split(rb"(?=  Average|  Number)", body)
        tail = blocks[-1][blocks[-1].index(b"\r\n\r\n") :]
        blocks[-1] = blocks[-1].removesuffix(tail) + b"\r\n\r\n\r\n"
        return head + b"".join(blocks[::-1]) + tail

    home.server.answering = instead(BY_SIZE, in_zip(turned))
    assert home.refresh(only=["french"], dry_run=True) == good


# FRED


LAST = r"^(2026-10-1\d,[\d.]+\n)\Z"
FRED = {
    "wrong encoding": (FIRST_SERIES, lambda body: body.decode().encode("utf-16"), ["no UTF-8 text"]),
    "one column": (FIRST_SERIES, swapped(",.*$", "", 0), ["header is 'observation_date'"]),
    "three columns": (FIRST_SERIES, swapped("DGS3MO", "DGS3MO,DGS1"), ["header is"]),
    "another series": (FIRST_SERIES, swapped("DGS3MO", "DGS6MO"), ["header is 'observation_date,DGS6MO'"]),
    "renamed date": (FIRST_SERIES, swapped("observation_date", "day"), ["header is 'day,DGS3MO'"]),
    "header alone": (FIRST_SERIES, b"observation_date,DGS3MO\n", ["holds no value"]),
    "missing values alone": (FIRST_SERIES, b"observation_date,DGS3MO\n1981-09-01,.\n1981-09-02,\n", ["holds no value"]),
    "an error in words": (FIRST_SERIES, b"Error: the series does not exist\n", ["header is 'Error"]),
    "text in a number": (FIRST_SERIES, swapped(r"^(2026-10-15),.*$", r"\1,n/a"), ["2026-10-15 is 'n/a'"]),
    "formula in a number": (FIRST_SERIES, swapped(r"^(2026-10-15),.*$", r"\1,=2+2"), ["2026-10-15 is '=2+2'"]),
    "script in a number": (FIRST_SERIES, swapped(r"^(2026-10-15),.*$", r"\1,<script>"), ["'<script>'"]),
    "exponent": (FIRST_SERIES, swapped(r"^(2026-10-15),.*$", r"\1,1e400"), ["'1e400'"]),
    "no date": (FIRST_SERIES, swapped(r"^2026-10-15", "15.10.2026"), ["'15.10.2026,"]),
    "31 June": (FIRST_SERIES, swapped(r"^2026-06-30", "2026-06-31"), ["'2026-06-31,"]),
    "duplicate day": (FIRST_SERIES, swapped(r"^(2026-10-15,.*\n)", r"\1\1"), ["2026-10-15 stands twice"]),
    "days in another order": (FIRST_SERIES, swapped(r"^(2026-10-15,.*\n)(.*\n)", r"\2\1"), ["follows 2026-10-16"]),
    "future day": (FIRST_SERIES, lambda body: body + b"2026-10-21,3.5\n", ["2026-10-21, which lies after today"]),
    "weeks left out": (FIRST_SERIES, swapped(r"^(2026-0[78]-..),.*\n", "", 0), ["no day in the"]),
    "history that begins later": (FIRST_SERIES, swapped(r"^19\d\d-.*\n", "", 0), ["begins 2000-01-0", "is promised"]),
    "out of bounds": (FIRST_SERIES, swapped(r"^(2026-10-15),.*$", r"\1,369.0"), ["is 369; allowed is -5 to 40"]),
    "open quote": (FIRST_SERIES, swapped(r"^(2026-10-15),.*$", r'\1,"3.6'), ["does not read as CSV"]),
    "null bytes": (FIRST_SERIES, lambda body: body.replace(b"\n", b"\0\n"), ["fred DGS3MO"]),
    "duplicate month": ("id=FEDFUNDS", swapped(r"^(2026-08-01,.*\n)", r"\1\1"), ["2026-08-01 stands twice"]),
    "month left out": ("id=FEDFUNDS", swapped(r"^2026-08-01,.*\n", ""), ["2026-08 is missing"]),
    "month dated on another day": ("id=FEDFUNDS", swapped(r"^2026-08-01", "2026-08-02"), ["2026-08-02 is no monthly"]),
    "future month": ("id=FEDFUNDS", lambda body: body + b"2026-10-01,3.6\n2026-11-01,3.6\n", ["after today"]),
}  # fmt: skip


@pytest.mark.parametrize(("part", "new", "expected"), FRED.values(), ids=FRED)
def test_fred(house, part, new, expected):
    home = house("fred", "treasury_yields_month_end" if part == FIRST_SERIES else "fred_monthly")
    home.server.answering = instead(part, new)
    text = home.complaint(SourceError, only=["fred"])
    assert text.startswith("fred")
    for words in expected:
        assert words in text


FRED_REFUSED = {
    "a value that vanishes": (
        "id=CPIAUCSL",
        swapped(r"^(2000-01-01),.*$", r"\1,."),
        "fred_monthly: CPIAUCSL loses 1 values: 2000-01",
    ),
    "a new gap": ("id=UNRATE", swapped(r"^(2026-08-01),.*$", r"\1,."), "fred_monthly: UNRATE loses 1 values: 2026-08"),
    "a unit that changes": (
        "id=TWEXBGSMTH",
        lambda body: re.sub(rb",(\d+)(\d)\.", rb",\1.\2", body),
        "TWEXBGSMTH is 0.1 times what it was: a change of unit",
    ),
    "too many revisions": (
        "id=GS10",
        lambda body: re.sub(rb"^(19[89]\d.*\.\d)\d$", rb"\g<1>1", body, flags=re.M),
        "at most 2% may be",
    ),
    "a target that contradicts ours": (
        "id=DFEDTARU",
        swapped(r"^(2026-09-17),.*$", r"\1,3.75"),
        "DFEDTARU is not 4 on 2026-09-17",
    ),
}


@pytest.mark.parametrize(("part", "new", "expected"), FRED_REFUSED.values(), ids=FRED_REFUSED)
def test_fred_suspicions(house, part, new, expected):
    home = house(
        "fred", {"id=TWEXBGSMTH": "dollar_index", "id=DFEDTARU": "fomc_target_changes"}.get(part, "fred_monthly")
    )
    home.server.answering = instead(part, new)
    assert expected in home.complaint((RefreshRefusedError, DataError), only=["fred"])


def test_fred_in_another_dress_reads_the_same(house):
    home = house("fred", "dollar_index", "fomc_target_changes")
    good = home.refresh(only=["fred"], dry_run=True)
    home.server.answering = instead(
        "fredgraph", lambda body: body.replace(b"observation_date", b"DATE").replace(b"\n", b"\r\n")
    )
    assert home.refresh(only=["fred"], dry_run=True) == good


def test_a_publisher_who_is_late_is_shown_and_not_refused(house):
    home = house("fred", "fred_monthly")
    home.server.answering = instead("id=UNRATE", swapped(r"^2026-09-01,.*\n", ""))
    report = home.refresh(only=["fred"], dry_run=True, today=pd.Timestamp("2027-01-30").date(), accept=["fred_monthly"])
    assert any("UNRATE ends 2026-08-01" in note for note in report.notes)


# Yahoo


def chart(change: Callable[[dict], None]) -> Callable[[bytes], bytes]:
    """Change the answer's JSON in place, but for the short one that yfinance asks for first."""

    def outer(body: bytes) -> bytes:
        answer = json.loads(body)
        if len(answer["chart"]["result"][0]["timestamp"]) > 1:
            change(answer["chart"]["result"][0])
        return json.dumps(answer).encode()

    return outer


def quote(name: str, place: int, value: object) -> Callable[[bytes], bytes]:
    return chart(lambda result: result["indicators"]["quote"][0][name].__setitem__(place, value))


YAHOO = {
    "no JSON": (b"Will be right back", ["no chart answer in JSON"]),
    "JSON of another form": (b'{"finance": {}}', ["no chart answer in JSON"]),
    "a list": (b"[]", ["no chart answer in JSON"]),
    "deep nesting": (b"[" * 100_000, ["no chart answer in JSON"]),
    "an error": (b'{"chart": {"result": null, "error": {"code": "Not Found"}}}', ["the error 'Not Found'"]),
    "another symbol": (chart(lambda r: r["meta"].update(symbol="^DJI")), ["is for '^DJI'", "'^GSPC'"]),
    "another currency": (chart(lambda r: r["meta"].update(currency="GBp")), ["in 'GBp'"]),
    "no days": (chart(lambda r: r.pop("timestamp")), ["no list of 1 to"]),
    "days in another order": (chart(lambda r: r["timestamp"].reverse()), ["do not rise"]),
    "a day twice": (chart(lambda r: r["timestamp"].__setitem__(5, r["timestamp"][4] + 60)), ["a day stands twice"]),
    "a value less": (chart(lambda r: r["indicators"]["quote"][0]["close"].pop()), ["close has not as many values"]),
    "text in a number": (quote("close", 7, "12.5"), ["close holds '12.5'"]),
    "not a number": (quote("close", 7, float("nan")), ["close holds nan"]),
    "infinite": (quote("volume", 7, float("inf")), ["volume holds inf"]),
    "true": (quote("close", 7, True), ["close holds True"]),
    "negative": (quote("close", -1, -5.0), ["close", "is -5; allowed is 0 to"]),
    "a day far from now": (chart(lambda r: r["timestamp"].__setitem__(-1, 4_000_000_000)), ["yahoo ^GSPC"]),
}  # fmt: skip


@pytest.mark.parametrize(("new", "expected"), YAHOO.values(), ids=YAHOO)
def test_yahoo(house, new, expected):
    home = house("yahoo", "index_levels")
    home.server.answering = instead("GSPC", new)
    text = home.complaint(SourceError, only=["yahoo"])
    assert text.startswith("yahoo ^GSPC")
    for words in expected:
        assert words in text


def test_yahoo_that_refuses_us(house):
    home = house("yahoo", "index_levels")
    home.server.answering = instead("yahoo.com", Answer(b"Too Many Requests", 429))
    text = home.complaint(SourceError, only=["yahoo"])
    assert "query" in text and "answered 429 (3 tries)" in text


def test_frozen_tail(house):
    home = house("yahoo", "index_levels")

    def frozen(result: dict) -> None:
        for values in (result["indicators"]["quote"][0]["close"], result["indicators"]["adjclose"][0]["adjclose"]):
            values[-5:] = [values[-6]] * 5

    home.server.answering = instead("RUT", chart(frozen))
    text = home.complaint(RefreshRefusedError, only=["yahoo"])
    assert "yahoo ^RUT close is" in text and "in each of its last 5 values" in text and "index_levels" in text


# iShares


ROW = r"<ss:Row>\s*<ss:Cell[^>]*>\s*<ss:Data[^>]*>{}[\s\S]*?</ss:Row>\s*"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><ss:Workbook>&b;</ss:Workbook>'
ISHARES = {
    "billion laughs": (LAUGHS, ["declares a document type or an entity"]),
    "external entity": (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', ["declares a document type"]),
    "no XML": (b"PK\x03\x04 a true xls", ["not well formed"]),
    "XML that breaks off": (lambda body: body[: len(body) // 2], ["not well formed"]),
    "another XML": (b"<?xml version='1.0'?><feed/>", ["no workbook in SpreadsheetML"]),
    "another encoding": (lambda body: body.replace(b'"1.0"', b'"1.0" encoding="UTF-7"', 1)[6:], ["'utf-7'"]),
    "no UTF-8": (lambda body: body.replace(b"Holdings", b"\xff\xff"), ["no utf-8 text"]),
    "sheet left out": (swapped('"Historical"', '"Historisch"'), ["'Historical' is due", "Historisch"]),
    "renamed heading": (swapped("NAV per Share", "Nettoinventarwert"), ["headings are", "Nettoinventarwert"]),
    "heading left out": (swapped(r"<ss:Cell[^>]*>\s*<[^>]*>Ex-Dividends</ss:Data>\s*</ss:Cell>", ""), ["headings"]),
    "another fund": (swapped("iShares Russell 2000 ETF", "iShares Gold Trust"), ["does not name the fund"]),
    "German dates": (swapped(r"Oct 19, 2026", "19.Okt.2026"), ["'19.Okt.2026' is no date", "in English"]),
    "31 February": (swapped(r"Feb 27, 2026", "Feb 31, 2026"), ["'Feb 31, 2026'"]),
    "formula": (swapped(r"<ss:Cell ss:StyleID", '<ss:Cell ss:Formula="=1+1" ss:StyleID', 0), ["formula"]),
    "formula as text": (swapped(r'"Number">(\d+\.\d+)', r'"Number">=1+1'), ["'=1+1'", "no number"]),
    "number as text": (swapped(r'Type="Number">(\d+\.\d+)', r'Type="String">\1'), ["a Number cell"]),
    "thousands in a number": (swapped(r'Type="Number">(\d{2})(\d+\.)', r'Type="Number">\1,\2'), ["is no number"]),
    "cell out of its place": (swapped(r"<ss:Cell ss:S", '<ss:Cell ss:Index="3" ss:S', 0), ["out of its place"]),
    "row with a cell less": (
        swapped(r"(Oct 19, 2026</ss:Data>\s*</ss:Cell>\s*)<ss:Cell[\s\S]*?</ss:Cell>", r"\1"),
        ["a row has 3 cells"],
    ),
    "day twice": (swapped(r"Oct 16, 2026", "Oct 19, 2026"), ["2026-10-19 does not come before"]),
    "oldest first": (swapped(r"Oct 19, 2026", "Oct 19, 2006"), ["does not come before"]),
    "future day": (swapped(r"Oct 19, 2026", "Oct 26, 2026"), ["2026-10-26, which lies after today"]),
    "negative value": (swapped(r'Type="Number">(\d+\.\d+)', r'Type="Number">-\1'), ["is no number"]),
    "history that begins later": (swapped(ROW.format(r"[A-Z][a-z]+ \d+, (2009|201\d)"), "", 0), ["begins 2020"]),
}  # fmt: skip


@pytest.mark.parametrize(("new", "expected"), ISHARES.values(), ids=ISHARES)
def test_ishares(house, new, expected):
    home = house("ishares", "iwm_month_end")
    home.server.answering = instead("/239710/", new)
    text = home.complaint(SourceError, only=["ishares"])
    assert text.startswith("ishares IWM")
    for words in expected:
        assert words in text


def days(change: Callable[[int, float, float | None], tuple[float, float | None]]) -> bytes:
    """IWM's workbook with value and count of each day changed."""
    held = true.fund_days("IWM")
    changed = tuple((day, *change(place - len(held), value, count)) for place, (day, value, count) in enumerate(held))
    return true.book("iShares Russell 2000 ETF", true.history_rows(changed))


JUMPS = {
    "share count doubled for a day": (
        lambda place, value, count: (value, count * 2 if place == -8 else count),
        ["the share count goes to 2.00 times", "for a few days only"],
    ),
    "share count doubled for good": (
        lambda place, value, count: (value, count * 2 if place >= -8 else count),
        ["the share count goes to 2.00 times", "and stays there"],
    ),
    "value of a day wrong by ten": (
        lambda place, value, count: (value * 10 if place == -8 else value, count),
        ["the NAV per share goes to 10.0"],
    ),
    "frozen tail": (
        lambda place, value, count: (200.0, count) if place >= -7 else (value, count),
        ["nav is 200 in each of its last 6 values"],
    ),
    "history in cents": (lambda place, value, count: (value * 100, count), ["nav_usd is 100 times what it was"]),
}


@pytest.mark.parametrize(("change", "expected"), JUMPS.values(), ids=JUMPS)
def test_ishares_suspicions(house, change, expected):
    home = house("ishares", "iwm_month_end", "iwm_flows_daily_method")
    home.server.answering = instead("/239710/", days(change))
    error = (RefreshRefusedError, DataError)  # a value that leaves its bounds in the catalog is no matter of acceptance
    text = home.complaint(error, only=["ishares"])
    assert all(words in text for words in expected)


def test_a_split_is_no_misprint(house):
    home = house("ishares")
    held = true.fund_days("IJR")
    split = tuple(
        (day, value / 2, count * 2) if day >= pd.Timestamp("2017-01-19") else (day, value, count)
        for day, value, count in held
    )
    home.server.answering = instead("/239774/", true.book("iShares Core S&P Small-Cap ETF", true.history_rows(split)))
    assert home.refresh(only=["ishares"], dry_run=True).changed


def test_days_without_a_count_are_passed_over(house):
    home = house("ishares", "iwm_month_end")
    home.server.answering = instead(
        "/239710/", days(lambda place, value, count: (value, None if place in (-14, -15) else count))
    )
    report = home.refresh(only=["ishares"])
    text = (home.snapshots / report.written / "iwm_month_end.csv").read_text()
    assert "2026-09,2026-09-28," in text


# SEC


NO_FLOW = swapped(r"<mon2Flow[^>]*/>", "")
SEC = {
    "blocked": ("company_tickers_mf", Answer(b"<html>Request Rate Threshold Exceeded</html>", 403), ["answered 403"]),
    "list of another form": ("company_tickers_mf", b'{"data": {}}', ["list of fund symbols"]),
    "list that is no JSON": ("company_tickers_mf", b"{", ["list of fund symbols"]),
    "fund that is not listed": ("company_tickers_mf", swapped('"IWM"', '"IWX"'), ["sec IWM", "does not hold it"]),
    "series of another form": ("company_tickers_mf", swapped("S000004344", "../../x"), ["'../../x' is no series"]),
    "billion laughs in the feed": ("browse-edgar", LAUGHS, ["declares a document type"]),
    "feed without filings": ("browse-edgar", swapped("NPORT-P<", "N-CEN<", 0), ["lists 0 filings"]),
    "feed with too many filings": ("browse-edgar", swapped(r"(<entry>.*?</entry>)", r"\1\1\1", 0), ["lists 84"]),
    "address outside the archive": (
        "browse-edgar",
        swapped(r"https://www.sec.gov/Archives/edgar/data", "https://evil.example/x"),
        ["has the address 'https://evil.example"],
    ),
    "filing of another fund": ("primary_doc", swapped("<seriesId>S", "<seriesId>T"), ["is about series 'T00000"]),
    "filing without a series": ("primary_doc", swapped("<seriesId>.*</seriesId>", ""), ["is about series ''"]),
    "filing without flows": ("primary_doc", NO_FLOW, ["has no mon2Flow"]),
    "flow without sales": ("primary_doc", swapped(r' sales="[^"]*"', ""), ["sales of 2019-07 is None"]),
    "text in a flow": ("primary_doc", swapped(r'sales="[^"]*"', 'sales="much"'), ["is 'much'", "amount in USD"]),
    "date of another form": ("primary_doc", swapped(r"(<repPdDate>)[^<]*", r"\g<1>30.09.2019"), ["'30.09.2019' is no"]),
    "billion laughs in a filing": ("primary_doc", LAUGHS, ["declares a document type"]),
}  # fmt: skip


@pytest.mark.parametrize(("part", "new", "expected"), SEC.values(), ids=SEC)
def test_sec(house, part, new, expected):
    home = house("sec")
    home.server.answering = instead(part, new)
    text = home.complaint(SourceError, only=["sec"])
    assert text.startswith(("sec", "www.sec.gov"))
    for words in expected:
        assert words in text


def test_a_quarter_that_is_left_out(house):
    home = house("sec")

    def without(body: bytes) -> bytes:
        entries = re.findall(rb"<entry>.*?</entry>", body)
        return body.replace(entries[5], b"")

    home.server.answering = instead("browse-edgar", without)
    assert "sec IWM: 2025-01 is missing" in home.complaint(SourceError, only=["sec"])


def test_a_figure_that_is_not_given(house):
    home = house("sec")
    home.server.answering = instead("primary_doc", swapped(r'sales="[^"]*"', 'sales="N/A"'))
    text = home.complaint(RefreshRefusedError, only=["sec"])
    assert "has no figure" in text and text.endswith("ACCEPT=nport_flows")
