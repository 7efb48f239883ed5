"""What an edition is made of, told to machines: an RO-Crate with its inputs, code, parameters, runs and outputs.

`ro-crate-metadata.json` lies in the site and in the edition's archive. It follows RO-Crate 1.1, the version on which
its profile for runs is built. Its bytes follow from the edition alone: no clock, no random name.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from collections.abc import Mapping
from pathlib import PurePosixPath

from rocrate.model import Entity
from rocrate.rocrate import ROCrate

from smallcaps.book.crate_inputs import (
    add,
    add_library,
    add_notebook,
    add_own_file,
    add_parameters,
    add_register,
    add_table,
)
from smallcaps.book.inputs import inputs_of
from smallcaps.book.parameters import SUMMARIES, TABLES, own_sums
from smallcaps.book.plan import Edition, Run
from smallcaps.book.reach import TITLE, newest_release
from smallcaps.book.records import records
from smallcaps.book.results import Results
from smallcaps.snapshot import current

FILE = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
TEXT_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_FORMATS = {".ipynb": "application/x-ipynb+json", ".sha256": "text/plain"}  # what mimetypes does not know
_NAMES = {
    "results.json": "Every claim with estimate, interval, base rate, sample and verdict",
    "evidence.json": "What the rule of the verdicts was given for each claim",
    "inputs.json": "Every input of the edition by kind, with its hash or value",
    "downloads/edition.zip": "The edition as one archive",
    "downloads/edition.zip.sha256": "The sha256 of the archive",
}


def crate_of(edition: Edition, results: Results, files: Mapping[str, bytes | None]) -> str:
    """The text of `ro-crate-metadata.json` for a folder that holds `files` of `edition`, by their names below it.

    A file's size and sha256 are stated where its bytes are given; None stands for a file that may still change.
    """
    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms["sha256"] = "http://schema.org/sha256"  # a newer term than those of version 1.1
    inputs = inputs_of(edition)
    outputs = {name: _add_file(crate, name, content, results) for name, content in sorted(files.items())}
    library = add_library(crate, inputs, commit=results.stamp.commit)
    data = dict(inputs["data"])
    register = add_register(crate, data.pop("claims.yml"))
    known = current().manifest["tables"]
    tables = {
        table: add_table(crate, table, current()) if table in known else add_own_file(crate, table, value)
        for table, value in data.items()
    }
    runs = [_add_chapter(crate, run, results, tables, outputs, library) for run in edition.runs]
    runs += [_add_summary(crate, name, results, outputs, library) for name in results.notebooks if name in SUMMARIES]
    runs.append(_add_book(crate, register, outputs, library))
    _describe(crate, edition, results, library=library, runs=runs)
    return json.dumps(crate.metadata.generate(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _describe(crate: ROCrate, edition: Edition, results: Results, *, library: Entity, runs: list[Entity]) -> None:
    """Say of the whole what it is, whose, and when: the day of the release, or of the data where they are newer."""
    stamp, (version, released) = results.stamp, newest_release()
    people = add(crate, "#contributors", "Organization", name=f"The {TITLE} contributors")
    about = {
        "name": f"{TITLE}: edition {edition.name}",
        "description": "Claims about the Russell 2000's resurgence, tested on public data: executed notebooks, the "
        f"verdict on each claim and every figure's data, for {stamp.start} to {stamp.end}.",
        "datePublished": max(released, current().manifest["created"]),
        "temporalCoverage": f"{stamp.start}/{stamp.end}",
        "identifier": f"sha256:{stamp.built_from}",
        "version": version,
        "license": add(crate, TEXT_LICENCE, "CreativeWork", name="CC BY 4.0", identifier=TEXT_LICENCE),
        "author": people,
        "publisher": people,
        "isBasedOn": library,
        "conformsTo": add(crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"),
        "mentions": runs,
    }
    for name, value in about.items():
        crate.root_dataset[name] = value


def _add_file(crate: ROCrate, name: str, content: bytes | None, results: Results) -> Entity:
    kind = _FORMATS.get(PurePosixPath(name).suffix) or mimetypes.types_map[PurePosixPath(name).suffix]
    told = {"name": _name(name, results), "encodingFormat": kind}
    if content is not None:
        told |= {"contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}
    return crate.add_file(dest_path=name, properties=told)


def _add_chapter(
    crate: ROCrate, run: Run, results: Results, tables: dict[str, Entity], outputs: dict[str, Entity], library: Entity
) -> Entity:
    """The run of a chapter: the tables and values that went in, the notebook, what came out."""
    takes, values = add_parameters(crate, run.chapter, run.parameters)
    title = _title(results, run.chapter)
    return add(
        crate,
        f"#run-{run.chapter}",
        "CreateAction",
        name=f"Run of {title}",
        description=f"The notebook, executed on its tables from {run.parameters.start} to {run.parameters.end}.",
        identifier=f"sha256 of all that went into it: {run.key}",
        instrument=add_notebook(crate, run.chapter, title=title, library=library, takes=takes),
        object=[*(tables[table] for table in (*TABLES[run.chapter], *own_sums(run.parameters))), *values],
        result=_made_by(run.chapter, results, outputs),
    )


def _add_summary(crate: ROCrate, name: str, results: Results, outputs: dict[str, Entity], library: Entity) -> Entity:
    """The run of a page that draws on what the chapters found."""
    title = _title(results, name)
    return add(
        crate,
        f"#run-{name}",
        "CreateAction",
        name=f"Run of {title}",
        description="A notebook that draws on what the chapters found, executed.",
        instrument=add_notebook(crate, name, title=title, library=library, takes=[]),
        object=[outputs["results.json"]],
        result=_made_by(name, results, outputs),
    )


def _made_by(name: str, results: Results, outputs: dict[str, Entity]) -> list[Entity]:
    """The files that came out of a notebook: itself, executed, and what it offers for download."""
    notebook = results.notebooks[name]
    made = [f"downloads/notebooks/{name}.ipynb"]
    made += [f"downloads/figures/{name}/{record['name']}.csv" for record in records(notebook, "figure")]
    made += [f"downloads/{record['name']}" for record in records(notebook, "download")]
    return [outputs[file] for file in made if file in outputs]


def _add_book(crate: ROCrate, register: Entity, outputs: dict[str, Entity], library: Entity) -> Entity:
    """The making of the book from the executed notebooks: the verdicts by rule, the pages and the archive."""
    notebooks = [file for name, file in outputs.items() if name.endswith(".ipynb")]
    made = [file for name, file in outputs.items() if name in _NAMES or name.endswith(".html")]
    return add(
        crate,
        "#book",
        "CreateAction",
        name="Making of the book",
        description="The rule gives each claim its verdict, and the executed notebooks become pages.",
        instrument=library,
        object=[register, *notebooks],
        result=made,
    )


def _name(file: str, results: Results) -> str:
    """What a file is, in words."""
    path = PurePosixPath(file)
    if file in _NAMES:
        return _NAMES[file]
    if path.suffix == ".ipynb":
        return f"{_title(results, path.stem)}: the executed notebook"
    if path.parts[:2] == ("downloads", "figures"):
        return f"{_title(results, path.parent.name)}: data of the figure {path.stem}"
    return f"Page {path.stem}" if path.suffix == ".html" else path.name


def _title(results: Results, notebook: str) -> str:
    """The first heading of a notebook; its name where it has none."""
    cells = results.notebooks.get(notebook, {}).get("cells") or [{"source": ""}]
    first = "".join(cells[0]["source"])
    return first.splitlines()[0].removeprefix("# ") if first.startswith("# ") else notebook
