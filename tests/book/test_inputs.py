"""The inputs of an edition by kind: one change of each kind shows under its own kind and no other."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest
from complaints import complaint
from planning import edit_manifest, forget

from smallcaps.book import inputs, plan
from smallcaps.book.inputs import KINDS, as_json, differing_inputs, inputs_of, read_inputs, told
from smallcaps.errors import BuildError

CHAPTER, TABLE, UNUSED = "etf_flows", "iwm_month_end", "presidential_elections"


def found(**values) -> dict:
    forget()
    run = plan.plan_run(CHAPTER, values)
    return inputs_of(plan.Edition("book", "1993-02", "2026-08", (run,), ()))


def change_table(root: Path) -> None:
    edit_manifest(root, TABLE, UNUSED)


def append(*names: str):
    def change(root: Path) -> None:
        for name in names:
            with open(root / name, "a", encoding="utf-8") as file:
                file.write("\n# a change\n")

    return change


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (change_table, {"data": [TABLE]}),
        (append("data/claims.yml"), {"data": ["claims.yml"]}),
        (append("smallcaps/flows.py"), {"code": ["smallcaps/flows.py"]}),
        (append("requirements.txt"), {"lock": ["requirements.txt"]}),
        (append("smallcaps/book/assemble.py", "smallcaps/sources/french.py"), {}),
    ],
    ids=["a table", "the register", "a module", "the lock", "what decides no number"],
)
def test_a_change_shows_under_its_kind(root, change, expected):
    before = found()
    change(root)
    assert differing_inputs(before, found()) == expected


def test_a_changed_notebook_is_code(root):
    before = found()
    path = root / "chapters" / f"{CHAPTER}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][3]["source"] = ["x = 1"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert differing_inputs(before, found()) == {"code": [f"chapters/{CHAPTER}.ipynb"]}


def test_a_parameter_is_named_with_both_values(root):
    assert differing_inputs(found(), found(lags=3)) == {"parameters": [f"{CHAPTER}.lags: 6 → 3"]}


def test_the_platform_is_named(root, monkeypatch):
    before = found()
    monkeypatch.setattr(platform, "machine", lambda: "abacus")
    assert differing_inputs(before, found()) == {"platform": [f"machine: {before['platform']['machine']} → abacus"]}


def test_a_package_of_another_version_is_named(root, monkeypatch):
    before = found()
    monkeypatch.setattr(inputs.metadata, "version", lambda name: "9.9")
    assert f"numpy: {before['lock']['numpy']} → 9.9" in differing_inputs(before, found())["lock"]


def test_a_new_table_is_named(root):
    assert differing_inputs({"data": {}}, {"data": {"x": "0" * 64}}) == {"data": ["x (only after)"]}


def test_every_kind_is_stated_and_the_text_is_the_same_each_time(root):
    content = found()
    assert set(content) == {"edition", *KINDS} and all(content[kind] for kind in KINDS)
    assert as_json(content) == as_json(found())


def test_one_line_tells_what_differs():
    many = {"code": [f"m{i}" for i in range(6)], "lock": ["requirements.txt"]}
    assert told(many) == "code (m0, m1, m2, m3 and 2 more); lock (requirements.txt)"
    assert told({}) == "none"


def test_a_site_without_inputs_is_named(tmp_path):
    with pytest.raises(BuildError, match=r"inputs.json is missing"):
        read_inputs(tmp_path)


@pytest.mark.parametrize("content", [b"", b'{"data": {', b"[]", b"\xff\xfe"])
def test_damaged_inputs_are_named_with_what_to_do(tmp_path, content):
    (tmp_path / "inputs.json").write_bytes(content)
    text = complaint(BuildError, lambda: read_inputs(tmp_path))
    assert text == f"{tmp_path}/inputs.json is damaged, it does not read as JSON: remove it, then make book"
