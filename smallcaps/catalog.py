"""What data there is: the tables of `data/catalog.yml`, typed and checked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

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


class Table(_Strict):
    """One table of the snapshot: where it comes from, what its columns mean, and what to know."""

    title: Text
    publisher: Text
    frequency: Literal["monthly", "annual", "event"]
    key: Literal["month", "year", "date", "fund"]
    first: Text
    last: Text
    rows: int = Field(gt=0)
    vintage: Text
    licence: Text
    citation: Text
    source_page: Text
    note: Text
    columns: dict[str, Column]


class Catalog(_Strict):
    """Every table that the project knows, by id."""

    tables: dict[str, Table]

    def table(self, table_id: str) -> Table:
        """The description of `table_id`; InputError names the tables that exist."""
        try:
            return self.tables[table_id]
        except KeyError:
            msg = f"unknown table {table_id!r}; the catalog has: {', '.join(sorted(self.tables))}"
            raise InputError(msg) from None


@lru_cache(maxsize=4)
def load_catalog(path: Path = CATALOG) -> Catalog:
    """The validated catalog read from `path`; DataError names the first thing that is wrong in it."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
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
