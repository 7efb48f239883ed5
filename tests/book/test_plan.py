"""What must run: the key of a run changes with everything that decides its result, and with nothing else."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from planning import edit_manifest, forget

from smallcaps.book import paths, plan
from smallcaps.book.parameters import CHAPTERS, TABLES, validate
from smallcaps.errors import BuildError, InputError

CHAPTER = "rate_sensitivity"
USED, UNUSED = "ff_size_portfolios", "iwm_month_end"


def key(**values) -> str:
    forget()
    return plan.plan_run(CHAPTER, values).key


def edit_notebook(root: Path, change) -> None:
    path = root / "chapters" / f"{CHAPTER}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def edit_catalog(root: Path, table: str) -> None:
    path = root / "data" / "catalog.yml"
    before, after = path.read_text(encoding="utf-8").split(f"\n  {table}:\n", 1)
    path.write_text(f"{before}\n  {table}:\n{after.replace('    title: ', '    title: New ', 1)}", encoding="utf-8")


def append(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n# a change\n", encoding="utf-8")


def set_source(cell: int, text: str):
    return lambda notebook: notebook["cells"][cell].update(source=[text])


CHANGES = {
    "a code cell": lambda root: edit_notebook(root, set_source(3, "x = 1")),
    "a text cell": lambda root: edit_notebook(root, set_source(0, "# Another title")),
    "a cell's tags": lambda root: edit_notebook(root, lambda n: n["cells"][3]["metadata"].update(tags=["new"])),
    "a cell more": lambda root: edit_notebook(root, lambda n: n["cells"].append(n["cells"][0])),
    "the order of cells": lambda root: edit_notebook(root, lambda n: n["cells"].reverse()),
    "a table it reads": lambda root: edit_manifest(root, USED),
    "the entry of a table it reads": lambda root: edit_catalog(root, USED),
    "a study": lambda root: append(root / "smallcaps" / "studies" / "betas.py"),
    "the parameters' module": lambda root: append(root / "smallcaps" / "book" / "parameters.py"),
    "the chapter's module": lambda root: append(root / "smallcaps" / "book" / "chapter.py"),
    "a new module": lambda root: (root / "smallcaps" / "new.py").write_text("x = 1\n"),
    "a module less": lambda root: (root / "smallcaps" / "tables.py").unlink(),
    "the lock": lambda root: append(root / "requirements.txt"),
}
NO_CHANGES = {
    "outputs": lambda root: edit_notebook(root, lambda n: n["cells"][3].update(outputs=[1], execution_count=7)),
    "ids": lambda root: edit_notebook(root, lambda n: [c.update(id=f"x{i}") for i, c in enumerate(n["cells"])]),
    "the notebook's metadata": lambda root: edit_notebook(root, lambda n: n["metadata"].update(kernelspec={})),
    "how a source is split": lambda root: edit_notebook(
        root, lambda n: [c.update(source="".join(c["source"])) for c in n["cells"]]
    ),
    "a table it does not read": lambda root: edit_manifest(root, UNUSED),
    "the entry of a table it does not read": lambda root: edit_catalog(root, UNUSED),
    "a module of pages": lambda root: append(root / "smallcaps" / "book" / "assemble.py"),
    "the check": lambda root: append(root / "smallcaps" / "book" / "check.py"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_that_matters_makes_a_new_key(root, change):
    before = key()
    change(root)
    assert key() != before


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES)
def test_a_change_that_does_not_matter_makes_none(root, change):
    before = key()
    change(root)
    assert key() == before


def test_code_that_fetches_data_is_no_input(root):
    before = key()
    (root / "smallcaps" / "sources").mkdir(exist_ok=True)
    (root / "smallcaps" / "sources" / "another.py").write_text("x = 1\n")
    assert key() == before


@pytest.mark.parametrize("values", [{"start": "1990-01"}, {"horizon": 6}, {"seed": 1}, {"strict": False}])
def test_parameters_make_a_new_key(values):
    assert key(**values) != key()


def test_a_default_that_is_given_makes_the_same_key():
    assert key(**validate(CHAPTER, {}).model_dump()) == key() == key()


def test_the_tables_of_the_examples_are_as_the_tests_take_them():
    assert USED in TABLES[CHAPTER] and UNUSED not in TABLES[CHAPTER]


def imported_by(module: str, seen: set[str]) -> set[str]:
    """The modules of smallcaps.book that `module` imports anywhere in its code, and those that these import."""
    tree = ast.parse((paths.ROOT / "smallcaps" / "book" / f"{module}.py").read_text(encoding="utf-8"))
    for statement in ast.walk(tree):
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("smallcaps.book"):
            inner = statement.module.removeprefix("smallcaps.book").removeprefix(".")
            for name in [inner] if inner else [alias.name for alias in statement.names]:
                if name not in seen:
                    seen.add(name)
                    imported_by(name, seen)
    return seen


def test_modules_of_pages_are_not_what_a_chapter_imports():
    found = imported_by("chapter", {"chapter"})
    assert "parameters" in found
    assert not found & set(plan._PAGE_MODULES)


def test_every_module_of_pages_exists():
    for name in plan._PAGE_MODULES:
        assert (paths.ROOT / "smallcaps" / "book" / f"{name}.py").exists(), name


# Notebooks that cannot be read


def test_a_missing_notebook_is_named(root):
    (root / "chapters" / f"{CHAPTER}.ipynb").unlink()
    with pytest.raises(BuildError, match=rf"notebook {CHAPTER}.ipynb is missing"):
        key()


@pytest.mark.parametrize("text", ["{", "{}", ""])
def test_a_broken_notebook_is_named(root, text):
    (root / "chapters" / f"{CHAPTER}.ipynb").write_text(text)
    with pytest.raises(BuildError, match=rf"notebook {CHAPTER}.ipynb does not read as a notebook"):
        key()


# Editions


@pytest.fixture
def no_notebooks(monkeypatch):
    """Plans without reading notebooks, of which some chapters may have none yet."""
    monkeypatch.setattr(plan, "notebook_content", lambda path: [[path.stem]])


def test_the_book_is_the_widest_edition(no_notebooks):
    book = plan.plan_edition()
    assert (book.name, book.start, book.end) == ("book", *plan.book_span())
    assert book.uncovered == () and {run.chapter for run in book.runs} == set(CHAPTERS)
    assert plan.plan_edition(*plan.book_span()) == book


def test_an_edition_is_named_by_its_dates_and_lenient(no_notebooks):
    edition = plan.plan_edition("1990-01", "2015-12")
    assert edition.name == "1990-01_2015-12"
    for run in edition.runs:
        assert (run.parameters.start, run.parameters.end, run.parameters.strict) == ("1990-01", "2015-12", False)
    assert edition.built_from != plan.plan_edition("1990-01", "2015-11").built_from


def test_one_end_may_stay_open(no_notebooks):
    assert plan.plan_edition(start="1990-01").end == plan.book_span()[1]
    assert plan.plan_edition(end="1990-01").start == plan.book_span()[0]


def test_a_chapter_that_the_window_does_not_reach_is_left_out_and_named(no_notebooks):
    edition = plan.plan_edition(end="1980-12")
    assert edition.uncovered == ("etf_flows",)
    assert "etf_flows" not in {run.chapter for run in edition.runs}


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("1900-01", "1910-12", ["no chapter's data reach 1900-01 to 1910-12", "1926-07"]),
        ("2030-01", "2031-12", ["no chapter's data reach"]),
        ("2000-02", "2000-01", ["start=2000-02 lies after end=2000-01"]),
        ("2000", None, ["START='2000'", "YYYY-MM"]),
        (None, "2000-00", ["END='2000-00'", "YYYY-MM"]),
    ],
)
def test_dates_that_make_no_edition(no_notebooks, start, end, words):
    with pytest.raises(InputError) as caught:
        plan.plan_edition(start, end)
    assert all(word in str(caught.value) for word in words)
    assert "\n" not in str(caught.value)


def test_a_run_knows_its_places():
    run = plan.plan_run(CHAPTER, {})
    assert run.source == paths.CHAPTERS / f"{CHAPTER}.ipynb"
    assert run.output == paths.CACHE / CHAPTER / f"{run.key}.ipynb"
