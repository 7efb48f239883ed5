"""One run: what it refuses before anything runs, and what it says of files that are damaged."""

from __future__ import annotations

import pytest
from complaints import complaint

from smallcaps.book import paths, single
from smallcaps.book.single import read_run, run_chapter, told
from smallcaps.errors import BuildError, InputError


@pytest.fixture
def planned(monkeypatch) -> list:
    """The values with which runs were asked for; nothing is planned or run."""
    asked = []

    def stop(chapter, values):
        asked.append(values)
        raise BuildError("planned")

    monkeypatch.setattr(single, "plan_inside", stop)
    return asked


@pytest.mark.parametrize("name", ["start", "end"])
@pytest.mark.parametrize("second", ["1990-01", "1980-01"])
def test_a_month_given_twice_is_refused(planned, name, second):
    text = complaint(
        InputError, lambda: run_chapter("rate_sensitivity", **{name: "1980-01"}, assignments=[f"{name}={second}"])
    )
    assert text == f"{name} is given twice: 1980-01 and {second}; allowed: once"
    assert not planned


def test_the_two_ways_to_give_a_month_go_together(planned):
    complaint(BuildError, lambda: run_chapter("rate_sensitivity", start="1980-01", assignments=["end=2000-01"]))
    assert planned == [{"start": "1980-01", "end": "2000-01"}]


def test_a_month_that_is_none_is_refused(planned):
    assert "END='soon'" in complaint(InputError, lambda: run_chapter("rate_sensitivity", end="soon"))
    assert not planned


@pytest.mark.parametrize("damaged", ["results.json", "comparison.json"])
def test_what_a_run_found_is_told_from_whole_files_only(tmp_path, monkeypatch, damaged):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    folder = tmp_path / "etf_flows-0"
    folder.mkdir()
    (folder / "results.json").write_text('{"claims": []}')
    (folder / "comparison.json").write_text('{"note": "none"}')
    assert len(told(folder)) == 1
    (folder / damaged).write_text("{")
    remedy = "remove the folder etf_flows-0, then run it again"
    assert complaint(BuildError, lambda: told(folder)) == (
        f"etf_flows-0/{damaged} is damaged, it does not read as JSON: {remedy}"
    )
    (folder / damaged).unlink()
    assert complaint(BuildError, lambda: told(folder)) == f"etf_flows-0 holds no {damaged}: {remedy}"


def test_a_file_of_a_run_is_read_back(tmp_path):
    (tmp_path / "run.json").write_text('{"chapter": "etf_flows"}')
    assert read_run(tmp_path, "run.json") == {"chapter": "etf_flows"}
