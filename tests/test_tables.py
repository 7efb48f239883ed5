"""Tables: a caption, scopes, signs, and nothing that could clash with another table of the page."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from smallcaps.tables import as_printed, from_record, table_html, to_record

FRAME = pd.DataFrame(
    {"Gap, pp": [1.26, -14.2, np.nan], "Months": [12, 1200, -3], "Note": ["up", "down & out", "2001-02"]},
    index=pd.Index(["Sep 1984", "S&P 500", "<b>"], name="First cut"),
)


def table(frame: pd.DataFrame = FRAME, **options) -> BeautifulSoup:
    options = {"name": "cuts", "caption": "Russell 2000 and S&P 500", "signed": ("Gap, pp",)} | options
    return BeautifulSoup(table_html(frame, **options), "html.parser")


def column(soup: BeautifulSoup, position: int) -> list[str]:
    return [row.find_all(["th", "td"])[position].get_text(strip=True) for row in soup.tbody.find_all("tr")]


def test_numbers_have_their_decimals_signs_and_thousands():
    soup = table(decimals={"Months": 0})
    assert column(soup, 1) == ["+1.3", "−14.2", "–"]
    assert column(soup, 2) == ["12", "1,200", "−3"]


def test_one_number_of_decimals_for_all():
    assert column(table(decimals=2), 1) == ["+1.26", "−14.20", "–"]


def test_no_hyphen_stands_for_a_minus():
    html = table_html(FRAME, name="cuts", caption="C")
    assert ">-" not in html and "−14.2" in html


def test_text_is_left_as_it_is():
    assert column(table(), 3) == ["up", "down & out", "2001-02"]


def test_the_caption_describes_the_table():
    soup = table()
    caption = soup.find(id=soup.table["aria-describedby"])
    assert caption.get_text() == "Russell 2000 and S&P 500"


def test_markup_in_captions_names_and_cells_is_shown_and_not_obeyed():
    html = table_html(FRAME, name="cuts", caption="a < b & c")
    assert "a &lt; b &amp; c" in html and "&lt;b&gt;" in html and "<b>" not in html
    assert "S&amp;P 500" in html and "down &amp; out" in html


@pytest.mark.parametrize(("letters", "kind"), [(40, ["sc-table"]), (41, ["sc-table", "sc-sentences"])])
def test_rows_named_by_a_sentence_get_its_room(letters, kind):
    frame = FRAME.set_axis(["a", "b", "c" * letters])
    assert table(frame).div["class"] == kind
    assert table(frame.iloc[:0]).div["class"] == ["sc-table"]


def test_every_header_says_what_it_heads():
    soup = table()
    assert [cell["scope"] for cell in soup.thead.find_all("th")] == ["col"] * 4
    assert [cell["scope"] for cell in soup.tbody.find_all("th")] == ["row"] * 3
    assert [cell.get_text() for cell in soup.thead.find_all("th")] == ["First cut", "Gap, pp", "Months", "Note"]
    assert column(soup, 0) == ["Sep 1984", "S&P 500", "<b>"]


def test_two_tables_of_a_page_share_no_id():
    ids = [tag["id"] for name in ("a", "b") for tag in table(name=name).find_all(id=True)]
    assert len(ids) == len(set(ids)) and "a" in ids and "b" in ids


def test_columns_and_rows_whose_names_are_alike_share_no_id():
    frame = pd.DataFrame({"Gap, %": [1.0], "Gap (%)": [2.0], "stub 1": [3.0]}, index=pd.Index(["x"], name="Gap"))
    soup = table(frame)
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert all(name in ids for cell in soup.find_all(headers=True) for name in cell["headers"])


def test_a_table_has_no_style_of_its_own_and_leaves_its_input():
    before = FRAME.copy()
    assert "<style" not in table_html(FRAME, name="cuts", caption="C")
    pd.testing.assert_frame_equal(FRAME, before)


@pytest.mark.parametrize(
    "index", [pd.Index([1984, 2001], name="Year"), pd.period_range("2000-01", periods=2, freq="M")]
)
def test_any_index_heads_the_rows(index):
    frame = pd.DataFrame({"x": [1.0, 2.0]}, index=index.rename("When"))
    assert column(table(frame), 0) == [str(value) for value in index]


def test_the_same_table_has_the_same_bytes():
    assert table_html(FRAME, name="cuts", caption="C") == table_html(FRAME, name="cuts", caption="C")


def test_a_record_keeps_order_numbers_and_gaps():
    frame = pd.DataFrame(
        {"Small, %": [1.5, None], "Gap, pp": [2, 3], "A note": ["x", None]}, index=pd.Index(["b", "a"], name="Event")
    )
    stored = json.loads(json.dumps(to_record(frame), sort_keys=True))
    back = from_record(stored)
    assert list(back.columns) == list(frame.columns)
    assert list(back.index) == ["b", "a"]
    assert back.index.name == "Event"
    assert back["Small, %"].isna().tolist() == [False, True]
    assert back["Gap, pp"].tolist() == [2.0, 3.0]
    assert back["A note"].isna().tolist() == [False, True]


def test_as_printed_is_no_finer_than_the_table():
    frame = pd.DataFrame({"a": [1.26789, np.nan], "b": [0.123456, 2.0], "c": ["x", "y"]}, index=["r", "s"])
    found = as_printed(frame, {"b": 3})
    assert found["a"].iloc[0] == 1.3 and np.isnan(found["a"].iloc[1]) and found["b"].tolist() == [0.123, 2.0]
    assert as_printed(frame, 0)["b"].tolist() == [0.0, 2.0] and found["c"].tolist() == ["x", "y"]
    assert table_html(found, name="t", caption="c") == table_html(frame.round(3), name="t", caption="c")
