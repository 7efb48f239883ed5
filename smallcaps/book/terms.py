"""The words of the glossary on the other pages: a link at their first use, and a note in a chapter's margin."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, NavigableString, Tag
from docutils import nodes

Terms = dict[str, tuple[str, str]]  # by term: its anchor on the glossary's page, and its meaning
GLOSSARY = "glossary.html"

# What a verdict turns on, the most important first: these get a note where a chapter uses them.
NOTED = (
    "base rate",
    "smallest detectable effect",
    "specification",
    "sign-flip test",
    "interval",
    "placebo date",
    "drawdown",
    "price return",
)
NOTES = 3  # a page at most, and one a section: a margin full of notes is read by nobody
LONG = 160  # characters of a paragraph that is high enough to stand beside a note
_NO_TERMS = ["a", "h1", "h2", "h3", "code", "pre", "summary", "table", "strong"]  # where no term becomes a link
_QUIET = ["sc-figure", "sc-headlines", "sc-score", "sc-caption", "sc-provenance"]


def glossary(document: nodes.document) -> Terms:
    """Each term of the glossary's page, as Sphinx has read it, with its anchor and its meaning: the first paragraph."""
    found = {}
    for item in document.findall(nodes.definition_list_item):
        *terms, meaning = item.children
        said = " ".join(meaning[0].astext().split())  # a list below it is too long to show on hover
        found |= {term.astext().strip(): (term["ids"][0], said) for term in terms}
    return found


def link_terms(soup: BeautifulSoup, terms: Terms) -> None:
    """Let the first use of each term lead to the glossary, its meaning shown on hover; note the chief ones beside it.

    Only chapters have notes: pages with an answer.
    """
    links = {term: link for term in sorted(terms, key=len, reverse=True) if (link := _link(soup, term, *terms[term]))}
    if soup.select_one("article #the-answer"):
        _notes(links, terms)


def _link(soup: BeautifulSoup, term: str, anchor: str, meaning: str) -> Tag | None:
    """Make the first use of `term` a link; None where the page does not use it."""
    pattern = re.compile(rf"(?<![\w-]){re.escape(term)}s?(?![\w-])", re.IGNORECASE)
    for text in soup.find("article").find_all(string=pattern):
        if text.find_parent(["p", "li"]) is None or text.find_parent(_NO_TERMS) or text.find_parent(class_=_QUIET):
            continue
        hit = pattern.search(text)
        link = soup.new_tag("a", attrs={"class": "sc-term", "href": f"{GLOSSARY}#{anchor}", "title": meaning})
        link.string = hit.group()
        text.replace_with(text[: hit.start()], link, text[hit.end() :])
        return link
    return None


def _notes(links: dict[str, Tag], terms: Terms) -> None:
    """Put the first sentence of a meaning into the margin, right after its term."""
    sections: list[Tag] = []
    for term in (name for name in NOTED if name in links):
        link, paragraph = links[term], links[term].find_parent("p")
        section = paragraph.parent if paragraph else None
        if section is None or section.name != "section" or any(section is other for other in sections):
            continue
        if len(sections) == NOTES or len(paragraph.get_text()) < LONG:
            continue
        sections.append(section)
        _note(link, term, terms[term][1])


def _note(link: Tag, term: str, meaning: str) -> None:
    soup = BeautifulSoup("", "html.parser")
    note = soup.new_tag("span", attrs={"class": "sc-note", "role": "note"})
    name = soup.new_tag("strong")
    name.string = term[0].upper() + term[1:]
    note.extend([name, NavigableString(f" {_first_sentence(meaning)}")])
    link.insert_after(note)
    # The note says it: what shows on hover stays for those who point, without being read out a second time.
    hover = soup.new_tag("span", attrs={"title": link.attrs.pop("title")})
    hover.string = link.get_text()
    link.string = ""
    link.append(hover)


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."
