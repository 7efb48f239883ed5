"""The command line: every make target is one call of it. `python -m smallcaps --help` lists them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from smallcaps.errors import SmallCapsError
from smallcaps.manifest import use_vintage


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if everything holds, 2 with one line on standard error if not."""
    options = _parser().parse_args(arguments)
    try:
        if getattr(options, "vintage", None):
            use_vintage(options.vintage)
        return options.command(options) or 0
    except SmallCapsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("error: interrupted; what stood before still stands", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m smallcaps", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    book = commands.add_parser("book", help="execute what must run, build the site, check it")
    book.add_argument("--start", default=None, metavar="YYYY-MM", help="first month of an edition")
    book.add_argument("--end", default=None, metavar="YYYY-MM", help="last month of an edition")
    book.add_argument("--name", default=None, help="the edition's name, which is its address; its dates if not given")
    _take_vintage(book)
    book.set_defaults(command=_book)

    compare = commands.add_parser("compare", help="verdicts, numbers and inputs that differ between two editions")
    compare.add_argument("a")
    compare.add_argument("b")
    compare.set_defaults(command=_compare)

    run = commands.add_parser("run", help="run one chapter with other parameters")
    run.add_argument("chapter")
    run.add_argument("--start", default=None, metavar="YYYY-MM")
    run.add_argument("--end", default=None, metavar="YYYY-MM")
    run.add_argument(
        "--set", action="append", default=[], metavar='"name=value …"', help="the chapter's own parameters"
    )
    _take_vintage(run)
    run.set_defaults(command=_run)

    runs = commands.add_parser("runs", help="run what a YAML file lists, several at a time")
    runs.add_argument("file")
    runs.set_defaults(command=_runs)

    verify = commands.add_parser("verify", help="rebuild in a clean place and compare, to the digit")
    verify.add_argument("--name", default="book", help="the edition to verify")
    verify.set_defaults(command=_verify)

    compute = commands.add_parser("compute", help="compute an edition's numbers without its pages (verify uses it)")
    compute.add_argument("folder")
    for option in ("--start", "--end", "--name"):
        compute.add_argument(option, default=None)
    compute.set_defaults(command=_compute)

    record = commands.add_parser(
        "record", help="record what the book found on this vintage, for the page that compares"
    )
    _take_vintage(record)
    record.set_defaults(command=_record)

    pdf = commands.add_parser("pdf", help="the built book as one PDF, printed by Debian's chromium")
    pdf.set_defaults(command=_pdf)

    epub = commands.add_parser("epub", help="the built book as an ePub")
    epub.set_defaults(command=_epub)

    check = commands.add_parser("check", help="check a built site")
    check.set_defaults(command=_check)

    serve = commands.add_parser("serve", help="serve the built site on this machine")
    serve.add_argument("--port", type=int, default=8000)
    serve.set_defaults(command=_serve)

    data = commands.add_parser("data", help="bring the snapshot up to date from its publishers")
    data.add_argument("--only", default="", metavar="SOURCES", help="fred,french,yahoo,ishares,sec; all if empty")
    data.add_argument("--accept", default="", metavar="TABLES", help="tables whose findings somebody has looked at")
    data.add_argument("--dry-run", action="store_true", help="ask, check and report; write nothing")
    data.add_argument("--offline", action="store_true", help="refuse at once")
    data.set_defaults(command=_data)

    moved = commands.add_parser("data-verdicts", help="which verdicts differ between two builds, and why")
    moved.add_argument("before", type=Path)
    moved.add_argument("after", type=Path)
    moved.set_defaults(command=_data_verdicts)

    sweep = commands.add_parser("sweep", help="bigger grids of specifications, here or on a Dask cluster")
    sweep.add_argument("claims", nargs="*", help="claim ids; none: all headline claims")
    sweep.add_argument("--scheduler", default="", metavar="tcp://…")
    sweep.add_argument("--workers", type=int, default=None)
    sweep.add_argument("--start", default="", metavar="YYYY-MM")
    sweep.add_argument("--end", default="", metavar="YYYY-MM")
    sweep.set_defaults(command=_sweep)

    lint = commands.add_parser("lint-notebooks", help="refuse notebooks with outputs, or cells out of order")
    lint.set_defaults(command=_lint)

    clean = commands.add_parser("clean", help="remove what builds have written")
    clean.set_defaults(command=_clean)
    return parser


def _take_vintage(command: argparse.ArgumentParser) -> None:
    command.add_argument("--vintage", default=None, help="a vintage of the data in data/snapshot; the current one")


# Imports stand inside the commands: a build that finds nothing to do should not pay for what it does not use.


def _book(options: argparse.Namespace) -> None:
    from smallcaps.book.site import build_book

    build_book(start=options.start or None, end=options.end or None, name=options.name or None)


def _compare(options: argparse.Namespace) -> None:
    from smallcaps.book.editions import compare

    compare(options.a, options.b)


def _run(options: argparse.Namespace) -> None:
    from smallcaps.book.single import run_chapter

    assignments = " ".join(options.set).split()
    run_chapter(options.chapter, start=options.start or None, end=options.end or None, assignments=assignments)


def _runs(options: argparse.Namespace) -> None:
    from smallcaps.book.batch import run_file

    run_file(options.file)


def _verify(options: argparse.Namespace) -> None:
    from smallcaps.book.verify import verify

    verify(options.name)


def _compute(options: argparse.Namespace) -> None:
    from pathlib import Path

    from smallcaps.book.verify import compute_into

    compute_into(Path(options.folder), start=options.start, end=options.end, name=options.name)


def _record(options: argparse.Namespace) -> None:
    from smallcaps.book import paths
    from smallcaps.book.history import record
    from smallcaps.book.plan import plan_edition

    print(f"wrote {record(paths.site_folder(plan_edition().name)).relative_to(paths.ROOT)}")


def _pdf(options: argparse.Namespace) -> None:
    from smallcaps.book.printing import make_pdf

    make_pdf()


def _epub(options: argparse.Namespace) -> None:
    from smallcaps.book.ebook import make_epub

    make_epub()


def _check(options: argparse.Namespace) -> None:
    from smallcaps.book.check import require_sound
    from smallcaps.book.paths import site_folder

    print(require_sound(site_folder("book")))


def _serve(options: argparse.Namespace) -> None:
    from smallcaps.book.serve import serve

    serve(port=options.port)


def _data(options: argparse.Namespace) -> None:
    from smallcaps.sources.command import data

    data(only=options.only, accept=options.accept, dry_run=options.dry_run, offline=options.offline)


def _data_verdicts(options: argparse.Namespace) -> None:
    from smallcaps.book.parameters import TABLES
    from smallcaps.sources.command import verdicts

    verdicts(options.before, options.after, tables=TABLES)


def _sweep(options: argparse.Namespace) -> None:
    from smallcaps.book.parameters import check_month
    from smallcaps.multiverse.sweep import run_sweep

    months = {name: getattr(options, name) for name in ("start", "end")}
    for name, month in months.items():
        if month:
            check_month(name.upper(), month)
    run_sweep(options.claims, scheduler=options.scheduler, workers=options.workers, **months)


def _lint(options: argparse.Namespace) -> None:
    from smallcaps.book.lint import require_clean_notebooks

    print(require_clean_notebooks())


def _clean(options: argparse.Namespace) -> None:
    import shutil

    from smallcaps.book.paths import BUILD

    shutil.rmtree(BUILD, ignore_errors=True)
    print("removed _build/")


if __name__ == "__main__":
    sys.exit(main())
