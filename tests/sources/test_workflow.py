"""The scheduled refresh: what it may do, what it runs, and that it proposes and never publishes."""

from __future__ import annotations

import re

import yaml

from smallcaps.catalog import ROOT

TEXT = (ROOT / ".github" / "workflows" / "refresh.yml").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(TEXT)
STEPS = WORKFLOW["jobs"]["refresh"]["steps"]


def test_it_may_read_and_propose_and_nothing_else():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert WORKFLOW["jobs"]["refresh"]["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert list(WORKFLOW["jobs"]) == ["refresh"]
    assert "pages" not in TEXT.replace("Pages", "") and "--base main" in TEXT
    assert "git push" in STEPS[-1]["run"] and "main" not in re.findall(r"git push .*", STEPS[-1]["run"])[0]


def test_actions_are_pinned():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in used)
    assert STEPS[0]["with"]["persist-credentials"] is False


def test_what_a_person_types_is_no_part_of_a_script():
    for step in STEPS:
        assert "${{" not in step.get("run", "")


def test_the_token_is_handed_to_the_last_step_alone():
    with_token = [step["name"] for step in STEPS if "token" in str(step.get("env", "")).lower()]
    assert with_token == [STEPS[-1]["name"]]
    assert "secrets.SEC_CONTACT" in str(STEPS) and str(STEPS).count("secrets.") == 1


def test_local_tables_are_not_committed():
    assert "git add data/history data/snapshot ':!data/snapshot/*/local'" in STEPS[-1]["run"]
