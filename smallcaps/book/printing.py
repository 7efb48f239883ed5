"""The book on paper: the pages of the built site as one document, and its PDF by Debian's chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urldefrag

import yaml
from bs4 import BeautifulSoup, Tag

from smallcaps.book import bare, paths
from smallcaps.book.plan import plan_edition
from smallcaps.book.reach import TITLE, newest_day
from smallcaps.book.sheets import PRINTED
from smallcaps.book.site import built_site
from smallcaps.errors import BuildError

NAME = "small-caps-tested"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--no-pdf-header-footer", "--generate-pdf-document-outline"),
)
_MINUTES = 5  # a printer that takes longer than that hangs
_ON_ITS_SIDE = ("claims",)  # the ledger has seven columns
_PDF_NODE, _PDF_HOUR = re.compile(rb"\bnode(\d{8})\b"), re.compile(rb"\(D:\d{14}")
_PDF_OBJECT = re.compile(rb"^(\d+) 0 obj\n(.*?)^endobj", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Chapter:
    """One page of the site as the printed book names it; `part` is the caption above it in the contents."""

    name: str
    title: str
    part: str
    article: Tag


def make_pdf() -> Path:
    """The book as one PDF, made from the site that the last build put in place; the file. One browser, one site: the
    same bytes.

    BuildError without a browser or a site of these inputs, or if nothing is printed; the PDF that stood there stays.
    """
    browser = find_browser()
    site = built_site(plan_edition())
    chapters = read_chapters(site)
    folder = paths.BUILD / "print"
    folder.mkdir(parents=True, exist_ok=True)
    # The browser cannot refer to the page of a link, so the first print tells the contents of the second its numbers.
    first = _printed(browser, document(chapters, site, folder), folder)
    aside = folder / f"{NAME}.pdf"
    second = _printed(browser, document(chapters, site, folder, numbers=page_numbers(first)), folder)
    aside.write_bytes(settled(second, day=newest_day()))
    target = paths.BUILD / aside.name
    aside.replace(target)
    print(f"open {target.relative_to(paths.ROOT).as_posix()}")
    return target


def find_browser() -> str:
    """The path of the browser; BuildError says what to install where there is none."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        raise BuildError(f"a PDF needs a browser: none of {', '.join(BROWSERS)} is here; install Debian's chromium")
    return found


def read_chapters(site: Path, *, toc: Path = paths.ROOT / "_toc.yml") -> list[Chapter]:
    """The pages of the site in the order of its contents; BuildError names the first that is missing."""
    contents = yaml.safe_load(toc.read_text(encoding="utf-8"))
    order = [("", contents["root"])]
    order += [(part["caption"], page["file"]) for part in contents["parts"] for page in part["chapters"]]
    return [_chapter(site / f"{name}.html", part) for part, name in order]


def _chapter(page: Path, part: str) -> Chapter:
    if not page.exists():
        raise BuildError(f"{page.name} is not in _build/html: make book builds the pages that are to be printed")
    article = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select_one("article")
    heading = article.h1.get_text().removesuffix("#").strip()
    return Chapter(page.stem, heading, part, article)


def document(chapters: list[Chapter], site: Path, folder: Path, *, numbers: dict[str, int] | None = None) -> str:
    """The HTML of the whole book, to be read from a file in `folder`; `numbers` are the pages for its contents."""
    names = {chapter.name for chapter in chapters}
    where = Path(os.path.relpath(site, folder)).as_posix()
    articles = [_article(chapter, names, where) for chapter in chapters]
    sheets = "\n".join((site / "_static" / name).read_text(encoding="utf-8") for name in PRINTED)
    # On screen a font that comes late is left out; a printer waits for it.
    sheets = sheets.replace("font-display: optional", "font-display: block").replace('url("', f'url("{where}/_static/')
    sheets += "\n@page { size: A4; }\n" + "".join(map(_sheet, chapters))
    return (
        f'<!DOCTYPE html>\n<html lang="en" data-theme="light" class="sc-book"><head><meta charset="utf-8">'
        f"<title>{TITLE}</title><style>\n{sheets}</style></head>\n"
        f"<body>\n{articles[0]}{_contents(chapters, numbers or {})}{''.join(articles[1:])}\n</body></html>\n"
    )


def _sheet(chapter: Chapter) -> str:
    """The sheets of a chapter: its title at their head, and wide ones for what is wide."""
    title = json.dumps(chapter.title, ensure_ascii=False)  # quoted as a style sheet quotes
    head = f'@top-right {{ content: {title}; font: 8.5pt "Source Sans 3", sans-serif; }}' if chapter.part else ""
    side = " landscape" if chapter.name in _ON_ITS_SIDE else ""
    return f"@page {chapter.name} {{ size: A4{side}; {head} }}\n#{chapter.name} {{ page: {chapter.name}; }}\n"


