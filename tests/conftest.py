"""Every test, and every process and kernel that a test starts, is offline but for the loopback addresses."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OFFLINE = ROOT / "tests" / "offline"

os.environ["PYTHONPATH"] = os.pathsep.join([str(OFFLINE), *filter(None, [os.environ.get("PYTHONPATH")])])
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # kernels would compile their imports anew, each time

sys.path.insert(0, str(ROOT / "tests"))  # the helper modules beside the tests: browser, checkout

_spec = importlib.util.spec_from_file_location("offline_guard", OFFLINE / "sitecustomize.py")
_guard = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_guard)


@pytest.fixture(scope="session")
def site() -> Path:
    """The book, built if it is not there yet."""
    answer = subprocess.run([sys.executable, "-m", "smallcaps", "book"], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def browser(site):
    """The browser, started once; without one on a CI machine the tests fail rather than vanish."""
    from browser import ARGUMENTS, HOW_TO_GET_IT, find_browser

    path = find_browser()
    assert path, HOW_TO_GET_IT
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()
