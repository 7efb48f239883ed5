"""A real browser for the tests: Debian's chromium, or what else the machine has of its kind."""

from __future__ import annotations

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_GET_IT = "no chromium on this machine: install Debian's package `chromium` to run the browser tests"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser() -> str | None:
    """The path of the browser, or None where the machine has none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)
