"""Several runs from one YAML file, and a page that lists all runs."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from smallcaps.book import paths
from smallcaps.book.plan import Run
from smallcaps.book.single import RUN, folder_of, make, plan_inside, read_run, told
from smallcaps.errors import BuildError, InputError, SmallCapsError

NAMES = "names.json"  # which names the files gave to which runs
_NAME = r"^[a-z0-9][a-z0-9-]{0,59}$"


class Entry(BaseModel):
    """One run of a file: a name of one's own, the chapter, and the parameters that differ from its defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=_NAME)]
    chapter: str
    parameters: dict[str, Any] = Field(default_factory=dict)


class RunFile(BaseModel):
    """The content of a file of runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    runs: Annotated[tuple[Entry, ...], Field(min_length=1)]


def run_file(path: str) -> Path:
    """Make every run of the file, several at a time, and the page that lists all runs; the page.

    InputError names file, entry and field before anything runs. A run that fails does not keep the others from
    their end; then BuildError names the first.
    """
    planned = read_runs(Path(path))
    shared: dict[str, Run] = {run.key: run for run in planned.values()}  # two names may ask for the same run
    names = {key: [name for name, run in planned.items() if run.key == key] for key in shared}
    failed: dict[str, str] = {}

    def one(key: str) -> None:
        try:
            make(shared[key])
        except SmallCapsError as error:
            failed[key] = str(error)

    with ThreadPoolExecutor(max_workers=min(len(shared), os.cpu_count() or 1)) as pool:
        list(pool.map(one, shared))
    _keep_names({folder_of(shared[key]).name: words for key, words in names.items() if key not in failed})
    index = write_index()
    for name, run in planned.items():
        state = f"failed: {failed[run.key]}" if run.key in failed else told(folder_of(run))[-1]
        print(f"{name:<24} {state}")
    print(f"open {index.relative_to(paths.ROOT)}")
    if failed:
        first = next(key for key in shared if key in failed)
        raise BuildError(
            f"{len(failed)} of {len(shared)} runs failed; the first is {names[first][0]!r}: {failed[first]}"
        )
    return index


def read_runs(path: Path) -> dict[str, Run]:
    """The runs of the file by name, each planned and checked; InputError names file, entry and field."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"there is no file {path}") from None
    except (yaml.YAMLError, ValueError) as error:  # a date such as 2000-13-45, and bytes that are no UTF-8
        raise InputError(f"{path} does not read as YAML: {' '.join(str(error).split())}") from None
    try:
        entries = RunFile.model_validate(content).runs
    except ValidationError as error:
        raise InputError(f"{path}, {_place(error.errors()[0], content)}") from None
    runs: dict[str, Run] = {}
    for number, entry in enumerate(entries, start=1):
        where = f"{path}, run {number} ({entry.name})"
        if entry.name in runs:
            raise InputError(f"{where}, name: stands twice; each run has a name of its own")
        try:
            runs[entry.name] = plan_inside(entry.chapter, entry.parameters)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
    return runs


# What pydantic says of Python's types, in words for the person who wrote the YAML: of the file, and of one entry.
_PLAIN_FILE = {
    "missing": "is missing",
    "model_type": "holds no runs",
    "tuple_type": "should be a list of runs",
    "too_short": "should hold at least one run",
    "invalid_key": "should be a word",
}
_PLAIN = {
    "missing": "is required",
    "model_type": "should hold name, chapter and parameters",
    "string_type": "should be text",
    "string_pattern_mismatch": "should be lower-case letters, digits and hyphens, such as before-1979",
    "dict_type": "should be parameters with their values, such as horizon: 6",
}


def _place(error: Any, content: Any) -> str:
    """Entry and field of a pydantic error, and what is allowed there."""
    location = [part for part in error["loc"] if part != "[key]"]
    if len(location) < 2 or location[0] != "runs":
        what = "is not known" if error["type"] == "extra_forbidden" else _PLAIN_FILE.get(error["type"], error["msg"])
        field = ".".join(map(str, location)) or "the file"
        return f"{field}: {what}; a file holds runs, a list of name, chapter and parameters"
    what = _PLAIN.get(error["type"], error["msg"].removeprefix("Value error, "))
    number = location[1]
    entry = content["runs"][number] if isinstance(content["runs"], list) else None
    name = entry.get("name") if isinstance(entry, dict) else None
    field = ".".join(map(str, location[2:])) or "the entry"
    given = "" if error["type"] == "missing" else f"={error['input']!r:.80}"
    if error["type"] == "extra_forbidden":
        what = f"is not known; known: {', '.join(Entry.model_fields)}"
    return f"run {number + 1}{f' ({name})' if isinstance(name, str) else ''}, {field}{given}: {what}"


def _keep_names(found: dict[str, list[str]]) -> None:
    file = paths.RUNS / NAMES
    known = _names(file)
    for folder, names in found.items():
        known[folder] = sorted({*known.get(folder, []), *names})
    paths.RUNS.mkdir(parents=True, exist_ok=True)
    _write(file, json.dumps(known, indent=1, sort_keys=True) + "\n")


def _names(file: Path) -> dict[str, list[str]]:
    remedy = "remove it; runs that a file names again get their names back"
    return paths.read_json(file, remedy=remedy) if file.exists() else {}


def write_index() -> Path:
    """Write the page that lists every run that lies here, and give its place."""
    file = paths.RUNS / NAMES
    names = _names(file)
    rows = [_row(path.parent, names.get(path.parent.name, [])) for path in sorted(paths.RUNS.glob(f"*/{RUN}"))]
    page = _PAGE.format(count=len(rows), rows="\n".join(rows))
    paths.RUNS.mkdir(parents=True, exist_ok=True)
    _write(paths.RUNS / "index.html", page)
    return paths.RUNS / "index.html"


def _row(folder: Path, names: list[str]) -> str:
    asked = read_run(folder, RUN)
    shown = ", ".join(f"{name}={value}" for name, value in asked["parameters"].items() if name not in ("strict",))
    chapter, title = asked["chapter"], ", ".join(names) or folder.name
    files = {f"{chapter}.html": title, "results.json": "results", "comparison.json": "comparison"}
    files[f"{chapter}.ipynb"] = "notebook"
    links = [f'<a href="{escape(f"{folder.name}/{name}")}">{escape(text)}</a>' for name, text in files.items()]
    cells = [links[0], escape(chapter), escape(shown), escape(told(folder)[-1]), " · ".join(links[1:])]
    return f'<tr><th scope="row">{cells[0]}</th>{"".join(f"<td>{text}</td>" for text in cells[1:])}</tr>'


def _write(file: Path, text: str) -> None:
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    aside.write_text(text, encoding="utf-8")
    aside.replace(file)


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Runs: Small Caps, Tested</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.0625rem/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }}
div {{ overflow-x: auto; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; vertical-align: top; padding: 0.5rem 0.75rem; border-bottom: 1px solid #8888; }}
</style>
</head>
<body>
<main>
<h1>Runs</h1>
<p>{count} runs lie here. Each is one chapter with parameters of its own; its folder is named by the hash of all that
went into it.</p>
<div tabindex="0" role="region" aria-label="Runs">
<table>
<thead><tr><th scope="col">Run</th><th scope="col">Chapter</th><th scope="col">Parameters</th>
<th scope="col">Against the book</th><th scope="col">Files</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
</main>
</body>
</html>
"""
