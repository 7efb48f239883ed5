"""Run one chapter with parameters of one's own: an executed notebook, its results, and a page."""

from __future__ import annotations

import shutil
from pathlib import Path

from smallcaps.book import paths
from smallcaps.book.parameters import check_inside, check_month, from_text, validate
from smallcaps.book.plan import Edition, plan_run


def run_chapter(
    chapter: str, *, start: str | None = None, end: str | None = None, assignments: list[str] | None = None
) -> Path:
    """Run `chapter` with its own output folder; the folder, which holds the notebook, results.json and a page.

    `assignments` are "name=value" words. InputError for what the chapter does not take, before anything is written.
    """
    values = from_text(chapter, assignments or [])
    values |= {name: check_month(name.upper(), month) for name, month in (("start", start), ("end", end)) if month}
    parameters = validate(chapter, values)
    check_inside(parameters, chapter=chapter)
    run = plan_run(chapter, values)

    from smallcaps.book.execute import execute_all

    execute_all([run], report=lambda outcome: print(outcome, flush=True))
    folder = paths.RUNS / f"{chapter}-{run.key[:12]}"
    edition = Edition(folder.name, parameters.start, parameters.end, (run,), ())

    from smallcaps.book.assemble import assemble_single, copy_downloads
    from smallcaps.book.results import collect
    from smallcaps.book.site import put_in_place, sphinx

    results = collect(edition)
    work = paths.work_folder(folder.name)
    assemble_single(edition, results, into=work / "source")
    html = sphinx(work, toc=work / "source" / "_toc.yml")
    copy_downloads(work / "source", html)
    (html / "results.json").write_text(results.as_json(), encoding="utf-8")
    shutil.copyfile(run.output, html / f"{chapter}.ipynb")
    put_in_place(html, folder)
    shutil.rmtree(work)
    for result in results.claims.values():
        print(f"{result.claim.id:<28} {result.decision.verdict}")
    print(f"open {(folder / f'{chapter}.html').relative_to(paths.ROOT)}")
    return folder
