"""Jupyter Book as a process that waits: it builds when it is told to, and goes when nobody needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from smallcaps.book import typeset
from smallcaps.errors import BuildError

TOC = "format: jb-book\nroot: index\n"


@pytest.fixture
def work(tmp_path):
    """A book of one page, and the settings for it."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "_toc.yml").write_text(TOC, encoding="utf-8")
    (source / "index.md").write_text("# One page\n", encoding="utf-8")
    (source / "_config.yml").write_text("title: One\n", encoding="utf-8")
    return tmp_path


def pages(work):
    page = work / "_build" / "html" / "index.html"
    source = work / "source"
    return page, typeset.jupyter_book(work, config=source / "_config.yml", toc=source / "_toc.yml", page=page)


def test_it_builds_when_told_and_takes_away_what_stood_there(work):
    page, waiting = pages(work)
    page.parent.mkdir(parents=True)
    (page.parent / "earlier.html").write_text("old", encoding="utf-8")
    with waiting as build:
        assert not page.exists()
        build()
    assert "One page" in page.read_text(encoding="utf-8")
    assert not (page.parent / "earlier.html").exists()


def test_a_warning_is_an_error_that_names_its_page(work):
    (work / "source" / "index.md").write_text("# One page\n\n[away](nowhere.md)\n", encoding="utf-8")
    _, waiting = pages(work)
    with waiting as build, pytest.raises(BuildError, match=r"^the pages could not be built: .*index.md.*nowhere.md"):
        build()


def test_one_that_nobody_needs_is_ended(work, monkeypatch):
    started = []
    start = subprocess.Popen

    def seen(*args, **options):
        started.append(start(*args, **options))
        return started[-1]

    monkeypatch.setattr(typeset.subprocess, "Popen", seen)
    _, waiting = pages(work)
    with pytest.raises(ZeroDivisionError), waiting:
        raise ZeroDivisionError
    assert started[0].returncode is not None


def test_it_ends_by_itself_when_whoever_asked_is_gone():
    answer = subprocess.run([sys.executable, "-c", typeset._PROGRAM], stdin=subprocess.DEVNULL, capture_output=True)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, b"", b"")
