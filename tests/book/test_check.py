"""The check of a built site: a small sound one, and each fault put into it alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smallcaps.book.check import find_faults, require_sound
from smallcaps.errors import BuildError

ALT = "Bars of the gap after eight first cuts, mean minus 3.4"
SHELL = """<!DOCTYPE html><html lang="en"><head><title>t</title><link rel="stylesheet" href="_static/s.css">
<link rel="canonical" href="https://example.org/x"><script src="_static/s.js">if (isNaN(x)) {{ y }}</script>
<style>.nan {{ color: red }}</style></head><body><article>{body}</article></body></html>"""
INDEX = f"""<h1>The book</h1><p>Finance and inflation: information, banana.</p><a href="rates.html#gap">gap</a>
<a href="#top">up</a><a id="top" href="https://example.org/">elsewhere</a><a href="mailto:a@example.org">mail</a>
<a href="rates.html?x=1">with a query</a><a href="downloads/gap.csv">data</a><a href="folder/">folder</a>
<img src="figures/gap.svg" alt="{ALT}">"""
RATES = f"""<h1>Rates</h1><div id="gap">gap</div><a href="index.html">home</a><img src="figures/gap.svg" alt="{ALT}">"""


def site(folder: Path, *, index: str = INDEX, rates: str = RATES, shell: str = SHELL) -> Path:
    for name, body in (("index", index), ("rates", rates)):
        (folder / f"{name}.html").write_text(shell.replace("{body}", body).replace("{{", "{").replace("}}", "}"))
    files = {
        "_static/s.css": "",
        "_static/s.js": "",
        "_static/fragment.html": "<img>",
        "figures/gap.svg": "<svg/>",
        "downloads/gap.csv": "x\n",
        "folder/index.html": SHELL.replace("_static", "../_static").replace("{body}", "<h1>A folder</h1>"),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    results(folder, {"id": "rates-gap", "page": "rates.html#gap"})
    return folder


def results(folder: Path, *claims: dict) -> None:
    (folder / "results.json").write_text(json.dumps({"edition": {}, "claims": list(claims)}))


def with_code(code: str, text: str) -> str:
    """RATES, in which code and prose say something more."""
    return RATES + f"<pre>{code}</pre><p>{text}</p>"


def test_a_sound_site_has_no_fault(tmp_path):
    whole = site(tmp_path)
    assert list(find_faults(whole)) == []
    assert require_sound(whole).split(maxsplit=1)[1] == "3 pages, 2 images, no fault"


def faults_with_code(folder: Path, code: str, text: str) -> list[str]:
    return list(find_faults(site(folder, rates=with_code(code, text))))


@pytest.mark.parametrize("code", ['float("nan")', 'float("inf")', "{{{{ x }}}}"])
def test_code_may_show_what_prose_must_not(tmp_path, code):
    assert faults_with_code(tmp_path, code, "plain") == []


@pytest.mark.parametrize(("code", "text"), [('float("nan")', "finance"), ('float("inf")', "inflation")])
def test_words_that_hold_the_letters_are_words(tmp_path, code, text):
    assert faults_with_code(tmp_path, code, text) == []


def test_code_does_not_hide_what_prose_says_later(tmp_path):
    (found,) = faults_with_code(tmp_path, 'float("nan")', "from −inf to 3")
    assert "a number that is not one" in found


FAULTS = {
    "no alt text": ('<img src="figures/gap.svg">', "no alt text"),
    "empty alt text": ('<img src="figures/gap.svg" alt=" ">', "no alt text"),
    "short alt text": ('<img src="figures/gap.svg" alt="A chart of it">', "got 'A chart of it'"),
    "file name as alt text": (
        '<img src="figures/gap.svg" alt="the gap after cuts, gap.svg">',
        "a file name for an alt",
    ),
    "hash as alt text": (f'<img src="figures/gap.svg" alt="{"0a1b" * 16}">', "a file name for an alt text"),
    "missing image": (f'<img src="figures/other.svg" alt="{ALT}">', "dead link figures/other.svg"),
    "dead link": ('<a href="nowhere.html">x</a>', "dead link nowhere.html"),
    "dead download": ('<a href="downloads/other.csv">x</a>', "dead link downloads/other.csv"),
    "dead anchor elsewhere": ('<a href="index.html#nowhere">x</a>', "dead anchor index.html#nowhere"),
    "dead anchor here": ('<a href="#nowhere">x</a>', "dead anchor #nowhere"),
    "script from elsewhere": ('<script src="https://cdn.example.org/a.js"></script>', "<script> asks another host"),
    "script without a scheme": ('<script src="//cdn.example.org/a.js"></script>', "<script> asks another host"),
    "style from elsewhere": ('<link rel="stylesheet" href="https://example.org/a.css">', "<link> asks another host"),
    "image from elsewhere": (f'<img src="http://example.org/a.png" alt="{ALT}">', "<img> asks another host"),
    "nan": ("<p>The gap was nan points.</p>", "a number that is not one"),
    "NaN in a table": ("<table><tr><td>NaN</td></tr></table>", "a number that is not one"),
    "nan with a unit": ("<p>nan %</p>", "a number that is not one"),
    "infinity": ("<p>from −inf to 3</p>", "a number that is not one"),
    "traceback shown by a cell": (
        '<div class="output"><pre>Traceback (most recent call last): x</pre></div>',
        "a traceback",
    ),
    "traceback": ("<pre>x</pre><p>Traceback (most recent call last): …</p>", "a traceback"),
    "unfilled template": ("<p>The gap was {{{{ gap }}}} points.</p>", "an unfilled template"),
    "unfilled block": ("<p>{% if x %}</p>", "an unfilled template"),
    "duplicate id": ('<div id="gap">x</div>', "the id 'gap' stands twice"),
    "two headings": ("<h1>Another</h1>", "has 2 first-level headings"),
}


@pytest.mark.parametrize(("addition", "expected"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_found_alone_and_names_its_page(tmp_path, addition, expected):
    found = list(find_faults(site(tmp_path, rates=RATES + addition)))
    assert len(found) == 1, found
    assert found[0].startswith("rates.html: ") and expected in found[0]


@pytest.mark.parametrize("text", ["-inf", "(-nan)"])
def test_a_minus_as_python_writes_it_hides_nothing(tmp_path, text):
    found = list(find_faults(site(tmp_path, rates=RATES + f"<p>{text}</p>")))
    assert len(found) == 1


def test_no_heading(tmp_path):
    found = list(find_faults(site(tmp_path, rates=RATES.replace("h1", "h2"))))
    assert found == ["rates.html: has 0 first-level headings; one is due"]


@pytest.mark.parametrize("lang", ["", ' lang=""'])
def test_no_language(tmp_path, lang):
    found = list(find_faults(site(tmp_path, shell=SHELL.replace(' lang="en"', lang))))
    assert found == [f"{name}.html: the page does not say its language" for name in ("index", "rates")]


def test_no_index(tmp_path):
    site(tmp_path)
    (tmp_path / "index.html").unlink()
    assert "index.html is missing" in list(find_faults(tmp_path))


def test_no_results(tmp_path):
    site(tmp_path)
    (tmp_path / "results.json").unlink()
    assert list(find_faults(tmp_path)) == ["results.json is missing or does not read"]


@pytest.mark.parametrize("text", ["", "{", "{}", "\ufffd"])
def test_results_that_do_not_read(tmp_path, text):
    (site(tmp_path) / "results.json").write_text(text)
    assert list(find_faults(tmp_path)) == ["results.json is missing or does not read"]


@pytest.mark.parametrize("page", ["rates.html#other", "other.html#gap", "rates.html", "folder/index.html#gap"])
def test_a_claim_without_its_anchor(tmp_path, page):
    results(site(tmp_path), {"id": "rates-gap", "page": page})
    (found,) = find_faults(tmp_path)
    assert found == f"results.json: claim rates-gap points to {page}, which is not there"


def test_the_first_faults_stop_the_build_and_all_are_counted(tmp_path):
    site(tmp_path)
    (tmp_path / "rates.html").write_text((tmp_path / "rates.html").read_text() + '<a href="a">x</a>' * 5)
    with pytest.raises(BuildError) as caught:
        require_sound(tmp_path)
    text = str(caught.value)
    assert text.count("dead link a") == 3 and text.endswith("(and 2 more)") and "\n" not in text


def test_a_dead_link_names_the_page_it_stands_on(tmp_path):
    site(tmp_path)
    page = tmp_path / "folder" / "index.html"
    page.write_text(page.read_text().replace("A folder", 'A folder<a href="rates.html">x</a>'))
    (found,) = find_faults(tmp_path)
    assert found == "folder/index.html: dead link rates.html"
