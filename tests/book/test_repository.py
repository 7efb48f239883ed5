"""Where the source stands: links to the right file of the right version, and buttons in the HTML pages alone."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from smallcaps.book import assemble
from smallcaps.book.plan import Edition, plan_run
from smallcaps.book.repository import launch_buttons, repository
from smallcaps.book.results import Results, Stamp, judge
from smallcaps.book.site import site_key
from smallcaps.errors import InputError

HERE = "https://github.com/example/small-caps-tested"
NOTEBOOK = "chapters/etf_flows.ipynb"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setenv("REPOSITORY_URL", HERE)


@pytest.mark.parametrize(
    ("address", "commit", "source", "binder"),
    [
        (HERE, COMMIT, f"{HERE}/blob/{COMMIT}/{NOTEBOOK}", f"gh/example/small-caps-tested/{COMMIT}"),
        (HERE, None, f"{HERE}/blob/HEAD/{NOTEBOOK}", "gh/example/small-caps-tested/HEAD"),
        (f"{HERE}/tree/main", None, f"{HERE}/blob/main/{NOTEBOOK}", "gh/example/small-caps-tested/main"),
        (f"{HERE}/tree/main", COMMIT, f"{HERE}/blob/{COMMIT}/{NOTEBOOK}", f"gh/example/small-caps-tested/{COMMIT}"),
        (f"{HERE}.git", None, f"{HERE}/blob/HEAD/{NOTEBOOK}", "gh/example/small-caps-tested/HEAD"),
        (f"{HERE}/", None, f"{HERE}/blob/HEAD/{NOTEBOOK}", "gh/example/small-caps-tested/HEAD"),
        (f"{HERE}/tree/a/b/", None, f"{HERE}/blob/a/b/{NOTEBOOK}", "gh/example/small-caps-tested/a%2Fb"),
        (
            "https://gitlab.com/example/books/tested/-/tree/main",
            None,
            f"https://gitlab.com/example/books/tested/-/blob/main/{NOTEBOOK}",
            "gl/example%2Fbooks%2Ftested/main",
        ),
    ],
)
def test_links_lead_to_the_notebook_of_the_version(monkeypatch, address, commit, source, binder):
    monkeypatch.setenv("REPOSITORY_URL", address)
    found = repository()
    assert found.source(NOTEBOOK, commit=commit) == source
    expected = f"https://mybinder.org/v2/{binder}?labpath=chapters%2Fetf_flows.ipynb"
    assert found.binder(NOTEBOOK, commit=commit) == expected


@pytest.mark.parametrize(
    "address",
    [
        "github.com/example/name",
        "http://github.com/example/name",
        "https://github.com/example",
        "https://github.com/example/name/issues",
        "https://github.com/example/name/tree/",
        "https://github.com/example/name?tab=readme",
        "https://example.org/example/name",
        "https://github.com/example/<name>",
        "git@github.com:example/name.git",
    ],
)
def test_an_address_that_cannot_be_used_gets_one_message(monkeypatch, address):
    monkeypatch.setenv("REPOSITORY_URL", address)
    with pytest.raises(InputError, match=re.escape(repr(address))) as caught:
        repository()
    assert "\n" not in str(caught.value) and "https://github.com/OWNER/NAME" in str(caught.value)


@pytest.mark.parametrize("address", ["", "  "])
def test_without_an_address_there_is_no_button(monkeypatch, address):
    monkeypatch.setenv("REPOSITORY_URL", address)
    assert repository() is None
    assert launch_buttons(NOTEBOOK, commit=COMMIT) == ""
    assert not links_of_a_page(etf_flows())


def etf_flows() -> Results:
    texts = ("# ETF flows", "## The answer\n\nIt depends.", "## What this data cannot know")
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]
    claims = judge({}, curves={}, chapters={"etf_flows"})
    return Results(
        Stamp("1993-02", "2026-08", {}, COMMIT, "0"), {"etf_flows": {"cells": cells, "metadata": {}}}, claims, {}
    )


def links_of_a_page(results: Results) -> dict[str, str]:
    """The buttons of the chapter's page by their names, and the place of their cell under its title."""
    page = assemble._chapter_page(plan_run("etf_flows", {}), results, None)
    texts = ["".join(cell["source"]) for cell in page["cells"]]
    with_buttons = [position for position, text in enumerate(texts) if "sc-launch" in text]
    assert with_buttons in ([], [2])
    links = BeautifulSoup(texts[2], "html.parser").select(".sc-launch a")
    return {link.get_text(): link["href"] for link in links}


def test_a_chapters_page_has_them_under_its_title(here):
    assert links_of_a_page(etf_flows()) == {
        "Open in Binder": f"https://mybinder.org/v2/gh/example/small-caps-tested/{COMMIT}?labpath=chapters%2Fetf_flows.ipynb",
        "Source": f"{HERE}/blob/{COMMIT}/{NOTEBOOK}",
    }


def test_another_address_makes_other_pages(monkeypatch):
    edition, keys = Edition("book", "1993-02", "2026-08", (), ()), set()
    for address in ("", HERE, f"{HERE}/tree/main"):
        monkeypatch.setenv("REPOSITORY_URL", address)
        keys.add(site_key(edition))
    assert len(keys) == 3
    monkeypatch.setenv("REPOSITORY_URL", "nowhere")
    with pytest.raises(InputError, match="REPOSITORY_URL"):
        site_key(edition)


@pytest.mark.parametrize(("builder", "shown"), [("html", True), ("singlehtml", False), ("epub", False)])
def test_the_buttons_are_for_the_html_pages_alone(here, tmp_path, builder, shown):
    (tmp_path / "conf.py").write_text('extensions = ["myst_parser"]\nmyst_enable_extensions = ["colon_fence"]\n')
    (tmp_path / "index.md").write_text(f"# A chapter\n\n{launch_buttons(NOTEBOOK, commit=COMMIT)}\n\nText.\n")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, str(tmp_path), str(tmp_path / "out")]
    assert subprocess.run(command, capture_output=True).returncode == 0
    (page,) = (path for path in (tmp_path / "out").glob("index.*html"))
    text = page.read_text(encoding="utf-8")
    assert "A chapter" in text and ("mybinder.org" in text) is shown
