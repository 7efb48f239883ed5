"""Whole builds in copies of the checkout: what runs again, what stays when something fails or is killed."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from checkout import Checkout, files
from sources import publishers
from sources.conftest import House
from sources.servers import Answer, LocalServer

from smallcaps.book.check import find_faults
from smallcaps.book.parameters import CHAPTERS, NOTEBOOKS
from smallcaps.errors import SmallCapsError
from smallcaps.manifest import current_vintage

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("build")]
FIRST = next(iter(CHAPTERS))


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Checkout:
    """A checkout with its book built."""
    checkout = Checkout(tmp_path_factory.mktemp("built"))
    answer = checkout.run("book")
    assert answer.returncode == 0, answer.stderr
    for chapter in CHAPTERS:
        assert f"{chapter:<24} executed" in answer.stdout
    return checkout


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_changed_runs_nothing(built):
    began = time.perf_counter()
    answer = built.run("book")
    seconds = time.perf_counter() - began
    assert answer.returncode == 0
    assert "executed" not in answer.stdout
    assert answer.stdout.count("unchanged") == len(NOTEBOOKS)
    assert seconds < 20  # no timed test: only far from what a build takes


def test_two_builds_are_byte_identical(built, tmp_path):
    other = Checkout(tmp_path / "elsewhere" / "deeper")
    assert other.run("book").returncode == 0
    one, two = files(built.site), files(other.site)
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []


def test_a_changed_chapter_alone_runs_again(built):
    notebook = built.root / "chapters" / f"{FIRST}.ipynb"
    before = notebook.read_text(encoding="utf-8")
    change(notebook, "## What this data cannot know", "## What this data cannot know\\n\\nMore.")
    try:
        answer = built.run("book")
    finally:
        notebook.write_text(before, encoding="utf-8")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.count("executed") == 1
    assert f"{FIRST:<24} executed" in answer.stdout
    assert built.run("book").returncode == 0


def test_a_failing_notebook_is_named_and_the_old_site_stays(built):
    before = files(built.site)
    notebook = built.root / "chapters" / f"{FIRST}.ipynb"
    source = notebook.read_text(encoding="utf-8")
    change(
        notebook, "from smallcaps import charts", "raise RuntimeError('made to fail')\\nfrom smallcaps import charts"
    )
    try:
        answer = built.run("book")
    finally:
        notebook.write_text(source, encoding="utf-8")
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    assert FIRST in line
    assert "cell" in line
    assert "RuntimeError: made to fail" in line
    kept = built.root / "_build" / "failed" / f"{FIRST}.ipynb"
    assert "made to fail" in kept.read_text(encoding="utf-8")
    assert files(built.site) == before


def test_a_warning_on_a_page_fails_the_build_and_the_old_site_stays(built):
    before = files(built.site)
    page = built.root / "chapters" / "references.md"
    source = page.read_text(encoding="utf-8")
    page.write_text(source + "\nSee [nowhere](nowhere.md).\n", encoding="utf-8")
    try:
        answer = built.run("book")
    finally:
        page.write_text(source, encoding="utf-8")
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    assert "nowhere" in line
    assert str(built.root) not in line
    assert files(built.site) == before


def test_an_altered_table_stops_the_build(built):
    before = files(built.site)
    table = next((built.root / "data" / "snapshot").glob("*/index_levels.csv"))
    content = table.read_bytes()
    table.write_bytes(content.replace(b"46.67", b"46.68", 1))
    try:
        answer = built.run("book")
    finally:
        table.write_bytes(content)
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    assert "index_levels" in line
    assert "altered" in line
    assert files(built.site) == before


def test_after_failed_refreshes_the_old_snapshot_builds_the_book(built):
    """A dead server, a page in place of data, a column that is gone, a month twice: each leaves what was there."""
    before = files(built.site)
    server = LocalServer(publishers.answer)
    home = House(built.root / "data", server)
    good = publishers.answer

    def spoilt(change):
        return lambda question: replace(good(question), body=change(good(question).body))

    def twice(body: bytes) -> bytes:
        return body + body.splitlines(keepends=True)[-1]

    faults = {
        "500": lambda question: Answer(b"oops", 500),
        "web page": lambda question: Answer(b"<!DOCTYPE html><html>maintenance</html>"),
        "observation_date": spoilt(lambda body: body.replace(b"observation_date", b"day")),
        "twice": spoilt(twice),
    }
    try:
        for word, answering in faults.items():
            server.answering = answering
            assert word in home.complaint(SmallCapsError, only=["fred"])
            answer = built.run("book")
            assert answer.returncode == 0, answer.stderr
            assert "executed" not in answer.stdout
    finally:
        server.close()
    # And it is not the cache that says so: a chapter on these tables computes the same again.
    shutil.rmtree(built.root / "_build" / "cache" / "inflation_and_dollar")
    (built.site / ".built").unlink()
    answer = built.run("book")
    assert answer.returncode == 0, answer.stderr
    assert "inflation_and_dollar     executed" in answer.stdout
    assert files(built.site) == before


def still_at_work(folder: Path, *, patience: float = 5.0) -> list[str]:
    """The commands of the processes that work in `folder` and have not ended after `patience` seconds."""
    found = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        if str(process.info["cwd"] or "").startswith(str(folder)):
            found.append(process)
    _, alive = psutil.wait_procs(found, timeout=patience)
    return [" ".join(process.info["cmdline"] or ())[:120] for process in alive]


@pytest.mark.parametrize("after", [1.0, 6.0, 15.0])
def test_a_killed_build_leaves_the_old_site(built, after):
    before = files(built.site)
    source = built.root / "chapters" / "references.md"
    text = source.read_text(encoding="utf-8")
    source.write_text(text + f"\nBuilt at {after}.\n", encoding="utf-8")
    cache = built.root / "_build" / "cache" / FIRST
    for notebook in cache.glob("*.ipynb"):
        notebook.unlink()
    process = built.start("book")
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not still_at_work(built.root), "a child went on without the build"
    source.write_text(text, encoding="utf-8")
    answer = built.run("book")
    assert answer.returncode == 0, answer.stderr
    assert files(built.site) == before


def test_an_edition_has_its_own_folder_and_prints_both_spans(built):
    before = files(built.site)
    answer = built.run("book", "--start", "1950-01", "--end", "1990-12")
    assert answer.returncode == 0, answer.stderr
    edition = built.site / "editions" / "1950-01_1990-12"
    results = json.loads((edition / "results.json").read_text(encoding="utf-8"))
    assert (results["edition"]["start"], results["edition"]["end"]) == ("1950-01", "1990-12")
    uncovered = (edition / "etf_flows.html").read_text(encoding="utf-8")
    assert "1950-01 to 1990-12" in uncovered
    assert "1993-02 to" in uncovered
    flows = [claim for claim in results["claims"] if claim["chapter"] == "etf_flows" and claim["ceiling"] != "none"]
    assert {claim["verdict"] for claim in flows} == {"outside this edition"}
    page = (edition / f"{FIRST}.html").read_text(encoding="utf-8")
    assert "1950-01" in page
    assert "1926-07" in page
    # Each About page leads to the other; the book is otherwise as it was, and so is the page once the edition is gone.
    assert 'href="editions/1950-01_1990-12/index.html"' in (built.site / "about.html").read_text(encoding="utf-8")
    assert 'href="../../index.html"' in (edition / "about.html").read_text(encoding="utf-8")
    assert list(find_faults(built.site)) == list(find_faults(edition)) == []
    compared = built.run("compare", "book", "1950-01_1990-12")
    assert compared.returncode == 0, compared.stderr
    assert "1926-07 to 2026-09 → 1950-01 to 1990-12" in compared.stdout
    assert "→ outside this edition" in compared.stdout
    shutil.rmtree(edition.parent)
    assert built.run("book").returncode == 0
    assert files(built.site) == before


def test_a_single_run_has_its_own_page_and_results(built):
    before = files(built.site)
    answer = built.run("run", FIRST, "--start", "1970-01", "--end", "2019-12")
    assert answer.returncode == 0, answer.stderr
    (folder,) = (built.root / "_build" / "runs").glob(f"{FIRST}-*")
    comparison = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    assert comparison["parameters"]["end"] == {"book": "2026-09", "run": "2019-12"}
    assert comparison["figures"]
    assert "Compared with the book" in (folder / f"{FIRST}.html").read_text(encoding="utf-8")
    made = files(folder)
    again = built.run("run", FIRST, "--start", "1970-01", "--end", "2019-12")
    assert "unchanged" in again.stdout
    assert "executed" not in again.stdout
    assert files(folder) == made
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert results["edition"]["end"] == "2019-12"
    assert (folder / f"{FIRST}.html").exists()
    assert (folder / f"{FIRST}.ipynb").exists()
    assert files(built.site) == before


def test_the_defaults_of_a_chapter_give_the_book(built):
    """Also its corrected p-values and verdicts: the other chapters' tests count in a run as they do in the book."""
    answer = built.run("run", "etf_flows")
    assert answer.returncode == 0, answer.stderr
    assert "0 of 6 verdicts differ, the numbers of 0, the data of 0 of 6 figures" in answer.stdout


def test_verify_proves_the_book(built):
    before = files(built.site)
    answer = built.run("verify")
    assert answer.returncode == 0, answer.stderr
    assert "inputs that differ       none" in answer.stdout
    assert "to the digit" in answer.stdout.splitlines()[-1]
    assert files(built.site) == before


def test_verify_names_what_is_not_reproduced_and_each_kind_of_input(built):
    """One change of each kind after the book was built: a table, a parameter and its code, the lock, the machine."""
    root = built.root
    (table,) = (root / "data" / "snapshot" / current_vintage()).glob("etf_volume.csv")
    changes = {
        root / "smallcaps" / "book" / "parameters.py": ("lags: int = Field(default=6", "lags: int = Field(default=4"),
        root / "chapters" / "etf_flows.ipynb": ("lags = 6", "lags = 4"),
        root / "requirements.txt": ("numpy", "# a change\nnumpy"),
        built.site / "inputs.json": ('"machine": "', '"machine": "not-'),
    }
    manifest = table.with_name("manifest.json")
    before = {path: path.read_bytes() for path in (*changes, table, manifest)}
    head, *rows = (line.split(",") for line in before[table].decode().splitlines())
    louder = [head, *([*row[:-1], str(int(row[-1]) * 2)] for row in rows)]
    table.write_text("\n".join(map(",".join, louder)) + "\n", encoding="utf-8", newline="")
    change(manifest, *(hashlib.sha256(content).hexdigest() for content in (before[table], table.read_bytes())))
    for path, (old, new) in changes.items():
        change(path, old, new)
    try:
        answer = built.run("verify")
    finally:
        for path, content in before.items():
            path.write_bytes(content)
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    assert "are not reproduced" in line
    for words in (
        "data (etf_volume)",
        "smallcaps/book/parameters.py",
        "lock (requirements.txt)",
        "parameters (etf_flows.lags: 6 → 4)",
        "platform (machine: not-",
    ):
        assert words in line
    assert "claim flows-iwm-volume: estimate" in answer.stdout
    assert "figure etf_flows/around-flow" in answer.stdout
    others = [name for name in CHAPTERS if name != "etf_flows"]
    assert not [name for name in others if f"figure {name}/" in answer.stdout]
