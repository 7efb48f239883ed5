"""What went into an edition, as entities of its RO-Crate: the tables, the notebooks, the library and the lock.

They are described and not contained: the publishers' terms do not let every table be passed on, and the code lies in
the repository. Their sha256 says which ones they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rocrate.model import ContextEntity, Entity
from rocrate.rocrate import ROCrate

from smallcaps.book import paths
from smallcaps.book.parameters import Parameters
from smallcaps.book.plan import digest, notebook_content
from smallcaps.book.reach import newest_release
from smallcaps.book.repository import repository
from smallcaps.snapshot import Snapshot

PYTHON = "https://www.python.org/"
CODE_LICENCE = "https://spdx.org/licenses/MIT"
_TYPES = {bool: "Boolean", int: "Integer", float: "Number"}  # any other parameter is a word: Text


def add(crate: ROCrate, name_in_crate: str, kind: str, /, **properties: Any) -> Entity:
    """A new contextual entity of `crate` with what is known of it: None is left out, a list of one is that one."""
    known = {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in properties.items()
        if value not in (None, [])
    }
    return crate.add(ContextEntity(crate, name_in_crate, properties={"@type": kind, **known}))


def add_table(crate: ROCrate, table: str, snapshot: Snapshot) -> Entity:
    """A table of the snapshot: what it is, whose it is, what its publisher allows, and the file it was read from."""
    info, file = snapshot.catalog.table(table), snapshot.manifest["tables"][table]["file"]
    return add(
        crate,
        f"#table-{table}",
        "Dataset",
        name=info.title,
        description=info.note.strip(),
        publisher=_shared(crate, "publisher", "Organization", info.publisher),
        license=_shared(crate, "licence", "CreativeWork", info.licence.strip()),
        citation=info.citation.strip(),
        url=info.source_page,
        version=info.vintage,
        temporalCoverage=f"{info.first}/{info.last}",
        variableMeasured=[f"{column.title} ({column.unit})" for column in info.columns.values()],
        distribution=add(
            crate,
            f"#data/snapshot/{snapshot.vintage}/{file}",
            "DataDownload",
            name=file,
            encodingFormat="text/csv",
            sha256=snapshot.sha256(table),
        ),
    )


def add_own_file(crate: ROCrate, name: str, sha256: str) -> Entity:
    """A file of a researcher's own table, by its name and hash alone: nothing else of it is to leave the machine."""
    told = "A file of whoever ran this. It is no part of the project and lies in no file of it."
    return add(crate, f"#{name}", "CreativeWork", name=name, description=told, sha256=sha256)


def _shared(crate: ROCrate, what: str, kind: str, text: str) -> Entity:
    """What several tables have in common, such as a publisher, once."""
    identifier = f"#{what}-{digest(text)[:12]}"
    return crate.get(identifier) or add(crate, identifier, kind, name=text)


def add_register(crate: ROCrate, sha256: str) -> Entity:
    """The register of the claims."""
    told = "The claims, with the smallest effect that counts and the tests, declared before any result."
    return add(crate, "#data/claims.yml", "CreativeWork", name="data/claims.yml", description=told, sha256=sha256)


def add_library(crate: ROCrate, inputs: Mapping[str, Any], *, commit: str | None) -> Entity:
    """The library: the modules that decide a number, the lock, and the packages that may move a digit."""
    where = repository()
    lock = dict(inputs["lock"])
    language = add(
        crate, "#python", "ComputerLanguage", name="Python", version=inputs["platform"]["python"], url=PYTHON
    )
    name = "requirements.txt"
    needs = [add(crate, f"#{name}", "CreativeWork", name=name, encodingFormat="text/plain", sha256=lock.pop(name))]
    for name, version in lock.items():
        needs.append(add(crate, f"#package-{name}", "SoftwareApplication", name=name, softwareVersion=version))
    modules = [
        add(crate, f"#{name}", "SoftwareSourceCode", name=name, sha256=value)
        for name, value in inputs["code"].items()
        if name.endswith(".py")
    ]
    return add(
        crate,
        "#smallcaps",
        "SoftwareSourceCode",
        name="smallcaps",
        description="The library that computes the book's numbers, gives the verdicts and makes the pages.",
        version=newest_release()[0],
        identifier=commit,
        codeRepository=where.address if where else None,
        license=add(crate, CODE_LICENCE, "CreativeWork", name="MIT licence", identifier=CODE_LICENCE),
        programmingLanguage=language,
        softwareRequirements=needs,
        hasPart=modules,
    )


def add_notebook(crate: ROCrate, name: str, *, title: str, library: Entity, takes: list[Entity]) -> Entity:
    """The notebook `name` as the repository has it; its hash covers what its cells say, not their ids or outputs."""
    file = f"chapters/{name}.ipynb"
    return add(
        crate,
        f"#{file}",
        "SoftwareSourceCode",
        name=file,
        description=title,
        identifier=f"sha256 of its cells: {digest(notebook_content(paths.CHAPTERS / f'{name}.ipynb'))}",
        programmingLanguage=library["programmingLanguage"],
        softwareRequirements=library,
        input=takes,
    )


def add_parameters(crate: ROCrate, chapter: str, parameters: Parameters) -> tuple[list[Entity], list[Entity]]:
    """What a chapter's notebook takes, as FormalParameter, and the values of this run, as PropertyValue."""
    takes, values = [], []
    for name, field in type(parameters).model_fields.items():
        takes.append(
            add(
                crate,
                f"#chapters/{chapter}.ipynb/{name}",
                "FormalParameter",
                name=name,
                description=field.description,
                additionalType=_TYPES.get(field.annotation, "Text"),
                defaultValue=field.default,
                valueRequired=False,
            )
        )
        value = getattr(parameters, name)
        values.append(
            add(crate, f"#run-{chapter}/{name}", "PropertyValue", name=name, value=value, exampleOfWork=takes[-1])
        )
    return takes, values
