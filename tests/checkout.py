"""Copies of this checkout, for tests that build, break or kill something."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = (
    "_config.yml",
    "_toc.yml",
    "CHANGELOG.md",
    "Makefile",
    "chapters",
    "data",
    "pyproject.toml",
    "requirements.txt",
    "smallcaps",
)


class Checkout:
    """A copy of the checkout in a folder of its own; its commands run with this environment's packages."""

    def __init__(self, folder: Path):
        self.root = folder
        folder.mkdir(parents=True, exist_ok=True)
        ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        for part in PARTS:
            source, target = ROOT / part, folder / part
            if source.is_dir():
                shutil.copytree(source, target, ignore=ignored)
            else:
                shutil.copyfile(source, target)

    @property
    def site(self) -> Path:
        """Where its book is built."""
        return self.root / "_build" / "html"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """`python -m smallcaps` with the arguments, started."""
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "smallcaps", *arguments]
        return subprocess.Popen(command, cwd=self.root, env=self._environment(), text=True, stdout=pipe, stderr=pipe)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`python -m smallcaps` with the arguments, run to its end."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=600)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def _environment(self) -> dict[str, str]:
        # The copy comes before the checkout that the environment links to.
        path = os.pathsep.join([str(self.root), os.environ["PYTHONPATH"]])
        return os.environ | {"PYTHONPATH": path}


def files(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