def _article(chapter: Chapter, names: set[str], where: str) -> str:
    """A chapter for the document: ids that no other chapter has, and links that stay in the document."""
    article = BeautifulSoup(str(chapter.article), "html.parser").article
    bare.reduce(article, drawing=bare.WIDE)

    def target(address: str) -> str | None:
        page, anchor = urldefrag(address)
        name = Path(page).stem if page else chapter.name
        if name not in names or (page and page != f"{name}.html"):
            return None
        return f"#{name}--{anchor}" if anchor else f"#{name}"

    bare.lead(article, target)
    for tag in article.select("[id]"):
        tag["id"] = f"{chapter.name}--{tag['id']}"
    for tag in article.select("[aria-describedby]"):
        tag["aria-describedby"] = f"{chapter.name}--{tag['aria-describedby']}"
    for image in article.select("img"):
        image["src"] = f"{where}/{image['src']}"
    article["id"] = chapter.name
    return f"{article}\n"


def _contents(chapters: list[Chapter], numbers: dict[str, int]) -> str:
    """The page of the contents: each chapter with the page on which it begins."""
    rows, part = [], ""
    for chapter in chapters[1:]:
        if chapter.part != part:
            part = chapter.part
            rows.append(f'<li class="sc-part">{escape(part)}</li>')
        number = numbers.get(chapter.name, "")
        rows.append(
            f'<li><a href="#{chapter.name}"><span>{escape(chapter.title)}</span> <span>{number}</span></a></li>'
        )
    return (
        f'<nav class="bd-article" id="contents"><h2>Contents</h2><ul>{"".join(rows)}</ul>'
        f"<p>{bare.WHERE_THE_CODE_IS}</p></nav>"
    )


def _printed(browser: str, html: str, folder: Path) -> bytes:
    """The bytes of the PDF that `browser` prints of `html`, which is written into `folder` and stays there."""
    page = folder / f"{NAME}.html"
    page.write_text(html, encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        target = Path(profile) / "book.pdf"
        command = [browser, *_FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={target}", page.resolve().as_uri()]
        try:
            answer = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60 * _MINUTES)
        except subprocess.TimeoutExpired:
            raise BuildError(f"the browser did not print the book within {_MINUTES} minutes") from None
        if not target.exists():
            raise BuildError(f"the browser wrote no PDF: {' '.join(answer.stderr.split())[-200:] or 'it says nothing'}")
        return target.read_bytes()


def page_numbers(pdf: bytes) -> dict[str, int]:
    """The page of each place that a link of `pdf` leads to, from 1; BuildError if the file does not say.

    Reads what the browser writes: plain objects, a tree of pages, and one table of named places.
    """
    objects = {int(number): content for number, content in _PDF_OBJECT.findall(pdf)}

    def leaves(number: int) -> list[int]:
        kids = re.search(rb"/Kids \[([^\]]*)\]", objects[number])
        return [leaf for kid in _references(kids[1]) for leaf in leaves(kid)] if kids else [number]

    root = next((content for content in objects.values() if b"/Type /Catalog" in content), b"")
    tree, places = (re.search(rb"/%s (\d+) 0 R" % key, root) for key in (b"Pages", b"Dests"))
    if not tree or not places:
        raise BuildError("the browser's PDF does not say where its pages are, so its contents would have no numbers")
    order = {page: number for number, page in enumerate(leaves(int(tree[1])), 1)}
    found = re.findall(rb"/(\S+) \[(\d+) 0 R", objects[int(places[1])])
    return {name.decode(): order[int(page)] for name, page in found}


def settled(pdf: bytes, *, day: str) -> bytes:
    """The PDF without what differs from print to print: the hour, and the numbers at which the browser counts on.

    What comes instead is as long, so every object stays where the file says that it is; the order of the numbers, by
    which readers look them up, stays too. `day` is YYYY-MM-DD.
    """
    numbers = {name: b"%08d" % place for place, name in enumerate(sorted(set(_PDF_NODE.findall(pdf))))}
    counted = _PDF_NODE.sub(lambda node: b"node" + numbers[node[1]], pdf)
    return _PDF_HOUR.sub(b"(D:" + day.replace("-", "").encode() + b"000000", counted)


def _references(text: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb"(\d+) 0 R", text)]
