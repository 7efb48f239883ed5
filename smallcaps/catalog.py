"""What data there is: the tables of `data/catalog.yml`, typed and checked.

The catalog says what a table is; its rows, spans and gaps there are those of the first vintage. A vintage written by
a refresh carries these facts of its own in its manifest, and `Catalog.with_facts` lays them over the description.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from smallcaps.errors import DataError, InputError

ROOT = Path(__file__).resolve().parent.parent
CATALOG = ROOT / "data" / "catalog.yml"

Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """One series of a table.

    `first` and `last` are the first and last rows that hold a value; between them every row has one, except in
    `gaps`, each of which is a row key (a month, for monthly tables) with the reason why it is empty.
    `kind` says how a return is to be read; it is null for what is no return.
    """

    title: Text
    series: Text
    unit: Text
    type: Literal["float", "integer", "text"] = "float"
    minimum: float | None = None
    maximum: float | None = None
    first: Text | None = None
    last: Text | None = None
    gaps: dict[str, Text] = Field(default_factory=dict)
    sparse: bool = False  # filled in some rows only (a note, a date that not every row has)
    kind: Literal["price", "total"] | None = None

    @model_validator(mode="after")
    def _numbers_have_bounds(self) -> Column:
        if self.type != "text" and (self.minimum is None or self.maximum is None):
            raise ValueError("a number needs a minimum and a maximum")
        return self


class Description(_Strict):
    """What a table is in any vintage: where it comes from, what its columns mean, and what to know."""

    title: Text
    publisher: Text
    frequency: Literal["monthly", "annual", "daily", "event"]
    key: Literal["month", "year", "date", "fund"]
    licence: Text
    citation: Text
    source_page: Text
    note: Text
    columns: dict[str, Column]


class Table(Description):
    """One table of one vintage of the snapshot: its description, its span and its vintage."""

    first: Text
    last: Text
    rows: int = Field(gt=0)
    vintage: Text


class Span(_Strict):
    """Where a column of one vintage is filled: first and last row with a value, and the gaps between, with reasons."""

    first: Text | None = None
    last: Text | None = None
    gaps: dict[str, Text] = Field(default_factory=dict)


class Facts(_Strict):
    """What a vintage says of one of its tables in its own manifest; it stands above the catalog's entry.

    `citation` and `note` are null where the catalog's hold for this vintage too.
    """

    first: Text
    last: Text
    rows: int = Field(gt=0)
    vintage: Text
    citation: Text | None = None
    note: Text | None = None
    columns: dict[str, Span]


class Catalog(_Strict):
    """Every table that the project knows, by id; `later` describes tables that only a refreshed vintage can hold."""

    tables: dict[str, Table]
    later: dict[str, Description] = Field(default_factory=dict)

    def table(self, table_id: str) -> Table:
        """The description of `table_id`; InputError names the tables that exist."""
        try:
            return self.tables[table_id]
        except KeyError:
            msg = f"unknown table {table_id!r}; the catalog has: {', '.join(sorted(self.tables))}"
            raise InputError(msg) from None

    def description(self, table_id: str) -> Description:
        """What `table_id` is, also for a table that no vintage holds yet; InputError names the tables that exist."""
        return self.later[table_id] if table_id in self.later else self.table(table_id)

    def with_facts(self, facts: Mapping[str, Facts]) -> Catalog:
        """The catalog of one vintage: `facts` over the entries, and of `later` the tables that have facts.

        DataError for facts of a table or a column that the catalog does not know.
        """
        tables = dict(self.tables)
        for table_id, known in facts.items():
            if table_id not in self.tables and table_id not in self.later:
                raise DataError(f"facts of table {table_id!r} are given, but the catalog describes no such table")
            tables[table_id] = _with_facts(table_id, self.description(table_id), known)
        return Catalog.model_construct(tables=tables, later=self.later)


def _with_facts(table_id: str, info: Description, facts: Facts) -> Table:
    unknown = sorted(set(facts.columns) - set(info.columns))
    if unknown:
        raise DataError(f"facts of table {table_id!r}: column {unknown[0]!r} is not in the catalog")
    columns = {
        name: column.model_copy(update=dict(facts.columns[name])) if name in facts.columns else column
        for name, column in info.columns.items()
    }
    stated = {name: value for name, value in facts if value is not None}
    return Table.model_construct(**{**dict(info), **stated, "columns": columns})


def read_yaml(path: Path) -> Any:
    """The content of a YAML file, by the safe loader: its C version where there is one, which is ten times faster."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506


@lru_cache(maxsize=4)
def load_catalog(path: Path = CATALOG) -> Catalog:
    """The validated catalog read from `path`; DataError names the first thing that is wrong in it."""
    if not isinstance(path, Path):
        raise InputError(f"path={path!r}: should be a Path, such as that of data/catalog.yml")
    try:
        raw = read_yaml(path)
        return Catalog.model_validate(raw)
    except FileNotFoundError:
        raise DataError(f"catalog {path.name} is missing from {path.parent.name}/") from None
    except UnicodeDecodeError:
        raise DataError(f"catalog {path.name} is no UTF-8 text") from None
    except yaml.YAMLError as error:
        raise DataError(f"catalog {path.name} is not valid YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise DataError(f"catalog {path.name}, {where}: {first['msg']} (got {first['input']!r:.80})") from None
