"""Run one chapter with parameters of one's own: an executed notebook, its results, a page, and what the book says."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smallcaps.book import paths
from smallcaps.book.parameters import (
    CHAPTERS,
    SUMMARIES,
    check_inside,
    check_month,
    from_text,
    own_sums,
    span,
    validate,
)
from smallcaps.book.plan import Edition, Run, digest, input_hash, plan_run
from smallcaps.book.site import STAMP, put_in_place, recover, site_key
from smallcaps.errors import BuildError, InputError

if TYPE_CHECKING:
    from smallcaps.book.results import Results

RUN = "run.json"  # what a run's folder says of itself


def run_chapter(
    chapter: str, *, start: str | None = None, end: str | None = None, assignments: list[str] | None = None
) -> Path:
    """Run `chapter` with its own output folder; the folder, which holds the notebook, results.json, comparison.json
    and a page.

    `assignments` are "name=value" words. InputError for what the chapter does not take, before anything is written.
    """
    values = from_text(chapter, assignments or [])
    for name, month in (("start", start), ("end", end)):
        if month and name in values:
            raise InputError(f"{name} is given twice: {month} and {values[name]}; allowed: once")
        if month:
            values[name] = check_month(name.upper(), month)
    run = plan_inside(chapter, values)
    folder = make(run)
    from smallcaps.book.batch import write_index

    write_index()
    for line in told(folder):
        print(line)
    print(f"open {(folder / f'{chapter}.html').relative_to(paths.ROOT)}")
    return folder


def plan_inside(chapter: str, values: Mapping[str, Any]) -> Run:
    """The run of `chapter` with `values`, its window as far as its data go unless they say otherwise.

    InputError for what it does not take, also a window outside its data, and for a page that has no run of its own.
    """
    if chapter in SUMMARIES:
        raise InputError(
            f"chapter {chapter!r} sums up what all chapters found and has no run of its own: make book builds it with "
            f"them, with START and END in an edition; chapters that have one: {', '.join(CHAPTERS)}"
        )
    first, last = span(chapter)
    values = {"start": first, "end": last, **values}
    check_inside(validate(chapter, values), chapter=chapter)
    return plan_run(chapter, values)


def folder_of(run: Run) -> Path:
    """Where the run's page lies: its name holds the hash of all that went into the run."""
    return paths.RUNS / f"{run.chapter}-{run.key[:12]}"


def make(run: Run) -> Path:
    """The folder of the run, made unless it stands already; prints a line that says which.

    The page is made anew where the book that it is compared with was, but nothing is computed twice.
    """
    began = time.perf_counter()
    folder = folder_of(run)
    edition = Edition(folder.name, run.parameters.start, run.parameters.end, (run,), ())
    key = _page_key(edition)
    recover(folder)
    if _stamp(folder) == key:
        print(f"{run.chapter:<24} {'unchanged':<10} {time.perf_counter() - began:5.1f} s", flush=True)
        return folder
    from smallcaps.book.execute import execute_all

    execute_all([run], report=lambda outcome: print(outcome, flush=True))
    _build_page(run, edition, folder, key)
    return folder


def _build_page(run: Run, edition: Edition, folder: Path, key: str) -> None:
    from smallcaps.book.assemble import assemble_single, copy_downloads
    from smallcaps.book.bundle import write_downloads
    from smallcaps.book.comparison import COMPARISON, compare_with_book
    from smallcaps.book.differences import Published
    from smallcaps.book.inputs import inputs_of
    from smallcaps.book.records import records
    from smallcaps.book.results import collect, read_evidence
    from smallcaps.book.site import write_data
    from smallcaps.book.typeset import site_pages

    results = collect(edition, others=read_evidence(paths.site_folder("book") / "evidence.json"))
    _require_unchanged(run, results)
    figures = {f"{run.chapter}/{r['name']}": r["csv"] for r in records(results.notebooks[run.chapter], "figure")}
    claims = {claim["id"]: claim for claim in json.loads(results.as_json())["claims"]}
    found = Published(claims, figures, {"start": edition.start, "end": edition.end})
    compared, comparison = compare_with_book(run, results, found, inputs_of(edition))
    work = paths.work_folder(folder.name)
    with site_pages(work, toc=work / "source" / "_toc.yml") as typeset:
        assemble_single(edition, results, into=work / "source", compared=compared)
        html = typeset()
    copy_downloads(work / "source", html)
    write_data(edition, results, into=html)
    (html / COMPARISON).write_text(comparison, encoding="utf-8")
    asked = {"chapter": run.chapter, "key": run.key, "parameters": run.parameters.model_dump()}
    if own := own_sums(run.parameters):
        asked["own"] = own
    (html / RUN).write_text(json.dumps(asked, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(run.output, html / f"{run.chapter}.ipynb")
    write_downloads(edition, results, into=html)
    (html / STAMP).write_text(key, encoding="utf-8")
    put_in_place(html, folder)
    shutil.rmtree(work)


def _require_unchanged(run: Run, results: Results) -> None:
    """Raise BuildError if an own table changed between the plan, whose key names the run, and the run or the page."""
    from smallcaps.book.records import records

    tables = own_sums(run.parameters)
    if not tables:
        return
    read = [record["tables"] for record in records(results.notebooks[run.chapter], "own")]
    if read != [tables] or input_hash(run.chapter, run.parameters) != run.key:
        run.output.unlink(missing_ok=True)
        raise BuildError(f"one of {', '.join(tables)} changed while {run.chapter} ran; run it again")


def _page_key(edition: Edition) -> str:
    """The hash of all that decides how the run's page looks: its inputs, the pages' code, the book beside it."""
    return digest(site_key(edition), _stamp(paths.site_folder("book")))


def _stamp(site: Path) -> str | None:
    file = site / STAMP
    return file.read_text(encoding="utf-8") if file.exists() else None


def read_run(folder: Path, name: str) -> dict[str, Any]:
    """The JSON file `name` of a run's folder; BuildError, with what to do, if it is missing or damaged."""
    remedy = f"remove the folder {folder.name}, then run it again"
    try:
        return paths.read_json(folder / name, remedy=remedy)
    except OSError:
        raise BuildError(f"{folder.name} holds no {name}: {remedy}") from None


def told(folder: Path) -> list[str]:
    """What a run found, a line a claim with the book's verdict beside it where that is another; then the sum."""
    claims = read_run(folder, "results.json")["claims"]
    comparison = read_run(folder, "comparison.json")
    if "note" in comparison:
        changed, summary = {}, "no book is built here to compare with: run make book"
    else:
        changed = {change["id"]: change["fields"] for change in comparison["claims"]}
        verdicts = sum("verdict" in fields for fields in changed.values())
        compared = comparison["compared"]
        summary = (
            f"compared with the book: {verdicts} of {compared['claims']} verdicts differ, the numbers of "
            f"{len(changed)}, the data of {len(comparison['figures'])} of {compared['figures']} figures"
        )
    lines = []
    for claim in claims:
        before = changed.get(claim["id"], {}).get("verdict")
        lines.append(f"{claim['id']:<28} {claim['verdict']}" + (f" (in the book: {before['a']})" if before else ""))
    return [*lines, summary]
