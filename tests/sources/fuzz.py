"""Fuzz every reader: `python tests/sources/fuzz.py --minutes 20 [reader ...]`; no part of the tests that `make` runs.

Each reader gets its sample after a few mutations (bytes flipped, cut, doubled, swapped, words of trouble put in), or
plain rubbish. What must hold: a result that says what the input says, or one SourceError of one line; nothing else,
within two seconds. An input that breaks this is printed and becomes a test.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import re
import sys
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import requests
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from smallcaps.sources import fred, french, ishares, sec, yahoo  # noqa: E402
from smallcaps.sources.archive import only_file  # noqa: E402
from smallcaps.sources.errors import SourceError  # noqa: E402
from smallcaps.sources.transport import _retry_after, _target, place  # noqa: E402
from smallcaps.sources.xml import root_of  # noqa: E402

SAMPLES = Path(__file__).parent / "samples"
TODAY = date(2026, 2, 1)
TROUBLE = (
    b"", b"\n", b"\r", b"\r\n", b",", b".", b"-", b"--", b'"', b"'", b"<", b">", b"&", b";", b"\0", b"\xff",
    b"\xef\xbb\xbf", b"=1+1", b"-99.99", b"-999", b"nan", b"inf", b"1e999", b"1_000", b"0x10", b" ", b"\t",
    b"99999999999999999999", b"2026-13-01", b"0000-00-00", b"9999-12-31", b"200313", b"20031", b"null", b"true", b"[]",
    b"{}", b"[" * 3000,
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"<![CDATA[x]]>", b"<!--", b"<?x?>", b"ss:Index=\"9\"", b"\xe2\x80\xae",
    b"\xd9\xa1", b"\xef\xbc\x91", b"\xc2\xa0", b"Average Firm Size", b"created using the 999999 CRSP database",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """`content` after one to four mutations, or rubbish now and then."""
    if draw(st.integers(0, 30)) == 0:
        return draw(st.binary(max_size=300))
    for _ in range(draw(st.integers(1, 4))):
        if not content:
            break
        at = draw(st.integers(0, len(content)))
        length = draw(st.sampled_from((0, 1, 1, 2, 5, 20, 200)))
        kind = draw(st.sampled_from(("put", "put", "cut", "flip", "double", "swap lines", "lose line", "digit")))
        if kind == "put":
            content = content[:at] + draw(st.sampled_from(TROUBLE)) + content[at + length :]
        elif kind == "cut":
            content = content[:at] + content[at + length :]
        elif kind == "flip" and at < len(content):
            content = content[:at] + bytes([content[at] ^ draw(st.integers(1, 255))]) + content[at + 1 :]
        elif kind == "double":
            content = content[: at + length] + content[at:]
        elif kind == "digit":
            digits = [place.start() for place in re.finditer(rb"\d", content)]
            if digits:
                at = digits[at % len(digits)]
                content = content[:at] + str(draw(st.integers(0, 9))).encode() + content[at + 1 :]
        else:
            lines = content.split(b"\n")
            one, other = at % len(lines), draw(st.integers(0, len(lines) - 1))
            if kind == "lose line":
                del lines[one]
            else:
                lines[one], lines[other] = lines[other], lines[one]
            content = b"\n".join(lines)
    return content


class Session(requests.Session):
    """Answers every question with the same bytes."""

    def __init__(self, content: bytes):
        super().__init__()
        self.content = content

    def fetch(self, url: str, **_: object) -> requests.Response:
        return self.request("GET", url)

    def request(self, method: str, url: str, **_: object) -> requests.Response:
        response = requests.Response()
        response.status_code, response._content, response.url = 200, self.content, url
        return response


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    return out.getvalue()


def fuzz_fred(content: bytes) -> None:
    frame = fred.read(Session(content), "UNRATE", today=TODAY).frame
    lines = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")[1:]
    said = [line.replace('"', "").split(",") for line in lines if line]
    assert [f"{day:%Y-%m-%d}" for day in frame.index] == [day for day, _ in said if day >= "1948"]
    for number, (_, text) in zip(frame["UNRATE"], [row for row in said if row[0] >= "1948"], strict=True):
        assert math.isnan(number) if text in ("", ".") else number == float(text)


def fuzz_french_factors(content: bytes) -> None:
    library = french.read(Session(zipped(content)), "F-F_Research_Data_Factors")
    reading = french.table(library, "ff_factors", today=TODAY)
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    said = [line.split(",") for line in text.split("\n") if re.match(r"^\s*\d{6}\s*,", line)]
    assert [f"{day:%Y%m}" for day in reading.frame.index] == [row[0].strip() for row in said]
    for row, cells in zip(said, reading.text.to_numpy(), strict=True):
        assert [("" if float(cell) in french.MISSING else cell.strip()) for cell in row[1:]] == list(cells)
    assert np.isfinite(reading.frame.to_numpy()[~reading.frame.isna().to_numpy()]).all()


def fuzz_french_sizes(content: bytes) -> None:
    library = french.read(Session(zipped(content)), "Portfolios_Formed_on_ME")
    reading = french.table(library, "ff_size_portfolios", today=TODAY)
    assert reading.frame.shape[1] == 18 and not reading.frame.isin(french.MISSING).any(axis=None)


def fuzz_archive(content: bytes) -> None:
    data = only_file(content, where="here")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read(archive.namelist()[0]) == data


def fuzz_ishares(content: bytes) -> None:
    frame = ishares.history(content, fund_name="iShares Core S&P Small-Cap ETF", where="here")
    assert frame.index.is_monotonic_increasing and frame.index.is_unique and list(frame.columns) == ["nav", "shares"]
    assert np.isfinite(frame.to_numpy()[~frame.isna().to_numpy()]).all()


def fuzz_xml(content: bytes) -> None:
    assert root_of(content, where="here").tag is not None


def fuzz_sec_flows(content: bytes) -> None:
    flows = sec.flows(content, series="S000004344", where="here")
    assert len(flows) == 3
    for amount in (amount for amounts in flows.values() for amount in amounts):
        assert math.isnan(amount) or math.isfinite(amount)


def fuzz_sec_feed(content: bytes) -> None:
    for filed, path in sec.filings(content, where="here"):
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", filed)
        assert re.fullmatch(r"/Archives/edgar/data/\d{1,10}/\d{18}/primary_doc\.xml", path)


def fuzz_sec_symbols(content: bytes) -> None:
    assert all(re.fullmatch(r"S\d{9}", series) for series in sec.series_of(content).values())


def fuzz_yahoo(content: bytes) -> None:
    reading = yahoo.read(Session(content), ["IWM"], today=TODAY)["IWM"]
    result = json.loads(content)["chart"]["result"][0]
    closes = dict(zip(result["timestamp"], result["indicators"]["quote"][0]["close"], strict=True))
    said = [value for value in closes.values() if value is not None]
    assert [value for value in reading.frame["close"] if not math.isnan(value)] == said


def fuzz_transport(content: bytes) -> None:
    text = content.decode("latin-1")
    response = requests.Response()
    response.headers["Retry-After"] = text
    waited = _retry_after(response)
    assert waited is None or waited >= 0
    assert "?" not in place(f"https://h.example/{text}") and len(place(text)) <= 200
    assert _target("https://h.example/", text)


READERS: dict[str, tuple[Callable[[bytes], None], bytes]] = {
    "fred": (fuzz_fred, (SAMPLES / "fred_monthly.csv").read_bytes()),
    "french factors": (fuzz_french_factors, (SAMPLES / "french_factors.csv").read_bytes()),
    "french sizes": (fuzz_french_sizes, (SAMPLES / "french_sizes.csv").read_bytes()),
    "archive": (fuzz_archive, zipped(b"month,value\n2000-01,1\n" * 20)),
    "ishares": (fuzz_ishares, (SAMPLES / "ishares_fund.xls").read_bytes()),
    "xml": (fuzz_xml, (SAMPLES / "sec_feed.xml").read_bytes()),
    "sec flows": (fuzz_sec_flows, (SAMPLES / "sec_nport.xml").read_bytes()),
    "sec feed": (fuzz_sec_feed, (SAMPLES / "sec_feed.xml").read_bytes()),
    "sec symbols": (fuzz_sec_symbols, (SAMPLES / "sec_symbols.json").read_bytes()),
    "yahoo": (fuzz_yahoo, (SAMPLES / "yahoo_chart.json").read_bytes()),
    "transport": (fuzz_transport, b"Wed, 21 Oct 2015 07:28:00 GMT"),
}


def relax() -> None:
    """Let the promises begin with the samples, so that the readers are met to their end."""
    fred.PROMISES["UNRATE"] = replace(fred.PROMISES["UNRATE"], first="2025-08-01")
    yahoo.PROMISES["IWM"] = replace(yahoo.PROMISES["IWM"], first="2026-01-05")
    for table in ("ff_factors", "ff_size_portfolios"):
        wanted = french.WANTED[table]
        french.WANTED[table] = replace(wanted, promise=replace(wanted.promise, first="2003-01-01"))


def fuzz(name: str, seconds: float) -> tuple[Counter, list[str]]:
    """What became of the inputs to the reader `name` in `seconds`: taken, refused; and the faults, shrunk."""
    reader, content = READERS[name]
    counts, faults, end, run = Counter(), [], time.monotonic() + seconds, 0

    def one(data: bytes) -> None:
        start = time.process_time()
        try:
            reader(data)
            counts["taken"] += 1
        except SourceError as error:
            assert "\n" not in str(error) and 0 < len(str(error)) < 600, str(error)
            counts["refused"] += 1
        assert time.process_time() - start < 2, "longer than two seconds"

    one(content)  # the sample itself is taken
    assert counts["taken"] == 1, f"{name}: the sample is refused"
    while time.monotonic() < end and len(faults) < 3:
        run += 1
        quick = settings(
            max_examples=200, deadline=None, database=None, report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        try:
            seed(run)(quick(given(mutated(content))(one)))()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            notes = " ".join(getattr(error, "__notes__", []))
            faults.append(f"{type(error).__name__}: {str(error)[:300]} {notes[:1500]}")
    return counts, faults


def by_coverage(name: str, seconds: float) -> None:
    """The same for the reader `name`, led by the code that an input reaches; atheris ends the process itself.

    Needs atheris, which is no requirement of the project.
    """
    import tempfile

    import atheris

    reader, content = READERS[name]

    def one(data: bytes) -> None:
        try:
            reader(data)
        except SourceError as error:
            assert "\n" not in str(error) and 0 < len(str(error)) < 600, str(error)

    for module in (fred, french, ishares, sec, yahoo, only_file, root_of):
        functions = vars(module) if hasattr(module, "__path__") or hasattr(module, "__file__") else {"one": module}
        for function in functions.values():
            if getattr(function, "__module__", "").startswith("smallcaps.sources") and hasattr(function, "__code__"):
                function.__code__ = atheris.instrument_func(function).__code__
    corpus = tempfile.mkdtemp()
    Path(corpus, "sample").write_bytes(content)
    bounds = [f"-max_total_time={seconds:.0f}", "-timeout=10", f"-max_len={2 * len(content) + 200}", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *bounds, "-print_final_stats=1", corpus], one)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--atheris", action="store_true", help="led by coverage, one reader a run; needs atheris")
    parser.add_argument("readers", nargs="*", help=f"of: {', '.join(READERS)}")
    options = parser.parse_args()
    chosen = options.readers or list(READERS)
    warnings.simplefilter("error")
    relax()
    if options.atheris:
        by_coverage(chosen[0], options.minutes * 60)
    found = 0
    for name in chosen:
        counts, faults = fuzz(name, options.minutes * 60 / len(chosen))
        print(f"{name}: {counts['taken']} taken, {counts['refused']} refused, {len(faults)} faults", flush=True)
        for fault in faults:
            print(f"  {fault}", flush=True)
        found += len(faults)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
