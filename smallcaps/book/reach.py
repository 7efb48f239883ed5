"""What leads readers and machines to the pages: 404.html, llms.txt and, once the site has an address, the rest.

Canonical links, social cards, the sitemap and the feed need the address at which the site stands. It is the setting
SITE_URL (an environment variable, empty by default); while it is empty they are left out.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from smallcaps.book import paths
from smallcaps.errors import InputError
from smallcaps.snapshot import current

TITLE = "Small Caps, Tested"
_NO_ENTRY = ("search.html", "404.html", "genindex.html")
_RELEASE = re.compile(r"^## (?P<version>\S+) \((?P<date>\d{4}-\d\d-\d\d)\)\n(?P<text>.*?)(?=^## |\Z)", re.M | re.S)


@dataclass(frozen=True)
class Entry:
    """One page as a list of pages names it."""

    name: str
    title: str
    description: str


def site_url() -> str:
    """The address of the site with a slash at its end, "" if none is set; InputError if it is no web address."""
    address = os.environ.get("SITE_URL", "").strip()
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise InputError(f"SITE_URL is {address!r}; it takes an address such as https://example.org/book/")
    return address.rstrip("/") + "/"


def entries(site: Path) -> list[Entry]:
    """The pages of the site in the order of its contents."""
    index = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    links = [a["href"] for a in index.select(".bd-links a") if a["href"].endswith(".html")]
    names = list(dict.fromkeys(["index.html", *links, *sorted(path.name for path in site.glob("*.html"))]))
    found = (_entry(site / name) for name in names if name not in _NO_ENTRY)
    return [entry for entry in found if entry is not None]


def _entry(path: Path) -> Entry | None:
    start, _, _ = path.read_text(encoding="utf-8").partition("</head>")  # all that is asked for stands there
    head = BeautifulSoup(start, "html.parser").head
    if head is None or head.title is None:
        return None  # a page that only leads to another one
    said = head.find("meta", attrs={"name": "description"})
    title = head.title.get_text().split(" — ")[0].strip()
    return Entry(path.name, title, said["content"] if said else "")


def write_reach(site: Path) -> None:
    """Write 404.html and llms.txt; with SITE_URL also the canonical links, cards, sitemap.xml and feed.xml."""
    url = site_url()
    (site / "404.html").write_text(not_found(url), encoding="utf-8")
    if not (site / "index.html").exists():
        return
    pages = entries(site)
    (site / "llms.txt").write_text(llms(pages, url), encoding="utf-8")
    if url:
        from smallcaps.book import social  # draws, which a site without an address need not wait for

        picture = _picture(url, social.alt(site)) if social.write_card(site) else {}
        for page in pages:
            _add_address(site / page.name, page, url, picture)
        (site / "sitemap.xml").write_text(sitemap(pages, url), encoding="utf-8")
        (site / "feed.xml").write_text(feed(url), encoding="utf-8")


def address(page: Entry, url: str) -> str:
    """Where a page stands: the first page at the root itself."""
    return url if page.name == "index.html" else url + page.name


def not_found(url: str) -> str:
    """A page that stands alone, for it is shown at any depth below the site's root."""
    root = urlsplit(url).path if url else "./"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Page not found — {TITLE}</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 1.1rem/1.6 Georgia, serif; max-width: 36rem; margin: 18vh auto 0; padding: 0 1.2rem; }}
  a {{ color: #00598f; }}
  @media (prefers-color-scheme: dark) {{ body {{ background: #14181d; color: #e8ecf1; }} a {{ color: #7cc4f2; }} }}
</style>
</head>
<body>
<main>
<h1>There is no such page</h1>
<p>The address may be mistyped, or the page may have another name now.</p>
<p><a href="{root}index.html">Start page</a> · <a href="{root}claims.html">All claims</a> ·
<a href="{root}search.html">Search</a></p>
</main>
</body>
</html>
"""


def llms(pages: list[Entry], url: str) -> str:
    """The site for language models (llms.txt): what it is, each page in a line, and where the numbers are."""
    lines = [f"# {TITLE}", "", f"> {pages[0].description}", "", "## Pages", ""]
    lines += [f"- [{page.title}]({url}{page.name}): {page.description}" for page in pages]
    lines += [
        "",
        "## Numbers",
        "",
        f"- [results.json]({url}results.json): every claim with estimate, interval, base rate,",
    ]
    lines[-1] += " n, smallest detectable effect, verdict and the reason for it"
    return "\n".join(lines) + "\n"


def _picture(url: str, alt: str) -> dict[str, str]:
    """The properties of the picture that stands for every page."""
    from smallcaps.book.social import CARD, HEIGHT, WIDTH

    return {
        "og:image": url + CARD,
        "og:image:type": "image/png",
        "og:image:width": str(WIDTH),
        "og:image:height": str(HEIGHT),
        "og:image:alt": alt,
    }


def _add_address(path: Path, page: Entry, url: str, picture: dict[str, str]) -> None:
    """The page's own address in its head, and what a social network shows of it."""
    where = address(page, url)
    properties = {
        "og:type": "website" if page.name == "index.html" else "article",
        "og:site_name": TITLE,
        "og:title": page.title,
        "og:description": page.description,
        "og:url": where,
        **picture,
    }
    tags = "".join(f'<meta property="{name}" content="{escape(text)}"/>\n' for name, text in properties.items())
    shown = "summary_large_image" if picture else "summary"
    tags += f'<meta name="twitter:card" content="{shown}"/>\n<link rel="canonical" href="{escape(where)}"/>\n'
    tags += f'<link rel="alternate" type="application/atom+xml" title="{TITLE}" href="feed.xml"/>\n'
    path.write_text(path.read_text(encoding="utf-8").replace("</head>", f"{tags}</head>", 1), encoding="utf-8")


def sitemap(pages: list[Entry], url: str) -> str:
    """The sitemap: every page once. It has no dates, for a date of building would say nothing about the content."""
    places = "".join(f"  <url><loc>{escape(address(page, url))}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )


def newest_release(*, changelog: Path = paths.ROOT / "CHANGELOG.md") -> tuple[str, str]:
    """Version and date (YYYY-MM-DD) of the release that the changelog names first."""
    newest = _releases(changelog)[0]
    return newest["version"], newest["date"]


def newest_day() -> str:
    """The day (YYYY-MM-DD) that files of the book bear: that of its newest release or of its data, the later one."""
    return max(newest_release()[1], current().manifest["created"])


def _releases(changelog: Path) -> list[re.Match[str]]:
    return list(_RELEASE.finditer(changelog.read_text(encoding="utf-8")))


def feed(url: str, *, changelog: Path = paths.ROOT / "CHANGELOG.md") -> str:
    """An Atom feed with an entry a release of the changelog, newest first."""
    releases = _releases(changelog)
    written = "".join(
        f"<entry><title>{TITLE} {escape(release['version'])}</title><id>{url}#{escape(release['version'])}</id>"
        f'<link href="{url}"/><updated>{release["date"]}T00:00:00Z</updated>'
        f"<content>{escape(' '.join(release['text'].split()))}</content></entry>\n"
        for release in releases
    )
    newest = max((release["date"] for release in releases), default="1970-01-01")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>{TITLE}</title>'
        f'<id>{url}</id><link href="{url}"/><link rel="self" href="{url}feed.xml"/>'
        f"<updated>{newest}T00:00:00Z</updated>"
        f"<author><name>The Small Caps, Tested contributors</name></author>\n{written}</feed>\n"
    )
