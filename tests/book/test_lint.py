"""The house rules for source notebooks, each broken once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smallcaps.book.lint import notebook_faults, require_clean_notebooks
from smallcaps.book.parameters import validate
from smallcaps.errors import BuildError

GOOD = "\n".join(f"{name} = {value!r}  # meaning" for name, value in validate("etf_flows", {}).model_dump().items())


def code(source: str, **more) -> dict:
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
    return cell | more


def tagged(source: str = GOOD) -> dict:
    return code(source, metadata={"tags": ["parameters"]})


def notebook(folder: Path, *cells: dict, name: str = "etf_flows") -> Path:
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def faults(folder: Path, *cells: dict, **options) -> list[str]:
    return list(notebook_faults(notebook(folder, *cells, **options)))


def test_a_clean_notebook_has_no_fault(tmp_path):
    text = {"cell_type": "markdown", "metadata": {}, "source": "! and % are text here"}
    assert faults(tmp_path, text, tagged(), code("x = 1")) == []
    assert require_clean_notebooks(tmp_path) == "1 notebooks are clean"


def test_the_books_notebooks_are_clean():
    assert require_clean_notebooks().endswith("notebooks are clean")


@pytest.mark.parametrize("left", [{"outputs": [{"output_type": "stream"}]}, {"execution_count": 3}])
def test_outputs_and_counts(tmp_path, left):
    (fault,) = faults(tmp_path, tagged(), code("x = 1", **left))
    assert fault.startswith("cell 1 has outputs or a count")


@pytest.mark.parametrize("source", ["%matplotlib inline", "!ls", "\n  %%time\nx = 1", ["%time", " x"]])
def test_magics(tmp_path, source):
    (fault,) = faults(tmp_path, tagged(), code(source))
    assert fault.startswith("cell 1 uses a magic")


@pytest.mark.parametrize(("cells", "count"), [([], 0), ([tagged(), tagged()], 2)])
def test_one_cell_of_parameters(tmp_path, cells, count):
    (fault,) = faults(tmp_path, code("x = 1"), *cells)
    assert fault == f"has {count} cells tagged 'parameters'; one is due"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (GOOD.replace("lags = 6", "lags = 7"), "parameter 'lags' is 7 in the cell and 6 in the declaration"),
        (GOOD.replace("lags = 6", ""), "parameter 'lags' is missing from the cell"),
        (GOOD + "\nhorizon = 12", "parameter 'horizon' is missing from the declaration"),
        (GOOD.replace("'1993-02'", "'1993-03'"), "parameter 'start' is '1993-03' in the cell"),
    ],
)
def test_the_cell_says_what_is_declared(tmp_path, source, expected):
    assert source != GOOD
    (fault,) = faults(tmp_path, tagged(source))
    assert fault.startswith(expected)


def test_a_parameter_that_is_no_literal_is_a_fault(tmp_path):
    (fault,) = faults(tmp_path, tagged(GOOD.replace("lags = 6", "lags = 3 + len('abc')")))
    assert "lags" in fault


def test_a_notebook_that_is_no_chapter_may_have_other_parameters(tmp_path):
    assert faults(tmp_path, tagged("x = 1"), name="workbench") == []


def test_the_first_fault_stops_the_build_with_the_notebooks_name(tmp_path):
    notebook(tmp_path, tagged(), code("!ls"))
    with pytest.raises(BuildError, match=r"^notebook etf_flows.ipynb: cell 1 uses a magic"):
        require_clean_notebooks(tmp_path)
