"""What a reader takes home: the same bytes each time, and a manifest that holds."""

from __future__ import annotations

import hashlib
import json
import zipfile
from io import BytesIO

from rocrate.rocrate import ROCrate

from smallcaps.book.bundle import write_downloads, zipped
from smallcaps.book.plan import Edition
from smallcaps.book.results import Results, Stamp

STAMP = Stamp("1990-01", "2000-12", {}, None, "0")
BUNDLE = ("downloads/edition.zip", "downloads/edition.zip.sha256")
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
    results = Results(STAMP, {"x": NOTEBOOK}, {}, {})
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
        "ro-crate-metadata.json",
    }
    assert json.loads((tmp_path / "downloads" / "notebooks" / "x.ipynb").read_text(encoding="utf-8")) == NOTEBOOK


def test_the_archive_and_the_site_each_have_a_crate_of_what_lies_in_them(tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    for name in ("results.json", "evidence.json", "inputs.json", "about.html"):
        (site / name).write_text("{}")
    write_downloads(Edition("early", "1990-01", "2000-12", (), ()), Results(STAMP, {"x": NOTEBOOK}, {}, {}), into=site)
    with zipfile.ZipFile(site / "downloads" / "edition.zip") as archive:
        archive.extractall(tmp_path / "taken")
    for folder, more in ((site, {"about.html", *BUNDLE}), (tmp_path / "taken" / "early", set())):
        read = ROCrate(folder)
        data = {"results.json", "evidence.json", "inputs.json", "downloads/notebooks/x.ipynb"}
        assert {entity.id for entity in read.data_entities} == data | more
        assert all((folder / entity.id).is_file() for entity in read.data_entities)
