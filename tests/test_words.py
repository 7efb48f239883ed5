"""Numbers as pages print them."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smallcaps import words


@pytest.mark.parametrize(
    ("value", "options", "text"),
    [
        (1.25, {"decimals": 2}, "1.25"),
        (-1.26, {}, "−1.3"),
        (-0.04, {}, "0.0"),
        (0.04, {"sign": True}, "0.0"),
        (-0.04, {"sign": True}, "0.0"),
        (0.06, {"sign": True}, "+0.1"),
        (-0.06, {"sign": True}, "−0.1"),
        (1234567.8, {"decimals": 0}, "1,234,568"),
        (-66.6, {"decimals": 0, "sign": True}, "−67"),
        (7, {"decimals": 0}, "7"),
    ],
)
def test_number(value, options, text):
    assert words.number(value, **options) == text


@given(value=st.floats(-1e9, 1e9), decimals=st.integers(0, 4), sign=st.booleans())
@settings(deadline=None)  # a busy machine is no fault
def test_a_number_reads_back_as_itself_rounded(value, decimals, sign):
    text = words.number(value, decimals, sign=sign)
    assert "-" not in text
    assert re.fullmatch(r"[+−]?\d{1,3}(,\d{3})*(\.\d+)?", text)
    assert float(text.replace(",", "").replace("−", "-")) == pytest.approx(value, abs=0.5 * 10**-decimals + 1e-6)
    zero = not re.search("[1-9]", text)
    assert text.startswith("−") == (value < 0 and not zero)
    assert text.startswith("+") == (sign and value > 0 and not zero)


def test_units_hang_on_their_number():
    assert words.pp(1.55, 2) == "+1.55\u202fpp"
    assert words.pp(-0.01) == "0.0\u202fpp"
    assert words.percent(7) == "7.0\u202f%"
    assert words.percent(-7, 0, sign=True) == "−7\u202f%"


def test_interval():
    assert words.interval((-9.25, 12.42), 1) == "−9.2 to +12.4"
    assert words.interval(None) == "not bounded at this n"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "< 0.001"), (0.00099, "< 0.001"), (0.001, "0.001"), (0.0494, "0.049"), (0.5, "0.50"), (1, "1.00")],
)
def test_p_value(value, text):
    assert words.p_value(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0004, "p < 0.001"), (0.001, "p = 0.001"), (0.5, "p = 0.50")])
def test_a_p_value_in_a_sentence_has_one_sign(value, text):
    assert words.p_is(value) == text


def test_how_often():
    assert [words.times(n) for n in (0, 1, 2, 3, 20)] == ["never", "once", "twice", "three times", "20 times"]


def test_an_opening_keeps_the_names_in_it():
    assert words.opening("small value") == "Small value"
    assert words.opening("my Russell 2000 (own)") == "My Russell 2000 (own)"
    assert words.opening("") == ""


def test_dates_and_lists_as_prose_writes_them():
    assert words.month("2025-08") == words.month(pd.Period("2025-08", freq="M")) == "August 2025"
    assert words.day(pd.Timestamp("2025-09-07")) == "7 September 2025"
    assert words.count(4, 8) == "4 of 8"
    assert [words.listed(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert [words.in_words(n) for n in (0, 1, 8, 12, 13, 100)] == ["no", "one", "eight", "twelve", "13", "100"]
