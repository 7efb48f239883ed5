"""What the workflows may do and what they run: nothing that a laptop cannot, with no more rights than needed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in FILES}
WORKFLOWS = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS = {f"{name}, {job}": content for name, flow in WORKFLOWS.items() for job, content in flow["jobs"].items()}
TARGETS = set(re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
ON = True  # YAML 1.1 reads the word `on` so

# Beyond reading the code, each with the reason that the file gives.
RIGHTS = {
    "book, publish": {"pages": "write", "id-token": "write"},
    "refresh, refresh": {"contents": "write", "pull-requests": "write"},
}


def steps(job: str, what: str) -> list:
    return [step[what] for step in JOBS[job]["steps"] if what in step]


def test_these_are_the_workflows():
    assert set(WORKFLOWS) == {"book", "refresh", "weekly"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_read_and_a_job_says_what_else(name):
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    for job, content in WORKFLOWS[name]["jobs"].items():
        assert content.get("permissions", {}) == RIGHTS.get(f"{name}, {job}", {})
        assert content["timeout-minutes"] <= 90
    assert WORKFLOWS[name]["concurrency"]


@pytest.mark.parametrize("job", JOBS)
def test_actions_are_pinned_by_commit_with_their_version_beside_it(job):
    text = TEXTS[job.split(",")[0]]
    for action in steps(job, "uses"):
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action)
        assert re.search(rf"{re.escape(action)} # v\d+\.\d+\.\d+$", text, re.MULTILINE), action


def test_one_version_of_each_action():
    used = {action for job in JOBS for action in steps(job, "uses")}
    names = [action.split("@")[0] for action in used]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("job", JOBS)
def test_a_checkout_leaves_no_token_behind(job):
    for step in JOBS[job]["steps"]:
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"] == {"persist-credentials": False}


@pytest.mark.parametrize("job", JOBS)
def test_what_is_made_is_a_make_target(job):
    scripts = steps(job, "run")
    for script in scripts:
        assert "${{" not in script, "what others wrote is no part of a script"
        assert set(re.findall(r"\bmake (?:--silent )?([a-z-]+)", script)) <= TARGETS
        assert not re.search(r"\b(python\d?|pip|pipx|npx?|pytest|ruff) ", script), script
    if job != "book, publish":
        assert any("make " in script for script in scripts)


def test_every_change_runs_all_checks_and_shows_the_site():
    assert set(WORKFLOWS["book"][ON]) == {"push", "pull_request"}
    assert steps("book, check", "run") == ["make web", "make lint", "make book", "make test-all"]
    assert "actions/upload-pages-artifact@" in steps("book, check", "uses")[-1]
    assert JOBS["book, check"]["steps"][-1]["with"]["path"] == "_build/html"


def test_only_main_is_published_and_only_once_somebody_has_said_so():
    publish = JOBS["book, publish"]
    assert publish["needs"] == "check"
    for condition in ("github.event_name == 'push'", "github.ref == 'refs/heads/main'", "vars.PUBLISH_PAGES == 'true'"):
        assert condition in publish["if"]
    assert " || " not in publish["if"]


def test_caches_are_keyed_by_content_and_what_is_published_comes_from_none():
    caches = [step for step in JOBS["book, check"]["steps"] if "actions/cache@" in step.get("uses", "")]
    assert len(caches) == 2 and all("hashFiles(" in step["with"]["key"] for step in caches)
    for step in caches:
        for pattern in re.findall(r"'([^']+)'", step["with"]["key"]):
            assert list(ROOT.glob(pattern)), pattern
    (notebooks,) = (step for step in caches if "_build" in step["with"]["path"])
    assert notebooks["if"] == "github.event_name == 'pull_request'"


def test_once_a_week_the_newest_packages_and_the_known_faults():
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", WORKFLOWS["weekly"][ON]["schedule"][0]["cron"])
    assert 'make newest STEPS="web lint book test"' in steps("weekly, newest", "run")
    report = JOBS["weekly, newest"]["steps"][-1]
    assert report["if"] == "always()" and "_build/newest/report.md" in report["run"]
    assert steps("weekly, audit", "run") == ["make audit"]


def test_they_are_valid_and_have_no_unsafe_habit():
    """As `make lint` holds them: against the schema, and against zizmor's audits, without a network."""
    files = [str(path) for path in FILES]
    for command in (
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files],
        [str(Path(sys.executable).with_name("zizmor")), "--offline", "--quiet", *files],
    ):
        answer = subprocess.run(command, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stdout + answer.stderr
