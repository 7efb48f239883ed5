"""The glossary's words on other pages: links everywhere, notes in the margin of chapters."""

from __future__ import annotations

from bs4 import BeautifulSoup
from docutils import nodes
from docutils.core import publish_doctree

from smallcaps.book.terms import NOTED, NOTES, glossary, link_terms

TERMS = {
    "base rate": ("term-base-rate", "How often it happens anyway. More of it."),
    "interval": ("term-interval", "Values that are not rejected."),
    "specification": ("term-specification", "The choices. And so on."),
    "placebo date": ("term-placebo-date", "A date of nothing."),
    "vintage": ("term-vintage", "The state of a table."),
}
LONG = "Words that make a paragraph long enough to stand beside a note. " * 4


def page(*paragraphs: str, answer: bool = True) -> BeautifulSoup:
    """An article with a section for each paragraph, the first of them the answer."""
    ids = ["the-answer" if answer else "a", *(f"s{n}" for n in range(1, len(paragraphs)))]
    sections = "".join(
        f'<section id="{name}"><p>{text}</p></section>' for name, text in zip(ids, paragraphs, strict=True)
    )
    return BeautifulSoup(f"<article>{sections}</article>", "html.parser")


def linked(soup: BeautifulSoup) -> BeautifulSoup:
    link_terms(soup, TERMS)
    return soup


def test_a_meaning_is_the_first_paragraph_without_the_list_below_it():
    document = publish_doctree(
        "verdict\n    One word\n    of nine.\n\n    - pending: later.\n\nvintage\n    A state.\n"
    )
    for number, item in enumerate(document.findall(nodes.term)):
        item["ids"] = [f"t{number}"]  # Sphinx gives them
    assert glossary(document) == {"verdict": ("t0", "One word of nine."), "vintage": ("t1", "A state.")}


def test_only_the_first_use_is_a_link_with_its_meaning_on_hover():
    soup = linked(page("A base rate here.", "Base rates there, of this vintage.", answer=False))
    expected = [(f"glossary.html#{TERMS[term][0]}", TERMS[term][1]) for term in ("base rate", "vintage")]
    assert [(a["href"], a["title"]) for a in soup.select("a.sc-term")] == expected
    assert not soup.select(".sc-note"), "no chapter, no notes"


def test_a_chapter_says_its_chief_terms_once_in_the_margin():
    soup = linked(page("The base rate. " + LONG))
    (note,) = soup.select(".sc-note")
    assert note["role"] == "note"
    assert note.get_text() == "Base rate How often it happens anyway."
    link = note.find_previous_sibling("a")
    assert link.get_text() == "base rate" and "title" not in link.attrs
    assert link.span["title"] == TERMS["base rate"][1], "who points still sees the whole"


def test_notes_are_few_one_a_section_and_the_chief_terms_come_first():
    crowded = linked(page(f"An interval, a base rate and a specification. {LONG}", f"A placebo date. {LONG}"))
    assert [note.strong.get_text() for note in crowded.select(".sc-note")] == ["Base rate", "Placebo date"]
    many = linked(page(*(f"One {term}. {LONG}" for term in TERMS)))
    assert len(many.select(".sc-note")) == NOTES


def test_short_paragraphs_lists_and_lesser_terms_have_no_note():
    assert not linked(page("A base rate.", f"A vintage. {LONG}")).select(".sc-note")
    soup = page("x")
    soup.p.replace_with(BeautifulSoup(f"<ul><li>A base rate. {LONG}</li></ul>", "html.parser"))
    assert not linked(soup).select(".sc-note")


def test_every_noted_term_is_in_the_glossary(site):
    meanings = BeautifulSoup((site / "glossary.html").read_text(encoding="utf-8"), "html.parser")
    known = {term.get_text().removesuffix("#").strip() for term in meanings.select("dl.glossary dt")}
    assert set(NOTED) <= known
