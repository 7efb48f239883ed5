"""Style sheets without what no page can use: what goes, and what must stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallcaps.book.sheets import names_on, slim_sheets, used_only

NAMES = {"card", "open", "top"}


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (".card{a:b}", ".card{a:b}"),
        (".carousel{a:b}", ""),
        (".card,.carousel,h1{a:b}", ".card,h1{a:b}"),
        (".card .carousel{a:b}.card.open>p{c:d}", ".card.open>p{c:d}"),
        ("#top a{a:b}#bottom{c:d}", "#top a{a:b}"),
        (":not(.carousel) p{a:b}", ":not(.carousel) p{a:b}"),
        (":is(.carousel,.card) p{a:b}", ":is(.carousel,.card) p{a:b}"),
        ('[data-x=".y,z"] p{a:b}', '[data-x=".y,z"] p{a:b}'),
        (r".w-1\/2{a:b}", ""),
        ("@media print{.carousel{a:b}}p{c:d}", "p{c:d}"),
        ("@media print{.card{a:b}.carousel{c:d}}", "@media print{.card{a:b}}"),
        ("@keyframes spin{from{a:b}50%{a:c}to{c:d}}", "@keyframes spin{from{a:b}50%{a:c}to{c:d}}"),
        ("@font-face{src:url(a.b)}", "@font-face{src:url(a.b)}"),
        (":root{--a:1.5rem}/* .x{} */", ":root{--a:1.5rem}"),
        (".bs-tooltip-auto .tooltip-arrow{a:b}", ".bs-tooltip-auto .tooltip-arrow{a:b}"),
    ],
)
def test_what_stays(sheet, kept):
    assert used_only(sheet, NAMES) == kept


def test_names_come_from_pages_and_from_scripts(tmp_path):
    static = tmp_path / "_static" / "scripts"
    static.mkdir(parents=True)
    (tmp_path / "index.html").write_text('<p class="a b-c" id="d">e</p><script>add("f-g")</script>', encoding="utf-8")
    (static / "x.js").write_text('node.classList.add("h")', encoding="utf-8")
    assert {"a", "b-c", "d", "f-g", "h"} <= names_on(tmp_path)
    assert "e" not in names_on(tmp_path)
    text = ".a{x:y}.e{x:y}.f-g{x:y}"
    for name in ("x.css", "print.css"):
        (tmp_path / "_static" / name).write_text(text, encoding="utf-8")
    slim_sheets(tmp_path)
    assert (tmp_path / "_static" / "x.css").read_text(encoding="utf-8") == ".a{x:y}.f-g{x:y}"
    assert (tmp_path / "_static" / "print.css").read_text(encoding="utf-8") == text, (
        "the printed book has its own names"
    )


RULES = st.lists(
    st.tuples(st.lists(st.sampled_from(["card", "open", "carousel", "x"]), min_size=1, max_size=3), st.booleans()),
    max_size=6,
)


@given(RULES)
def test_a_rule_stays_if_and_only_if_all_its_classes_are_known(rules):
    sheet = "".join(
        f"@media print{{.{'.'.join(names)}{{n:{number}}}}}" if nested else f".{'.'.join(names)}{{n:{number}}}"
        for number, (names, nested) in enumerate(rules)
    )
    kept = used_only(sheet, NAMES)
    assert kept.count("{") == kept.count("}")
    for number, (names, _) in enumerate(rules):
        assert (f"{{n:{number}}}" in kept) == (set(names) <= NAMES)
