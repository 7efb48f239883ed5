"""Files of runs: what is wrong is said in one line that names file, entry and field; the list of runs is escaped."""

from __future__ import annotations

import json

import pytest
import yaml
from complaints import complaint

from smallcaps.book import batch, paths
from smallcaps.book.batch import read_runs, write_index
from smallcaps.errors import BuildError, InputError


def file(folder, content) -> object:
    path = folder / "mine.yml"
    text = content if isinstance(content, str | bytes) else yaml.safe_dump(content)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


GOOD = {"name": "half-a-year", "chapter": "rate_sensitivity", "parameters": {"horizon": 6}}


def test_the_example_is_allowed_and_each_run_another():
    runs = read_runs(paths.ROOT / "runs" / "example.yml")
    assert len(runs) == len({run.key for run in runs.values()}) >= 3


def test_a_run_takes_what_the_command_line_takes(tmp_path):
    runs = read_runs(file(tmp_path, {"runs": [GOOD, {"name": "plain", "chapter": "etf_flows"}]}))
    assert list(runs) == ["half-a-year", "plain"]
    assert runs["half-a-year"].parameters.horizon == 6


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("runs: [", ["does not read as YAML"]),
        ("runs: [{name: a, chapter: etf_flows, parameters: {start: 2000-13-45}}]", ["read as YAML: month must be in"]),
        (b"runs: \xff", ["does not read as YAML"]),
        ("", ["the file: holds no runs; a file holds runs"]),
        ("- a\n- b\n", ["the file: holds no runs; a file holds runs"]),
        ({}, ["runs: is missing; a file holds runs"]),
        ({"runs": []}, ["runs: should hold at least one run;"]),
        ({"runs": 5}, ["runs: should be a list of runs;"]),
        ({"runs": GOOD}, ["runs: should be a list of runs;"]),
        ({"runs": [GOOD], "more": 1}, ["more: is not known; a file holds runs"]),
        ({"runs": [GOOD], 5: 1}, ["5: should be a word; a file holds runs"]),
        ({"runs": ["x"]}, ["run 1, the entry='x': should hold name, chapter and parameters"]),
        ({"runs": [GOOD | {"name": 5}]}, ["run 1, name=5: should be text"]),
        ({"runs": [GOOD | {"parameters": {5: 6}}]}, ["run 1 (half-a-year), parameters.5=5: should be text"]),
        ({"runs": [GOOD | {"parameters": {"strict": "no"}}]}, ["strict='no'", "should be true or false"]),
        ({"runs": [GOOD, {"name": "b"}]}, ["run 2 (b)", "chapter", "required"]),
        ({"runs": [GOOD | {"name": "Not This"}]}, ["run 1 (Not This)", "name='Not This'", "lower-case"]),
        ({"runs": [GOOD | {"name": "../up"}]}, ["run 1 (../up)", "lower-case"]),
        ({"runs": [GOOD | {"start": "1990-01"}]}, ["run 1 (half-a-year)", "start", "known: name, chapter, parameters"]),
        ({"runs": [GOOD, GOOD]}, ["run 2 (half-a-year)", "name", "stands twice"]),
        ({"runs": [GOOD | {"chapter": "rates"}]}, ["run 1 (half-a-year)", "unknown chapter 'rates'"]),
        ({"runs": [GOOD | {"parameters": {"horizn": 6}}]}, ["run 1 (half-a-year)", "'horizn'", "did you mean"]),
        ({"runs": [GOOD | {"parameters": {"horizon": 60}}]}, ["run 1 (half-a-year)", "horizon=60", "36"]),
        ({"runs": [GOOD | {"parameters": {"end": "2090-01"}}]}, ["run 1 (half-a-year)", "end=2090-01", "cover"]),
        ({"runs": [GOOD | {"parameters": [1]}]}, ["run 1 (half-a-year)", "parameters=[1]: should be parameters with"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path, content, words):
    path = file(tmp_path, content)
    with pytest.raises(InputError) as caught:
        read_runs(path)
    text = str(caught.value)
    assert "\n" not in text and "Input should" not in text and "RunFile" not in text
    for word in [str(path), *words]:
        assert word in text, text


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        read_runs(tmp_path / "none.yml")


@pytest.fixture
def runs_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    for name in ("data", "smallcaps", "requirements.txt"):
        (tmp_path / name).symlink_to(paths.ROOT / name)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    return tmp_path / "runs"


def leave(run, runs_folder, parameters=None) -> None:
    folder = batch.folder_of(run)
    folder.mkdir(parents=True)
    asked = {"chapter": run.chapter, "key": run.key, "parameters": parameters or run.parameters.model_dump()}
    (folder / "run.json").write_text(json.dumps(asked))
    (folder / "results.json").write_text(json.dumps({"claims": []}))
    (folder / "comparison.json").write_text(json.dumps({"note": "none"}))


def test_the_list_escapes_what_it_shows(runs_folder):
    run = batch.plan_inside("etf_flows", {})
    leave(run, runs_folder, {"file": "<script>alert(1)</script>"})
    page = write_index().read_text(encoding="utf-8")
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert f'href="{batch.folder_of(run).name}/etf_flows.html"' in page


@pytest.mark.parametrize("damaged", ["run.json", "results.json", "comparison.json"])
def test_a_run_whose_files_are_damaged_is_named_with_what_to_do(runs_folder, damaged):
    run = batch.plan_inside("etf_flows", {})
    leave(run, runs_folder)
    (batch.folder_of(run) / damaged).write_text('{"cla')
    name = batch.folder_of(run).name
    text = complaint(BuildError, write_index)
    assert text == (
        f"runs/{name}/{damaged} is damaged, it does not read as JSON: remove the folder {name}, then run it again"
    )


def test_damaged_names_are_said_in_one_line(runs_folder):
    runs_folder.mkdir()
    (runs_folder / batch.NAMES).write_text("{")
    assert complaint(BuildError, write_index).startswith("runs/names.json is damaged, it does not read as JSON: remove")


def test_one_run_that_fails_keeps_no_other_from_its_end(tmp_path, runs_folder, monkeypatch, capsys):
    good = {"name": "plain", "chapter": "etf_flows"}
    path = file(tmp_path, {"runs": [GOOD, good, good | {"name": "the-same"}]})
    made = []

    def make(run):
        if run.chapter == "rate_sensitivity":
            raise BuildError("made to fail")
        made.append(run.chapter)
        leave(run, runs_folder)

    # The chapters' notebooks are planned where they lie; only what is written goes elsewhere.
    monkeypatch.setattr(batch, "make", make)
    planned = dict(zip(("half-a-year", "plain", "the-same"), _plans(), strict=True))
    monkeypatch.setattr(batch, "read_runs", lambda path: planned)
    with pytest.raises(BuildError, match=r"1 of 2 runs failed; the first is 'half-a-year': made to fail"):
        batch.run_file(str(path))
    assert made == ["etf_flows"]  # two names, one run
    assert "half-a-year              failed: made to fail" in capsys.readouterr().out
    page = (runs_folder / "index.html").read_text(encoding="utf-8")
    assert "plain, the-same" in page


def _plans():
    from smallcaps.book.parameters import validate
    from smallcaps.book.plan import Run

    rates, flows = validate("rate_sensitivity", {}), validate("etf_flows", {})
    return [Run("rate_sensitivity", rates, "a" * 64), *[Run("etf_flows", flows, "b" * 64)] * 2]
