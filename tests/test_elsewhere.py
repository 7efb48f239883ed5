"""Binder and the container for development: checked as they are written; nothing here starts either of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

from smallcaps import environment

ROOT = Path(__file__).resolve().parent.parent
BINDER = ROOT / "binder"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))


def statements(path: Path) -> list[str]:
    lines = (line.split(" #")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def test_binder_installs_the_locks_of_make_lab_and_repeats_none():
    (lab,) = re.findall(r"^lab:.*\n\t@\$\(PYTHON\) smallcaps/environment\.py (.*)$", MAKEFILE, re.MULTILINE)
    locks = ["requirements.txt", *(f"requirements-{name}.txt" for name in lab.split())]
    assert statements(BINDER / "requirements.txt") == [f"-r ../{lock}" for lock in locks]
    pinned = [line for lock in locks for line in statements(ROOT / lock)]
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+", line) for line in pinned)
    assert any(line.startswith("jupyterlab==") for line in pinned)


def test_binder_has_a_python_that_the_project_takes():
    (line,) = statements(BINDER / "runtime.txt")
    major, minor = re.fullmatch(r"python-(\d)\.(\d+)", line).groups()
    assert environment.OLDEST <= (int(major), int(minor)) <= environment.NEWEST


def test_binder_lets_every_folder_import_the_library_and_nothing_newer():
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK) and script.read_text(encoding="utf-8").startswith("#!")
    assert subprocess.run(["bash", "-n", str(script)]).returncode == 0
    (install,) = (line for line in statements(script) if "pip install" in line)
    assert "--no-deps" in install.split() and install.split()[-2:] == ["--editable", "."]


def test_binder_reads_no_other_file():
    """Beside these, files of some names would change what is installed, and in which order."""
    assert {path.name for path in BINDER.iterdir()} == {"requirements.txt", "runtime.txt", "postBuild"}


def test_the_container_is_a_plain_python_of_a_version_that_the_project_takes():
    image, _, tag = CONTAINER["image"].rpartition(":")
    assert image == "docker.io/library/python"
    major, minor, _ = re.fullmatch(r"(\d)\.(\d+)\.(\d+)-[a-z]+", tag).groups()
    assert environment.OLDEST <= (int(major), int(minor)) <= environment.NEWEST


def test_the_container_is_set_up_by_the_makefiles_own_step():
    make, target = CONTAINER["postCreateCommand"].split()
    assert make == "make" and re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)
    python = CONTAINER["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert python == "${containerWorkspaceFolder}/" + os.path.relpath(environment.PYTHON, environment.ROOT)


def test_the_container_says_nothing_that_its_format_does_not_know():
    """The top-level properties used here, as the development container reference lists them."""
    known = {"name": str, "image": str, "postCreateCommand": str, "forwardPorts": list, "customizations": dict}
    assert {name: type(value) for name, value in CONTAINER.items()} == known
    assert CONTAINER["forwardPorts"] == [int(*re.findall(r"^PORT\s*\?= (\d+)$", MAKEFILE, re.MULTILINE))]
