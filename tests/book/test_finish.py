"""Fonts that are there before the text, and lines that break only where a reader would."""

from __future__ import annotations

import base64

import pytest

from smallcaps.book.finish import with_fonts
from smallcaps.book.mend import SHEET, mend

UPRIGHT = '@font-face { src: url("fonts/upright.woff2") format("woff2"); }'
ITALIC = '@font-face { src: url("fonts/italic.woff2") format("woff2"); }'


def test_a_sheet_holds_its_upright_fonts(tmp_path):
    (tmp_path / "fonts").mkdir()
    for name in ("upright", "italic"):
        (tmp_path / "fonts" / f"{name}.woff2").write_bytes(name.encode())
    sheet = tmp_path / SHEET
    sheet.write_text(f"{UPRIGHT}\n{ITALIC}", encoding="utf-8")
    with_fonts(sheet)
    inlined, kept = sheet.read_text(encoding="utf-8").splitlines()
    assert base64.b64encode(b"upright").decode() in inlined and "fonts/" not in inlined
    assert kept == ITALIC
    assert [path.name for path in (tmp_path / "fonts").iterdir()] == ["italic.woff2"], "none is sent twice"


@pytest.mark.parametrize("sheet", [SHEET, "other.css"])
def test_a_page_waits_for_the_fonts_of_its_sheet_alone(sheet):
    page = f'<html><head><link rel="stylesheet" href="_static/{sheet}"/></head><body><main>x</main></body></html>'
    head = mend(page).partition("</head>")[0]
    assert ("sc-wait" in head) == (sheet == SHEET)
    assert "sc-wait" not in head.partition("<link")[0], "behind the sheet, which it waits for"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("so p = 0.03 here", "p\xa0=\xa00.03"),
        ("p < 0.001", "p\xa0<\xa00.001"),
        ("n = 12", "n\xa0=\xa012"),
        ("5 %", "5\xa0%"),
    ],
)
def test_signs_stay_with_their_number(text, kept):
    page = (
        f"<html><head></head><body><article><p>{text.replace('<', '&lt;')}</p><code>{text.replace('<', '&lt;')}</code>"
    )
    mended = mend(page).replace("&lt;", "<")
    assert mended.count(kept) == 1, "in prose, not in code"


def test_a_cell_that_drew_a_figure_has_its_address_inside_its_fold():
    fold = '<details class="hide"><div class="cell_input">x</div></details>'
    page = f'<html><head></head><body><article><div class="cell tag_code-gap">{fold}</div></article></body>'
    assert '<div class="cell_input" id="code-gap">' in mend(page)
