"""Verifying refuses, before it rebuilds, a name that nothing has and a site whose files are damaged."""

from __future__ import annotations

import json

import pytest
from complaints import complaint

from smallcaps.book import paths, verify
from smallcaps.errors import BuildError, InputError

WHOLE = {"index.html": "", "evidence.json": "{}", "inputs.json": json.dumps({"edition": {}})}
WHOLE["results.json"] = json.dumps({"edition": {}, "claims": []})


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A folder for sites; a rebuild stops the test."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(paths, "EDITIONS", tmp_path / "html" / "editions")

    def stop(*_, **__):
        raise AssertionError("rebuilt")

    monkeypatch.setattr(verify, "_rebuild", stop)
    return tmp_path


@pytest.fixture
def site(build):
    (build / "html").mkdir()
    for name, content in WHOLE.items():
        (build / "html" / name).write_text(content)
    return build / "html"


def test_without_a_site_it_says_what_to_do(build):
    text = complaint(InputError, verify.verify)
    assert text == "NAME='book': no such edition; built: none; run make book first"


@pytest.mark.parametrize("name", ["../up", "Book", "boook"])
def test_a_name_that_no_edition_has_is_refused(site, name):
    text = complaint(InputError, lambda: verify.verify(name))
    assert text.startswith(f"NAME={name!r}: no such edition") and text.endswith("; built: book")


def test_a_whole_site_is_rebuilt(site):
    with pytest.raises(AssertionError, match="rebuilt"):
        verify.verify()


@pytest.mark.parametrize("damaged", ["inputs.json", "results.json"])
def test_a_damaged_file_is_named_with_what_to_do(site, damaged):
    (site / damaged).write_text("{")
    text = complaint(BuildError, verify.verify)
    assert text == f"html/{damaged} is damaged, it does not read as JSON: remove it, then make book"


@pytest.mark.parametrize("missing", ["inputs.json", "results.json", "evidence.json"])
def test_a_file_that_is_gone_stops_it_before_the_rebuild(site, missing):
    (site / missing).unlink()
    assert "build it first" in complaint(BuildError, verify.verify)
