"""The session's manners: turns, pauses, bounds, the cache; and the archive that holds one plain file."""

from __future__ import annotations

import json

import pytest
import requests
from sources.servers import Answer, LocalServer, local_session

from smallcaps.sources.archive import only_file
from smallcaps.sources.cache import DownloadCache
from smallcaps.sources.errors import SourceError
from smallcaps.sources.transport import Transport, place

URL = "https://publisher.example/data.csv"


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self):
        self.now, self.slept = 100.0, []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server():
    server = LocalServer(lambda question: Answer(b"month,value\n"))
    yield server
    server.close()


def test_each_host_has_its_own_turn(server):
    clock = Clock()
    rates = {"fred.stlouisfed.org": 2.0}
    session = local_session(server.port, rates=rates, rate=0.5, sleep=clock.sleep, clock=clock)
    for _ in range(5):
        session.fetch("https://fred.stlouisfed.org/x")
    assert clock.slept == [0.5] * 4
    session.fetch("https://other.example/x")
    assert len(clock.slept) == 4
    session.fetch("https://other.example/x")
    assert clock.slept[4:] == [2.0]


def test_the_publishers_limits_are_kept():
    session = Transport()
    assert session.rates["fred.stlouisfed.org"] <= 2 and session.rates["www.sec.gov"] < 10 and session.rate <= 1


def test_pauses_grow_with_jitter_up_to_a_bound(server):
    clock = Clock()
    server.answering = lambda question: Answer(b"", 503)
    session = local_session(server.port, tries=8, pause=1.0, longest_pause=10.0, sleep=clock.sleep, clock=clock)
    with pytest.raises(SourceError, match=r"answered 503 \(8 tries\)"):
        session.fetch(URL)
    assert len(server.asked) == 8 and len(clock.slept) == 7
    for number, pause in enumerate(clock.slept):
        assert 0.5 * min(2**number, 10) <= pause <= min(1.5 * 2**number, 10)
    assert len(set(clock.slept[:4])) == 4


@pytest.mark.parametrize(
    ("asked", "least"),
    [
        ("7", 7.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("soon", 0.0),
        ("Wed, 21 Oct 22015 07:28:00 GMT", 0.0),
        ("-5", 0.0),
    ],
)
def test_retry_after_is_honoured(server, asked, least):
    clock = Clock()
    answers = iter([Answer(b"", 429, {"Retry-After": asked}), Answer(b"good")])
    server.answering = lambda question: next(answers)
    session = local_session(server.port, longest_pause=10.0, sleep=clock.sleep, clock=clock)
    assert session.fetch(URL).content == b"good"
    assert len(clock.slept) == 1 and clock.slept[0] >= least


def test_only_get_and_only_tls(server):
    session = local_session(server.port)
    with pytest.raises(SourceError, match="only GET"):
        session.post(URL)
    for address in ("http://publisher.example/x", "ftp://publisher.example/x", "file:///etc/passwd"):
        with pytest.raises(SourceError, match="only https is"):
            session.fetch(address)
    assert not server.asked


def test_certificates_are_checked():
    assert Transport().verify is True


@pytest.mark.parametrize("address", ["https://", "https://[bad/x", "https://publisher.example:999999/x"])
def test_no_address(server, address):
    with pytest.raises((SourceError, requests.RequestException, ValueError)):
        local_session(server.port).fetch(address)


def test_no_secret_of_an_address_reaches_a_message(server):
    server.answering = lambda question: Answer(b"", 404)
    with pytest.raises(SourceError) as caught:
        local_session(server.port).fetch("https://user:hidden@publisher.example/x?api_key=hidden#hidden")
    assert str(caught.value) == "publisher.example/x: answered 404; 200 is due"
    assert place("https://u:p@h.example/a?b=c#d") == "h.example/a"


@pytest.mark.parametrize("location", ["https://[bad/x", "//[::1", "https://publisher.example:port/"])
def test_a_redirect_to_no_address(server, location):
    server.answering = lambda question: Answer(status=302, headers={"Location": location})
    with pytest.raises(SourceError, match="^publisher.example"):
        local_session(server.port).fetch(URL)


def test_more_bytes_than_allowed_without_a_word(server):
    server.answering = lambda question: Answer(b"x" * 50_000, headers={"Transfer-Encoding": "identity"})
    with pytest.raises(SourceError, match="at most 10,000"):
        local_session(server.port, limit=10_000).fetch(URL)


# The cache


def cached(server, tmp_path):
    return local_session(server.port, cache=DownloadCache(tmp_path / "cache"))


def validating(question):
    if question.headers.get("if-none-match") == '"1"':
        return Answer(b"", 304)
    return Answer(b"month,value\n", headers={"ETag": '"1"', "Content-Type": "text/csv"})


def test_what_did_not_change_is_not_sent_again(server, tmp_path):
    server.answering = validating
    session = cached(server, tmp_path)
    first, second = session.fetch(URL), session.fetch(URL)
    assert first.content == second.content == b"month,value\n" and second.status_code == 200
    assert second.headers["Content-Type"] == "text/csv"
    assert "if-none-match" not in server.asked[0].headers and server.asked[1].headers["if-none-match"] == '"1"'


def test_what_has_no_validator_is_not_kept(server, tmp_path):
    session = cached(server, tmp_path)
    session.fetch(URL)
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("damage", ["body", "json", "other json", "gone"])
def test_a_damaged_cache_costs_a_download(server, tmp_path, damage):
    server.answering = validating
    session = cached(server, tmp_path)
    session.fetch(URL)
    body, entry = sorted((tmp_path / "cache").iterdir())
    {
        "body": lambda: body.write_bytes(b"altered"),
        "json": lambda: entry.write_text("{"),
        "other json": lambda: entry.write_text(json.dumps({"sha256": 1, "conditions": [], "content_type": None})),
        "gone": body.unlink,
    }[damage]()
    assert session.fetch(URL).content == b"month,value\n"
    assert "if-none-match" not in server.asked[-1].headers


def test_a_cache_that_cannot_be_written_costs_nothing_else(server, tmp_path):
    server.answering = validating
    (tmp_path / "cache").write_text("a file where a folder is due")
    assert cached(server, tmp_path).fetch(URL).content == b"month,value\n"


def test_no_address_stands_in_the_cache(server, tmp_path):
    server.answering = validating
    cached(server, tmp_path).fetch(f"{URL}?api_key=hidden")
    for path in (tmp_path / "cache").iterdir():
        assert b"hidden" not in path.read_bytes() and b"publisher" not in path.read_bytes()


# The archive


def test_a_header_that_lies_about_the_size():
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.csv", b"0" * 100_000)
    lying = out.getvalue().replace((100_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    with pytest.raises(SourceError, match="archive"):
        only_file(lying, where="french X")


def test_a_file_without_a_name():
    nameless = (
        b"PK\x03\x04\x14\0\0\0\x08\0\x89au]\xbb\x8f\x92\xdc\x1d\0\0\0\xb8\x01\0\0\x05\0\0\0a.csv\xcb\xcd\xcf+\xc9\xd0)K\xcc)M\xe522"
        b"00\xd050\xd41\xe4\xca\x1d\x15\x1d\xe4\xa2\0PK\x01\x02\xb8\x01\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\x80\x01\0\0\0\0a.csvPK\x05\x06"
        b"\0\0\0\0\x01\0\x01\x003\0\0\0.csvPK\x05\x06\0\0\0\0\x01\0\x01\x003\0\0\0@\0\0\0\0\0"
    )
    with pytest.raises(SourceError, match="the archive"):
        only_file(nameless, where="french X")
