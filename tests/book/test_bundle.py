"""What a reader takes home: the same bytes each time, and a manifest that holds."""

from __future__ import annotations

import hashlib
import json
import zipfile
from io import BytesIO

from smallcaps.book.bundle import write_downloads, zipped
from smallcaps.book.plan import Edition
from smallcaps.book.results import Results, Stamp

NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def test_the_same_files_in_any_order_give_the_same_bytes():
    one = zipped({"a": b"1", "b": b"2"}, name="book")
    assert one == zipped({"b": b"2", "a": b"1"}, name="book")
    assert one != zipped({"a": b"1", "b": b"3"}, name="book")


def test_the_archive_holds_every_file_and_its_sha256(tmp_path):
    (tmp_path / "downloads" / "figures" / "x").mkdir(parents=True)
    (tmp_path / "downloads" / "figures" / "x" / "gap.csv").write_text("a,b\n1,2\n")
    for name in ("results.json", "evidence.json", "inputs.json"):
        (tmp_path / name).write_text("{}")
    results = Results(Stamp("1990-01", "2000-12", {}, None, "0"), {"x": NOTEBOOK}, {}, {})
    write_downloads(Edition("early", "1990-01", "2000-12", (), ()), results, into=tmp_path)
    content = (tmp_path / "downloads" / "edition.zip").read_bytes()
    stated = (tmp_path / "downloads" / "edition.zip.sha256").read_text(encoding="utf-8")
    assert stated == f"{hashlib.sha256(content).hexdigest()}  edition.zip\n"
    with zipfile.ZipFile(BytesIO(content)) as archive:
        manifest = json.loads(archive.read("early/manifest.json"))
        found = {name: hashlib.sha256(archive.read(f"early/{name}")).hexdigest() for name in manifest["sha256"]}
        assert len(archive.namelist()) == len(found) + 1
    assert found == manifest["sha256"]
    assert set(found) == {
        "results.json",
        "evidence.json",
        "inputs.json",
        "downloads/figures/x/gap.csv",
        "downloads/notebooks/x.ipynb",
    }
    assert json.loads((tmp_path / "downloads" / "notebooks" / "x.ipynb").read_text(encoding="utf-8")) == NOTEBOOK
