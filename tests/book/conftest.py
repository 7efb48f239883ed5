"""A copy of what the plan of a build reads, in which a test may change anything."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from planning import forget

from smallcaps.book import paths
from smallcaps.book.parameters import CHAPTERS
from smallcaps.manifest import MANIFEST, current_vintage

FILES = ("requirements.txt", "data/catalog.yml", "data/claims.yml", "data/snapshot/CURRENT")


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """The copy: package, notebooks, lock, catalog, register, and the manifest without the tables."""
    shutil.copytree(paths.ROOT / "smallcaps", tmp_path / "smallcaps", ignore=shutil.ignore_patterns("__pycache__"))
    manifest = f"data/snapshot/{current_vintage()}/{MANIFEST}"
    for name in (*FILES, manifest, *(f"chapters/{chapter}.ipynb" for chapter in CHAPTERS)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(paths.ROOT / name, tmp_path / name)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "CHAPTERS", tmp_path / "chapters")
    forget()
    yield tmp_path
    forget()


@pytest.fixture
def shown(monkeypatch) -> list:
    """What is displayed, in order."""
    outputs = []
    for name, module in list(sys.modules.items()):
        if name.startswith("smallcaps.book") and hasattr(module, "display"):
            monkeypatch.setattr(module, "display", lambda *objects, **_: outputs.extend(objects))
    return outputs
