"""Check a built site: every page, image, link and number, before a reader sees it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from bs4 import BeautifulSoup, Tag

from smallcaps.book.mend import LISTING
from smallcaps.errors import BuildError

_FILE_NAME = re.compile(r"\.(svg|png|jpe?g)\s*$|^[0-9a-f]{16,}", re.IGNORECASE)
_BROKEN_TEXT = {
    "a number that is not one": re.compile(r"(?<![\w./])(?<!\w-)(nan|NaN|inf)(?![\w-])"),
    "an unfilled template": re.compile(r"\{\{|\}\}|\{%"),
}
_TAG = re.compile(r"<[^>]+>")
_NO_PROSE = {"script", "style", "pre", "code"}
MIN_ALT = 20  # characters: shorter than that says nothing about a chart


@dataclass(frozen=True)
class Page:
    """One HTML page of a site."""

    path: Path
    name: str

    @cached_property
    def soup(self) -> BeautifulSoup:
        # Most tags of a page are the colours of its code; only the text inside them is looked at.
        html = LISTING.sub(lambda found: found[1] + _TAG.sub("", found[2]) + found[3], self.path.read_text("utf-8"))
        return BeautifulSoup(html, "html.parser")

    @cached_property
    def prose(self) -> str:
        """What the page says outside of scripts, styles and code, where the same words are no result."""
        texts = self.soup.find_all(string=True)
        return " ".join(text for text in texts if not any(tag.name in _NO_PROSE for tag in text.parents))

    @cached_property
    def anchors(self) -> Counter[str]:
        """How often each id stands on the page."""
        return Counter(tag["id"] for tag in self.soup.find_all(id=True))


def require_sound(site: Path) -> str:
    """A line that says what was checked; BuildError names the first faults and how many there are."""
    pages = _pages(site)
    faults = list(_faults(site, pages))
    if faults:
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise BuildError(f"the site is not sound: {'; '.join(faults[:3])}{more}")
    images = sum(len(page.soup.find_all("img")) for page in pages.values())
    return f"{'checked':<24} {len(pages)} pages, {images} images, no fault"


def find_faults(site: Path) -> Iterator[str]:
    """Every fault of the site in words, each naming its page."""
    yield from _faults(site, _pages(site))


def _faults(site: Path, pages: dict[str, Page]) -> Iterator[str]:
    if "index.html" not in pages:
        yield "index.html is missing"
    for page in pages.values():
        for fault in (*_structure(page), *_images(page), *_text(page), *_links(page, pages, site)):
            yield f"{page.name}: {fault}"
    yield from _results(site, pages)


def _pages(site: Path) -> dict[str, Page]:
    names = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.html"))}
    # The theme's own fragments are no pages.
    return {name: Page(path, name) for name, path in names.items() if not name.startswith(("_static/", "editions/"))}


def _structure(page: Page) -> Iterator[str]:
    if not page.soup.html or not page.soup.html.get("lang"):
        yield "the page does not say its language"
    headings = page.soup.select("article h1") or page.soup.find_all("h1")
    if len(headings) != 1:
        yield f"has {len(headings)} first-level headings; one is due"
    twice = sorted(name for name, count in page.anchors.items() if count > 1)
    if twice:
        yield f"the id {twice[0]!r} stands twice"


def _images(page: Page) -> Iterator[str]:
    for image in page.soup.find_all("img"):
        alt, source = (image.get("alt") or "").strip(), image.get("src", "")
        if _FILE_NAME.search(alt):
            yield f"image {source} has a file name for an alt text"
        elif len(alt) < MIN_ALT:
            yield f"image {source} has no alt text that says what it shows (got {alt!r})"


def _text(page: Page) -> Iterator[str]:
    if "Traceback (most recent call last)" in page.soup.get_text():
        yield "holds a traceback"
    for what, pattern in _BROKEN_TEXT.items():
        hit = pattern.search(page.prose)
        if hit:
            yield f"holds {what}: …{' '.join(page.prose[max(hit.start() - 40, 0) : hit.end() + 20].split())}…"


def _links(page: Page, pages: dict[str, Page], site: Path) -> Iterator[str]:
    for tag, attribute in _addresses(page):
        address = tag[attribute]
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") or address.startswith("//"):
            if tag.name != "a":
                yield f"<{tag.name}> asks another host: {address}"
            continue
        if parts.scheme in ("mailto", "data", "javascript") or not address:
            continue
        yield from _inner_link(page, address, pages, site)


def _addresses(page: Page) -> Iterator[tuple[Tag, str]]:
    for attribute in ("href", "src"):
        for tag in page.soup.find_all(attrs={attribute: True}):
            if tag.name == "link" and "canonical" in (tag.get("rel") or []):
                continue
            yield tag, attribute


def _inner_link(page: Page, address: str, pages: dict[str, Page], site: Path) -> Iterator[str]:
    path, fragment = urldefrag(address)
    target = (page.path.parent / unquote(path.split("?")[0])).resolve() if path else page.path.resolve()
    if target.is_dir():
        target = target / "index.html"
    if not target.exists():
        yield f"dead link {address}"
    elif fragment and target.suffix == ".html":
        name = target.relative_to(site.resolve()).as_posix()
        if name in pages and unquote(fragment) not in pages[name].anchors:
            yield f"dead anchor {address}"


def _results(site: Path, pages: dict[str, Page]) -> Iterator[str]:
    """results.json is there, and each claim's address leads to its anchor."""
    try:
        claims = json.loads((site / "results.json").read_text(encoding="utf-8"))["claims"]
    except (OSError, ValueError, KeyError):
        yield "results.json is missing or does not read"
        return
    for claim in claims:
        name, fragment = urldefrag(claim["page"])
        if name not in pages or fragment not in pages[name].anchors:
            yield f"results.json: claim {claim['id']} points to {claim['page']}, which is not there"
