"""What a reader may take home: each executed notebook, and the edition as one archive with a manifest.

An RO-Crate describes the archive, and another one the site.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from io import BytesIO
from pathlib import Path

from smallcaps.book import crate
from smallcaps.book.plan import Edition
from smallcaps.book.results import Results

NOTEBOOKS = Path("downloads", "notebooks")
ARCHIVE = Path("downloads", "edition.zip")
_DATA = ("results.json", "evidence.json", "inputs.json")
_WHEN = (1980, 1, 1, 0, 0, 0)  # the archive's content decides its bytes, the hour does not


def write_downloads(edition: Edition, results: Results, *, into: Path) -> None:
    """Write the executed notebooks of `edition` and its archive into the site `into`, the archive's sha256 beside it.

    The archive holds the notebooks, every figure's data, the results with evidence and inputs, the RO-Crate that
    describes them, and `manifest.json`, which states the sha256 of each of these files. The site's own RO-Crate
    names its pages and the archive too. The same content gives the same bytes.
    """
    folder = into / NOTEBOOKS
    folder.mkdir(parents=True, exist_ok=True)
    for name, notebook in results.notebooks.items():
        text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    files = _files(into)
    described = {**files, crate.FILE: crate.crate_of(edition, results, files).encode()}
    archive = zipped(described, name=edition.name)
    sums = f"{hashlib.sha256(archive).hexdigest()}  {ARCHIVE.name}\n".encode()
    bundle = {ARCHIVE.as_posix(): archive, f"{ARCHIVE.as_posix()}.sha256": sums}
    for name, content in bundle.items():
        (into / name).write_bytes(content)
    # The pages are named without their sha256: the list of editions on one of them changes when another is built.
    pages = {path.name: None for path in into.glob("*.html")}
    (into / crate.FILE).write_text(crate.crate_of(edition, results, {**files, **bundle, **pages}), encoding="utf-8")


def zipped(files: dict[str, bytes], *, name: str) -> bytes:
    """The bytes of an archive of `files` in a folder `name`, with their manifest."""
    sums = {file: hashlib.sha256(content).hexdigest() for file, content in sorted(files.items())}
    manifest = json.dumps({"edition": name, "sha256": sums}, indent=1, ensure_ascii=False) + "\n"
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in {"manifest.json": manifest.encode(), **dict(sorted(files.items()))}.items():
            entry = zipfile.ZipInfo(f"{name}/{file}", date_time=_WHEN)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, content)
    return buffer.getvalue()


def _files(site: Path) -> dict[str, bytes]:
    found = [site / name for name in _DATA]
    found += [path for path in (site / "downloads").rglob("*") if path.suffix in (".csv", ".ipynb")]
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in found}
