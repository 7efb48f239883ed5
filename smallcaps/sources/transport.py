"""How the project asks its publishers: politely, with bounds on time, tries and size, and never off the named host.

`Transport` is a requests.Session, so that pandas-datareader takes it as its own. Each GET waits for its host's turn,
is tried again after growing pauses with jitter when the fault may pass (Retry-After is honoured up to a bound), is
read in pieces up to a size and a time, may follow a redirect only to the same host over TLS, and comes back whole
from the cache when the publisher says that nothing changed. What fails is one SourceError; addresses in it carry no
query, so no key that stood in one can reach a log.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from io import BytesIO
from random import SystemRandom
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests import exceptions as http
from urllib3.exceptions import HTTPError, InvalidHeader, NameResolutionError
from urllib3.util import Retry

from smallcaps.sources.cache import DownloadCache
from smallcaps.sources.errors import SourceError

AGENT = "SmallCapsTested/1 (monthly refresh of a research book)"
LIMIT = 48 * 2**20  # bytes of one answer; the largest true one, a fund workbook, has 5 million
RATES = {"fred.stlouisfed.org": 2.0, "www.sec.gov": 5.0}  # requests a second; FRED allows 2, the SEC 10
RATE = 1.0  # any other host
PASSING = frozenset({429, 500, 502, 503, 504})  # answers that may be better a moment later
MOVED = frozenset({301, 302, 303, 307, 308})
REDIRECTS = 3


class Transport(requests.Session):
    """A session with manners; `get` and `fetch` are all that the readers use.

    `tries`, `pause` (seconds before the second try, doubled each time, with jitter), `longest_pause`, `timeout`
    (connect, between two pieces) and `deadline` (one answer in all) are bounds in seconds; `limit` is in bytes.
    """

    def __init__(
        self,
        *,
        cache: DownloadCache | None = None,
        rates: Mapping[str, float] = RATES,
        rate: float = RATE,
        tries: int = 5,
        pause: float = 1.0,
        longest_pause: float = 60.0,
        timeout: tuple[float, float] = (10.0, 30.0),
        deadline: float = 180.0,
        limit: int = LIMIT,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ):
        super().__init__()
        self.headers["User-Agent"] = AGENT
        self.cache = cache
        self.rates, self.rate = rates, rate
        self.tries, self.pause, self.longest_pause = tries, pause, longest_pause
        self.timeout, self.deadline, self.limit = timeout, deadline, limit
        self.sleep, self.clock = sleep, clock
        self._turns: dict[str, float] = {}
        self._random = SystemRandom()

    def fetch(
        self, url: str, *, params: Mapping[str, str] | None = None, agent: str | None = None
    ) -> requests.Response:
        """The answer to a GET of `url`, code 200, not empty and no web page; SourceError otherwise.

        `agent` replaces the User-Agent for this request alone.
        """
        response = self.get(url, params=params, headers={"User-Agent": agent} if agent else None)
        require_good(response)
        return response

    def request(self, method: str, url: str, params: Any = None, **options: Any) -> requests.Response:
        """The whole answer, whatever its code; SourceError if there is none. Only GET over https is sent."""
        if method.upper() != "GET":
            raise SourceError(f"{place(url)}: refused to send {method.upper()!r}; only GET is sent")
        url = requests.Request("GET", url, params=params).prepare().url or url
        headers = dict(options.get("headers") or {})
        for _ in range(REDIRECTS + 1):
            response = self._tried(url, headers)
            if response.status_code not in MOVED or "Location" not in response.headers:
                return response
            target = _target(url, response.headers["Location"])
            if urlsplit(target).hostname != urlsplit(url).hostname or urlsplit(target).scheme != "https":
                raise SourceError(f"{place(url)}: redirects to {place(target)}; only the same host over TLS is allowed")
            url = target
        raise SourceError(f"{place(url)}: more than {REDIRECTS} redirects")

    def _tried(self, url: str, headers: dict[str, str]) -> requests.Response:
        if urlsplit(url).scheme != "https":
            raise SourceError(f"{place(url)}: {urlsplit(url).scheme or 'no scheme'!r} is not allowed; only https is")
        for attempt in range(1, self.tries + 1):
            response, fault, asked = None, "", None
            try:
                response = self._once(url, headers)
                if response.status_code not in PASSING:
                    return response
                fault, asked = f"answered {response.status_code}", _retry_after(response)
            except (http.SSLError, ValueError) as error:  # ValueError: an address, here or in a redirect, that is none
                raise SourceError(f"{place(url)}: {_words(error)}") from None
            except (http.RequestException, HTTPError, OSError) as error:
                fault = _words(error)
            if asked is not None and asked > self.longest_pause:
                most = f"at most {self.longest_pause:.0f} s is waited"
                raise SourceError(f"{place(url)}: {fault} and asks to wait {asked:.0f} s; {most}")
            if attempt < self.tries:
                growing = min(self.longest_pause, self.pause * 2 ** (attempt - 1))
                jittered = growing * self._random.uniform(0.5, 1.5)
                self.sleep(max(asked or 0.0, min(self.longest_pause, jittered)))
        raise SourceError(f"{place(url)}: {fault} ({self.tries} tries)")

    def _once(self, url: str, headers: dict[str, str]) -> requests.Response:
        self._wait_for_turn(urlsplit(url).hostname or "")
        kept = self.cache.get(url) if self.cache is not None else None
        asking = {**headers, **(kept.conditions if kept else {})}
        live = super().request(
            "GET", url, headers=asking, stream=True, allow_redirects=False, timeout=self.timeout, verify=True
        )
        with live:
            if live.status_code == 304 and kept is not None:
                return _whole(live, kept.body, code=200, content_type=kept.content_type)
            body = self._read(live, url)
        if self.cache is not None and live.status_code == 200:
            self.cache.put(url, body, dict(live.headers))
        return _whole(live, body)

    def _read(self, response: requests.Response, url: str) -> bytes:
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > self.limit:
            raise SourceError(f"{place(url)}: announces {int(announced):,} bytes; at most {self.limit:,} are read")
        start, pieces, size = self.clock(), [], 0
        for piece in response.iter_content(2**16):
            size += len(piece)
            if size > self.limit:
                raise SourceError(f"{place(url)}: sends more than {self.limit:,} bytes; no more are read")
            if self.clock() - start > self.deadline:
                raise SourceError(f"{place(url)}: takes longer than {self.deadline:g} s; no longer is waited")
            pieces.append(piece)
        return b"".join(pieces)

    def _wait_for_turn(self, host: str) -> None:
        now = self.clock()
        turn = max(now, self._turns.get(host, now))
        self._turns[host] = turn + 1 / self.rates.get(host, self.rate)
        if turn > now:
            self.sleep(turn - now)


def place(url: str) -> str:
    """Host and path of `url` for a message: without user, query and fragment, where a secret may stand."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.hostname or 'no host'}{parts.path}"[:200]


