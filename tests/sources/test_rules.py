"""The rules of a refresh: what the file may hold, and that a misprint is corrected by a listed rule or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import yaml

from smallcaps.errors import DataError
from smallcaps.sources.promise import Finding, Promise, Reading
from smallcaps.sources.rules import Correction, corrected, load_rules
from smallcaps.sources.tables import RECIPES

PROMISE = Promise(
    "ishares", "IWM", {"nav": "USD", "shares": "shares"}, "daily", "2000-01-03", 14, minimum=0, maximum=1e10
)
RULE = {
    "source": "ishares", "series": "IWM", "column": "shares", "date": date(2000, 1, 4), "printed": 200.0,
    "corrected": 100.0, "reason": "twice over", "cited": "the annual report", "decided": date(2026, 10, 1),
}  # fmt: skip


def reading(shares: float = 200.0) -> Reading:
    index = pd.DatetimeIndex(["2000-01-03", "2000-01-04", "2000-01-05"])
    frame = pd.DataFrame({"nav": [1.0, 1.1, 1.2], "shares": [100.0, shares, 101.0]}, index=index)
    return Reading(PROMISE, frame, "", frame.astype(str))


def test_the_projects_rules_name_the_tables_that_are_made():
    assert set(load_rules().tables) == set(RECIPES)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("tables: [", "not valid YAML"),
        ("tables: {x: {}}", "tables.x.revised"),
        ("tables: {x: {revised: {share: 2, largest: 1}}}", "tables.x.revised.share"),
        ("tables: {x: {revised: {share: 1, largest: -1}}}", "tables.x.revised.largest"),
        ("tables: {x: {revised: {share: 1, largest: 1, colour: red}}}", "colour"),
        ("tables: {}\ncode: !!python/object/apply:os.system ['true']", "not valid YAML"),
        ("tables: {}\ncorrections: [{source: fred}]", "corrections.0"),
    ],
)
def test_faults_of_the_rules_are_named(tmp_path, content, expected):
    path = tmp_path / "refresh.yml"
    path.write_text(content)
    with pytest.raises(DataError) as caught:
        load_rules(path)
    assert expected in str(caught.value) and "\n" not in str(caught.value)


def test_rules_that_are_missing(tmp_path):
    with pytest.raises(DataError, match=r"refresh\.yml are missing"):
        load_rules(tmp_path / "refresh.yml")


@pytest.mark.parametrize("left_out", ["reason", "cited", "decided", "printed"])
def test_a_correction_is_listed_dated_and_cited(tmp_path, left_out):
    rule = {name: value for name, value in RULE.items() if name != left_out}
    path = tmp_path / "refresh.yml"
    path.write_text(yaml.safe_dump({"tables": {}, "corrections": [rule]}))
    with pytest.raises(DataError, match=f"corrections.0.{left_out}"):
        load_rules(path)


def test_a_listed_misprint_is_corrected_and_said():
    fixed, lines = corrected(reading(), (Correction(**RULE),))
    assert fixed.frame["shares"].tolist() == [100.0, 100.0, 101.0]
    assert fixed.text.loc["2000-01-04", "shares"] == "100"
    assert lines == ["ishares IWM shares of 2000-01-04: 200 corrected to 100 (twice over; the annual report)"]
    assert reading().frame["shares"].tolist() == [100.0, 200.0, 101.0]


def test_a_corrected_misprint_is_no_finding_any_more():
    found = (
        Finding("", "share count", "doubles", at="2000-01-04"),
        Finding("", "share count", "doubles", at="2000-01-05"),
    )
    fixed, _ = corrected(replace(reading(), findings=found), (Correction(**RULE),))
    assert [finding.at for finding in fixed.findings] == ["2000-01-05"]


@pytest.mark.parametrize("printed", [100.0, 199.0, float("nan")])
def test_a_correction_ends_with_its_misprint(printed):
    same, lines = corrected(reading(printed), (Correction(**RULE),))
    assert lines == [] and [finding.kind for finding in same.findings] == ["correction"]
    assert "remove the rule" in same.findings[0].what


def test_a_correction_of_another_series_leaves_this_one():
    same, lines = corrected(reading(), (Correction(**{**RULE, "series": "IWN"}),))
    assert lines == [] and same.findings == () and same.frame["shares"].iloc[1] == 200.0
