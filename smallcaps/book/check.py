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

from lxml import html

from smallcaps.book.mend import LISTING
from smallcaps.errors import BuildError

_FILE_NAME = re.compile(r"\.(svg|png|jpe?g)\s*$|^[0-9a-f]{16,}", re.IGNORECASE)
_BROKEN_TEXT = {
    "a number that is not one": re.compile(r"(?<![\w./])(?<!\w-)(nan|NaN|inf)(?![\w-])"),
    "an unfilled template": re.compile(r"\{\{|\}\}|\{%"),
}
_TAG = re.compile(r"<[^>]+>")
_PROSE = "//text()[not(ancestor::script or ancestor::style or ancestor::pre or ancestor::code)]"
_SHOWN = "//text()[not(ancestor::script or ancestor::style)]"
MIN_ALT = 20  # characters: shorter than that says nothing about a chart


@dataclass(frozen=True)
class Page:
    """One HTML page of a site."""

    path: Path
    name: str

    @cached_property
    def tree(self) -> html.HtmlElement:
        # Most tags of a page are the colours of its code; only the text inside them is looked at.
        text = LISTING.sub(lambda found: found[1] + _TAG.sub("", found[2]) + found[3], self.path.read_text("utf-8"))
        return html.document_fromstring(text)

    @cached_property
    def images(self) -> list[html.HtmlElement]:
        """The pictures of the page."""
        return self.tree.xpath("//img")

    @cached_property
    def prose(self) -> str:
        """What the page says outside of scripts, styles and code, where the same words are no result."""
        return " ".join(self.tree.xpath(_PROSE))

    @cached_property
    def anchors(self) -> Counter[str]:
        """How often each id stands on the page."""
        return Counter(self.tree.xpath("//@id"))


def require_sound(site: Path) -> str:
    """A line that says what was checked; BuildError names the first faults and how many there are."""
    pages = _pages(site)
    faults = list(_faults(site, pages))
    if faults:
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise BuildError(f"the site is not sound: {'; '.join(faults[:3])}{more}")
    images = sum(len(page.images) for page in pages.values())
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
    if not page.tree.get("lang"):
        yield "the page does not say its language"
    headings = page.tree.xpath("//article//h1") or page.tree.xpath("//h1")
    if len(headings) != 1:
        yield f"has {len(headings)} first-level headings; one is due"
    twice = sorted(name for name, count in page.anchors.items() if count > 1)
    if twice:
        yield f"the id {twice[0]!r} stands twice"


def _images(page: Page) -> Iterator[str]:
    for image in page.images:
        alt, source = (image.get("alt") or "").strip(), image.get("src", "")
        if _FILE_NAME.search(alt):
            yield f"image {source} has a file name for an alt text"
        elif len(alt) < MIN_ALT:
            yield f"image {source} has no alt text that says what it shows (got {alt!r})"


def _text(page: Page) -> Iterator[str]:
    if "Traceback (most recent call last)" in "".join(page.tree.xpath(_SHOWN)):
        yield "holds a traceback"
    for what, pattern in _BROKEN_TEXT.items():
        hit = pattern.search(page.prose)
        if hit:
            yield f"holds {what}: …{' '.join(page.prose[max(hit.start() - 40, 0) : hit.end() + 20].split())}…"


def _links(page: Page, pages: dict[str, Page], site: Path) -> Iterator[str]:
    for tag, address in _addresses(page):
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") or address.startswith("//"):
            if tag != "a":
                yield f"<{tag}> asks another host: {address}"
            continue
        if parts.scheme in ("mailto", "data", "javascript") or not address:
            continue
        yield from _inner_link(page, address, pages, site)


def _addresses(page: Page) -> Iterator[tuple[str, str]]:
    """Each tag's name and the address that it leads to or loads."""
    for attribute in ("href", "src"):
        for tag in page.tree.xpath(f"//*[@{attribute}]"):
            if tag.tag == "link" and "canonical" in tag.get("rel", "").split():
                continue
            yield tag.tag, tag.get(attribute)


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
