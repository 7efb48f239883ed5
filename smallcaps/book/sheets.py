"""The theme's style sheets in a finished site, without the rules that none of its pages can use.

The theme brings all of Bootstrap and an icon font's whole list: most rules are for things that no page has, and a phone
reads them all before it shows a word.
"""

from __future__ import annotations

import re
from collections.abc import Set
from pathlib import Path

from smallcaps.book import paths

PRINTED = ("pygments.css", "smallcaps.css", "print.css")  # what the book on paper takes from a site
# What scripts put together from parts of names: the tips and dialogs of Bootstrap.
_MADE_BY_SCRIPTS = re.compile(r"bs-|tooltip|popover|modal|offcanvas|collaps|dropdown")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_EMPTY_GROUP = re.compile(r"@(?:media|supports)[^{}]*\{\s*\}")
_STEP = re.compile(r"\s*(?:@|from\b|to\b|[\d.]+%)")  # rules that select nothing: fonts, pages, steps of animations
_NAME = re.compile(r"[.#](-?[A-Za-z_](?:[\w-]|\\.)*)")
_LISTED = re.compile(r'\b(?:class|id)="([^"]*)"')
_SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_][\w-]*")


def names_on(site: Path) -> set[str]:
    """The classes and ids of the site's pages, and every word of its scripts, which may set classes of their own."""
    names: set[str] = set()
    for page in site.glob("*.html"):
        html = page.read_text(encoding="utf-8")
        for listed in _LISTED.findall(html):
            names.update(listed.split())
        names.update(_WORD.findall(" ".join(_SCRIPT.findall(html))))
    for script in site.glob("_static/**/*.js"):
        names.update(_WORD.findall(script.read_text(encoding="utf-8")))
    return names


def used_only(sheet: str, names: Set[str]) -> str:
    """The sheet without comments and without the selectors that ask for a class or an id that is not in `names`.

    What stands in brackets is not looked at: `:not(.x)` holds where there is no x.
    """

    def leaner(rule: re.Match[str]) -> str:
        selectors, body = rule.groups()
        if _STEP.match(selectors):
            return rule.group()
        kept = [selector for selector in _parts(selectors) if all(_known(name, names) for name in _asked(selector))]
        return f"{','.join(kept)}{{{body}}}" if kept else ""

    return _EMPTY_GROUP.sub("", _RULE.sub(leaner, _COMMENT.sub("", sheet)))


def own_sheets() -> set[str]:
    """The names of the style sheets that the book brings itself."""
    return {path.name for path in (paths.CHAPTERS / "theme").glob("*.css")}


def slim_sheets(site: Path) -> None:
    """Leave in each of the theme's style sheets what the site's pages can use; the book's own serve its print too."""
    names = names_on(site)
    ours = own_sheets()
    for path in sorted(site.glob("_static/**/*.css")):
        if path.name not in ours:
            sheet = path.read_text(encoding="utf-8")
            path.write_text(used_only(sheet, names), encoding="utf-8")


def _known(name: str, names: Set[str]) -> bool:
    return name in names or _MADE_BY_SCRIPTS.search(name) is not None


def _asked(selector: str) -> list[str]:
    """The classes and ids that an element must have."""
    outside, depth = [], 0
    for sign in selector:
        depth += (sign in "([") - (sign in ")]")
        outside.append(sign if depth == 0 else "")
    return [name.replace("\\", "") for name in _NAME.findall("".join(outside))]


def _parts(selectors: str) -> list[str]:
    """The selectors of a list: commas within brackets separate none."""
    parts, depth = [""], 0
    for sign in selectors:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts
