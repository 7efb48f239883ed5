"""Build a site: execute, assemble, hand to Jupyter Book, check, and only then put it in place."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from smallcaps.book import paths
from smallcaps.book.editions import fill_switches
from smallcaps.book.parameters import SUMMARIES
from smallcaps.book.plan import Edition, digest, plan_edition, plan_summaries
from smallcaps.book.repository import repository
from smallcaps.errors import BuildError
from smallcaps.manifest import check_files, current_vintage

if TYPE_CHECKING:
    from smallcaps.book.results import Results

STAMP = ".built"  # what the site in place was made from
DATA = ("results.json", "evidence.json", "inputs.json")  # what machines read of it; one that is gone is made anew


def build_book(*, start: str | None = None, end: str | None = None, name: str | None = None) -> Path:
    """Build the book, or the edition `name` from `start` to `end`; the folder of its site.

    Prints a line a notebook, a total, and where to look. BuildError leaves the site that stood there as it was.
    """
    began = time.perf_counter()
    edition = plan_edition(start, end, name)
    repository()  # an address that is none is refused before anything runs
    check_files(current_vintage())  # also where nothing runs: an altered table never passes for the book's
    with _alone():
        _build(edition)
    site = paths.site_folder(edition.name)
    print(f"{'total':<24} {'':<10} {time.perf_counter() - began:5.1f} s")
    print(f"open {_relative(site / 'index.html')}")
    return site


@contextmanager
def _alone() -> Iterator[None]:
    """One build of a checkout at a time; the next one waits. The lock goes with its process, however that ends."""
    paths.BUILD.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.BUILD / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print("another build of this checkout is running; waiting for its end", flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _build(edition: Edition) -> None:
    if not _everything_stands(edition):
        _execute_and_build(edition)
    else:
        for name in (*(run.chapter for run in edition.runs), *SUMMARIES):
            print(f"{name:<24} unchanged    0.0 s")
    fill_switches()


def _everything_stands(edition: Edition) -> bool:
    """Whether the site in place was made from exactly these inputs, so that there is nothing to do."""
    site = paths.site_folder(edition.name)
    recover(site)
    there = all((site / name).exists() for name in ("index.html", *DATA))
    return there and _read(site / STAMP) == site_key(edition)


def _execute_and_build(edition: Edition) -> None:
    # What follows needs the scientific stack; a build with nothing to do has returned before.
    from smallcaps.book.assemble import assemble, copy_downloads
    from smallcaps.book.bundle import write_downloads
    from smallcaps.book.check import require_sound
    from smallcaps.book.typeset import site_pages

    work = paths.work_folder(edition.name)
    with site_pages(work) as typeset:
        results = compute(edition)
        began = time.perf_counter()
        assemble(edition, results, into=work / "source")
        html = typeset()
    copy_downloads(work / "source", html)
    write_data(edition, results, into=html)
    write_downloads(edition, results, into=html)
    print(f"{'pages':<24} {'built':<10} {time.perf_counter() - began:5.1f} s", flush=True)
    print(require_sound(html))
    (html / STAMP).write_text(site_key(edition), encoding="utf-8")
    put_in_place(html, paths.site_folder(edition.name))


def compute(edition: Edition) -> Results:
    """Execute what must run of `edition`, its summaries too; all that its pages are made from."""
    from smallcaps.book.execute import execute_all, prepare
    from smallcaps.book.results import collect, load_run
    from smallcaps.snapshot import current

    prepare(edition.runs)
    current().verify()
    execute_all(edition.runs, report=lambda outcome: print(outcome, flush=True))
    results = collect(edition)
    summaries = plan_summaries(edition, _keep(results.for_summaries()))
    execute_all(summaries, report=lambda outcome: print(outcome, flush=True))
    results.notebooks.update({run.chapter: load_run(run) for run in summaries})
    return results


def write_data(edition: Edition, results: Results, *, into: Path) -> None:
    """Write what machines read of an edition: results.json, evidence.json and inputs.json."""
    from smallcaps.book import inputs

    (into / "results.json").write_text(results.as_json(), encoding="utf-8")
    (into / "evidence.json").write_text(results.evidence_as_json(), encoding="utf-8")
    (into / inputs.FILE).write_text(inputs.as_json(inputs.inputs_of(edition)), encoding="utf-8")


def _keep(results: str) -> Path:
    """Write what the summaries draw on; the file's name is the hash of its content."""
    file = paths.CACHE / "results" / f"{digest(results)[:32]}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    for target in (file, paths.ROOT / paths.LATEST_RESULTS):
        aside = target.with_suffix(".part")
        aside.write_text(results, encoding="utf-8")
        aside.replace(target)
    return file


def site_key(edition: Edition) -> str:
    """The hash of all that decides how the site looks: the runs, the pages' sources, settings and code."""
    themes = {run.source for run in edition.runs}  # their content is in their keys
    files = sorted(path for path in paths.CHAPTERS.rglob("*") if path.is_file() and path not in themes)
    settings = ("_config.yml", "_toc.yml", "CHANGELOG.md", "pyproject.toml", "data/claims.yml", "data/catalog.yml")
    files += [paths.ROOT / name for name in settings]
    files += sorted((paths.ROOT / "data" / "history").glob("*.json"))
    files += sorted((paths.ROOT / "smallcaps").rglob("*.py"))
    addresses = [os.environ.get("SITE_URL", ""), str(repository() or "")]
    return digest(edition.built_from, {_relative(path): digest(path.read_bytes().hex()) for path in files}, addresses)


def built_site(edition: Edition) -> Path:
    """The folder of the site of `edition`; BuildError if none stands or it was made from other inputs."""
    if not _everything_stands(edition):
        site = _relative(paths.site_folder(edition.name))
        raise BuildError(f"{site} holds no site made from what lies here now; make book builds it")
    return paths.site_folder(edition.name)


def put_in_place(html: Path, site: Path) -> None:
    """Replace `site` by a copy of `html` in two renames; at any moment the old or the new one is whole."""
    site.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = site.with_name(site.name + ".new"), site.with_name(site.name + ".old")
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(html, fresh)
    if (site / "editions").exists():  # they live in the book's site and stay when it is built anew
        shutil.copytree(site / "editions", fresh / "editions")
    if site.exists():
        site.rename(old)
    fresh.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def recover(site: Path) -> None:
    """Bring back the site that a killed build had moved aside."""
    old = site.with_name(site.name + ".old")
    if old.exists() and not site.exists():
        old.rename(site)


def _relative(path: Path) -> str:
    return path.relative_to(paths.ROOT).as_posix() if path.is_relative_to(paths.ROOT) else str(path)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
