"""The public interface: the list is held here, its names load when used, and the page's examples run."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import smallcaps
from smallcaps.book.reference import GROUPS, READERS, markdown, public, readers

ROOT = Path(__file__).resolve().parent.parent

# A name that is added or removed here is a change for others: say it in CHANGELOG.md, and see the page's version rule.
PUBLIC = {
    "DataError", "Event", "Evidence", "InputError", "NotCovered", "OwnPair", "Panel", "ReturnKindError", "ReturnSeries",
    "SmallCapsError", "Snapshot", "TooFewEvents", "base_rate", "benjamini_hochberg", "decide", "event_study",
    "first_cuts", "hodrick_1b", "load_catalog", "load_register", "minimum_detectable_effect", "monthly_gap", "ols",
    "sign_flip", "simple_returns", "term_permutation", "window_gap", "window_return",
}  # fmt: skip


def test_the_list_is_this_one():
    assert set(smallcaps.__all__) == PUBLIC and list(smallcaps.__all__) == sorted(smallcaps.__all__)
    assert set(dir(smallcaps)) >= PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_name_loads_is_typed_and_documented(name):
    thing = getattr(smallcaps, name)
    assert inspect.getdoc(thing)
    if inspect.isfunction(thing):
        signature = inspect.signature(thing)
        assert signature.return_annotation is not inspect.Signature.empty
        assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = smallcaps.nothing


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, smallcaps; print([m for m in ('numpy', 'pandas', 'scipy', 'pydantic') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "smallcaps" / "py.typed").exists()


def test_the_examples_of_the_page_run():
    failed, tried = doctest.testfile(str(ROOT / "chapters" / "library.md"), module_relative=False)
    assert tried >= 10 and not failed


def test_the_page_documents_every_name_once():
    shown = [item.name for items in public().values() for item in items]
    assert sorted(shown) == sorted(PUBLIC)
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(PUBLIC)


def test_signatures_show_no_place_of_this_machine():
    for items in public().values():
        for item in items:
            assert str(ROOT) not in item.signature and "PosixPath" not in item.signature


def test_a_long_signature_has_a_line_for_each_parameter_and_a_short_one_stays():
    shown = {item.name: item.signature for items in public().values() for item in items}
    assert "\n" not in shown["load_catalog"]
    assert shown["window_gap"].splitlines() == [
        "window_gap(",
        "    small: ReturnSeries,",
        "    large: ReturnSeries,",
        "    *,",
        "    horizon: int,",
        ") -> pd.Series",
    ]
    assert shown["Panel"].endswith("\n    own: OwnPair | None = None,\n)")
    for name, text in shown.items():
        thing = getattr(smallcaps, name)
        if not (isinstance(thing, type) and issubclass(thing, Exception)):
            assert all(f"{parameter}: " in text for parameter in inspect.signature(thing).parameters), name
    assert all(len(line) <= 80 for text in shown.values() for line in text.splitlines())


def test_a_docstrings_sections_become_lists():
    sections = "Parameters\n----------\nx : float\n    In percent.\n\nRaises\n------\nInputError\n    If not."
    text = markdown(f"What comes back.\n\n{sections}")
    assert text.split("\n")[0] == "What comes back."
    assert "**Parameters**" in text and "- `x : float`\n  In percent." in text and "- `InputError`\n  If not." in text


def test_each_downloader_says_what_it_has_not_been_run_against():
    said = readers()
    assert len(said) == len(READERS)
    for title, text in said.items():
        assert "has not yet been run against the live server" in text and "hape" in text, title
        assert " reader" not in text, f"{title}: on a page a reader is who reads it"
