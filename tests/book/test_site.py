"""When a build has nothing to do."""

from __future__ import annotations

import pytest

from smallcaps.book import paths, site
from smallcaps.book.plan import Edition

EDITION = Edition("book", "1926-07", "2026-09", (), ())


@pytest.mark.parametrize("gone", [None, "index.html", *site.DATA, site.STAMP])
def test_a_site_stands_only_with_all_that_machines_read_of_it(tmp_path, monkeypatch, gone):
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(site, "site_key", lambda edition: "key")
    (tmp_path / "html").mkdir()
    for name in {"index.html", *site.DATA, site.STAMP} - {gone}:
        (tmp_path / "html" / name).write_text("key")
    assert site._everything_stands(EDITION) is (gone is None)
