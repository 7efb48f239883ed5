"""What the tests of the refresh share: a copy of the data, a local server, and what must hold after any fault."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from complaints import complaint
from sources import publishers
from sources.servers import LocalServer, local_session

from smallcaps.catalog import ROOT
from smallcaps.errors import SmallCapsError
from smallcaps.snapshot import Snapshot, write_manifest
from smallcaps.sources.refresh import refresh
from smallcaps.sources.report import Report
from smallcaps.sources.tables import RECIPES

DATA = ROOT / "data"
CONTACT = {"SEC_CONTACT": "somebody@example.org"}
FIRST = "2026-10"


@dataclass
class House:
    """A data folder of its own, and the server that its refreshes ask."""

    folder: Path
    server: LocalServer

    @property
    def snapshots(self) -> Path:
        return self.folder / "snapshot"

    def refresh(self, **options: object) -> Report:
        """A refresh as in production, but for the session, the day and the environment."""
        options.setdefault("session", local_session(self.server.port))
        options.setdefault("environment", CONTACT)
        options.setdefault("today", publishers.TODAY)
        return refresh(folder=self.snapshots, quiet=True, say=lambda _: None, **options)

    def digest(self) -> str:
        """The sha256 of every file of the snapshot folder, names and all; the working folder is not part of it."""
        total = hashlib.sha256()
        for path in sorted(self.snapshots.rglob("*")):
            total.update(str(path.relative_to(self.snapshots)).encode())
            if path.is_file():
                total.update(path.read_bytes())
        return total.hexdigest()

    def complaint(self, error: type[SmallCapsError], **options: object) -> str:
        """What a refresh says that fails with `error`: one line; and the snapshot is as it was, and loads."""
        before = self.digest()
        text = complaint(error, lambda: self.refresh(**options))
        assert len(text) < 900
        assert CONTACT["SEC_CONTACT"] not in text
        assert self.digest() == before
        snapshot = Snapshot(self.snapshots)
        assert all(snapshot.content(table) for table in snapshot.manifest["tables"])
        return text


@pytest.fixture(scope="session")
def publisher() -> Iterator[LocalServer]:
    """One server for the whole run; `house` puts the true answers back."""
    server = LocalServer(publishers.answer)
    yield server
    server.close()


def small_data(folder: Path, source: str | None = None, tables: tuple[str, ...] = ()) -> Path:
    """A copy of the project's data in `folder`: `tables` alone, or those of one source, or all of them."""
    data = folder / "data"
    vintage = data / "snapshot" / FIRST
    vintage.mkdir(parents=True)
    catalog = yaml.safe_load((DATA / "catalog.yml").read_text(encoding="utf-8"))
    of_source = [table for table in catalog["tables"] if table in RECIPES and RECIPES[table].source == source]
    keep = [table for table in tables if table in catalog["tables"]] or of_source
    keep = list(catalog["tables"]) if source is None else keep or ["presidential_elections"]
    catalog["tables"] = {table: catalog["tables"][table] for table in keep}
    if tables:
        catalog["later"] = {table: catalog["later"][table] for table in tables if table in catalog["later"]}
    (data / "catalog.yml").write_text(yaml.safe_dump(catalog, sort_keys=False), encoding="utf-8")
    shutil.copy(DATA / "refresh.yml", data)
    for table in keep:
        shutil.copy(DATA / "snapshot" / FIRST / f"{table}.csv", vintage)
    write_manifest(vintage, created="2026-11-21")
    (vintage.parent / "CURRENT").write_text(f"{FIRST}\n", encoding="utf-8")
    return data


@pytest.fixture(scope="session")
def templates(tmp_path_factory) -> Callable[..., Path]:
    """Data folders by source and tables, made once."""
    made: dict[tuple, Path] = {}

    def template(source: str | None, tables: tuple[str, ...]) -> Path:
        if (source, tables) not in made:
            made[source, tables] = small_data(tmp_path_factory.mktemp("template"), source, tables)
        return made[source, tables]

    return template


@pytest.fixture
def house(tmp_path, publisher, templates) -> Callable[..., House]:
    """A data folder of its own for one source, or some of its tables, or all; its publishers answer truly."""
    publisher.answering = publishers.answer
    publisher.asked.clear()

    def build(source: str | None = None, *tables: str) -> House:
        shutil.copytree(templates(source, tables), tmp_path / "data")
        return House(tmp_path / "data", publisher)

    return build


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory, publisher) -> Callable[[str], tuple[House, Report]]:
    """A house of one source after a true refresh, and the report: made once, only to be looked at."""
    made: dict[str, tuple[House, Report]] = {}

    def look(source: str) -> tuple[House, Report]:
        if source not in made:
            publisher.answering = publishers.answer
            home = House(small_data(tmp_path_factory.mktemp("refreshed"), source), publisher)
            made[source] = home, home.refresh(only=[source])
        return made[source]

    return look
