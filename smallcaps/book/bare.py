"""A page's text and figures alone, for paper and for e-readers: without what only a screen with a site can do."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from bs4 import Tag

WIDE, NARROW = "sc-wide", "sc-narrow"
WHERE_THE_CODE_IS = (
    "The code is left out here. The chapters/ folder of the repository holds the notebooks that computed every number, "
    "and the site of the book offers each as it was executed, with the data of every figure as a CSV file."
)
_FOR_SCREENS = (
    *("script", "div.cell", "section[id^=the-code-]", "a.headerlink", "div.toctree-wrapper"),
    *(".d-print-none", ".sc-links", ".sc-filters", ".sc-note", ".sd-summary-state-marker", "img.only-dark"),
)


def reduce(article: Tag, *, drawing: str) -> None:
    """Leave of `article` its text, its tables and one drawing of each figure in print colours: WIDE or NARROW.

    Code goes, and so do buttons and filters; what folds out lies open.
    """
    for tag in article.select(", ".join(_FOR_SCREENS)):
        if not tag.decomposed:
            tag.decompose()
    for image in article.select(f".sc-figure img:not(.{drawing})"):
        image.decompose()
    for image in article.select("img"):  # a browser that prints does not scroll
        image.attrs.pop("loading", None)
        image.attrs.pop("decoding", None)
    for switch in article.select("nav.sc-editions"):  # the editions lie beside each other on the site alone
        sentence = switch.find_previous_sibling("p")
        if sentence and sentence.get_text().rstrip().endswith(":"):
            sentence.decompose()
        switch.decompose()
    for details in article.select("details"):
        details["open"] = ""


def lead(article: Tag, target: Callable[[str], str | None]) -> None:
    """Let every link lead to what `target` gives for its address; None leaves its words without a link.

    Links to other hosts and to mailboxes stay as they are.
    """
    for link in article.select("a[href]"):
        if urlsplit(link["href"]).scheme in ("http", "https", "mailto"):
            continue
        goal = target(link["href"])
        if goal is None:
            link.name = "span"
            link.attrs = {"class": link["class"]} if link.get("class") else {}
        else:
            link["href"] = goal
            link.attrs.pop("title", None)
