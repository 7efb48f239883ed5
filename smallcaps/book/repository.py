"""Where the project's source stands: the repository's address, and the buttons that lead from a chapter to it.

The address is the setting REPOSITORY_URL (an environment variable, empty by default), such as
https://github.com/OWNER/NAME/tree/main; while it is empty no page has a button.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from smallcaps.errors import InputError

SETTING = "REPOSITORY_URL"
BINDER = "https://mybinder.org/v2"
# By host: where it shows a file of a version, and how Binder names the host and the repository.
_HOSTS = {"github.com": ("blob", "gh", "/"), "gitlab.com": ("-/blob", "gl", "")}
_ADDRESS = re.compile(
    r"https://(?P<host>[\w.-]+)/(?P<path>[\w.-]+(?:/[\w.-]+?)+?)(?:\.git)?(?:/(?:-/)?tree/(?P<branch>[\w./-]*\w))?/?"
)


@dataclass(frozen=True)
class Repository:
    """A repository at one of the hosts that can show a file and that Binder can read; `branch` is its default one."""

    host: str
    path: str
    branch: str

    @property
    def address(self) -> str:
        """Its own page."""
        return f"https://{self.host}/{self.path}"

    def source(self, file: str, *, commit: str | None) -> str:
        """The address that shows `file` as it was at `commit`; None: as the default branch has it."""
        return f"{self.address}/{_HOSTS[self.host][0]}/{quote(commit or self.branch)}/{quote(file)}"

    def binder(self, notebook: str, *, commit: str | None) -> str:
        """The address that opens `notebook` in a JupyterLab at Binder, in the same version as `source`."""
        _, host, kept = _HOSTS[self.host]
        where = f"{host}/{quote(self.path, safe=kept)}/{quote(commit or self.branch, safe='')}"
        return f"{BINDER}/{where}?labpath={quote(notebook, safe='')}"


def repository() -> Repository | None:
    """The repository that REPOSITORY_URL names, None if it is empty; InputError if its address cannot be used.

    The branch is the one after `/tree/`; without it the host's own default, which both hosts and Binder call HEAD.
    """
    address = os.environ.get(SETTING, "").strip()
    if not address:
        return None
    found = _ADDRESS.fullmatch(address)
    if not found or found["host"] not in _HOSTS or (found["host"] == "github.com" and found["path"].count("/") != 1):
        raise InputError(
            f"{SETTING} is {address!r}; it takes an address such as https://github.com/OWNER/NAME or "
            f"https://github.com/OWNER/NAME/tree/BRANCH, at {' or '.join(_HOSTS)}"
        )
    return Repository(found["host"], found["path"], found["branch"] or "HEAD")


def launch_buttons(notebook: str, *, commit: str | None) -> str:
    """The Markdown of the buttons of the page made from `notebook`; "" while no repository is set.

    They are for the HTML pages alone: on paper and in a reader for books there is nothing to press.
    """
    where = repository()
    if where is None:
        return ""
    links = {"Open in Binder": where.binder(notebook, commit=commit), "Source": where.source(notebook, commit=commit)}
    look = "sd-btn sd-btn-outline-primary"
    buttons = " ".join(f'<a class="{look}" href="{escape(link)}">{name}</a>' for name, link in links.items())
    return f'::::{{only}} builder_html\n```{{raw}} html\n<p class="sc-launch d-print-none">{buttons}</p>\n```\n::::'