def _target(url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
        urlsplit(target)
    except ValueError:
        raise SourceError(f"{place(url)}: redirects to an address that cannot be read") from None
    return target


def require_good(response: requests.Response) -> None:
    """Raise SourceError unless `response` has code 200, a body, and no web page where data are due."""
    where = place(response.url)
    if response.status_code != 200:
        raise SourceError(f"{where}: answered {response.status_code}; 200 is due")
    if not response.content.strip():
        raise SourceError(f"{where}: answered with an empty body")
    start = response.content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise SourceError(f"{where}: answered with a web page where data are due")


def _whole(
    live: requests.Response, body: bytes, *, code: int | None = None, content_type: str = ""
) -> requests.Response:
    response = requests.Response()
    response.status_code = code or live.status_code
    response.url, response.reason, response.request = live.url, live.reason, live.request
    response.headers = live.headers.copy()
    if content_type:
        response.headers["Content-Type"] = content_type
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    response.raw = BytesIO(body)
    return response


def _retry_after(response: requests.Response) -> float | None:
    try:
        return Retry().parse_retry_after(response.headers["Retry-After"])
    except (KeyError, InvalidHeader, ValueError, OverflowError):  # a date in the year 22015, say
        return None


def _words(error: Exception) -> str:
    """What went wrong in a few words of our own: messages of libraries carry whole addresses."""
    cause: BaseException | None = error
    chain = []
    while cause is not None and len(chain) < 8:
        chain.append(cause)
        reason = getattr(cause, "reason", None) or next((a for a in cause.args if isinstance(a, Exception)), None)
        cause = reason if isinstance(reason, Exception) else cause.__cause__ or cause.__context__
    if any(isinstance(link, http.SSLError) for link in chain):
        return "its certificate or its TLS cannot be trusted"
    if any(isinstance(link, NameResolutionError) for link in chain):
        return "its name cannot be resolved"
    if any(isinstance(link, ConnectionRefusedError) for link in chain):
        return "refuses the connection"
    if any(isinstance(link, http.Timeout | TimeoutError) for link in chain) or "timed out" in str(error).lower():
        return "does not answer in time"
    if any(isinstance(link, http.ChunkedEncodingError | http.ContentDecodingError) for link in chain):
        return "breaks off in the middle of its answer"
    if isinstance(error, ValueError):
        return "is, or redirects to, an address that cannot be read"
    return "the connection fails"
