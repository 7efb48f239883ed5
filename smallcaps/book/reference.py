"""The pages made from declarations: the parameters of each notebook, and the public names of the library."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from smallcaps.book import paths
from smallcaps.book.parameters import CHAPTERS, Allowed, chapter_class
from smallcaps.words import opening

GROUPS = {
    "Data": ("Snapshot", "Panel", "OwnPair", "ReturnSeries", "load_catalog", "load_register"),
    "Returns": ("simple_returns", "window_return", "window_gap", "monthly_gap"),
    "Events": ("Event", "first_cuts", "event_study"),
    "Inference": (
        *("sign_flip", "base_rate", "minimum_detectable_effect", "term_permutation", "hodrick_1b", "ols"),
        "benjamini_hochberg",
    ),
    "Verdicts": ("Evidence", "decide"),
    "Errors": ("SmallCapsError", "InputError", "DataError", "NotCovered", "TooFewEvents", "ReturnKindError"),
}


READERS = ("fred", "french", "yahoo", "ishares", "sec")


def readers() -> dict[str, str]:
    """What each reader of a publisher says of itself, by its title: Markdown from the first words of its module.

    The module is read and not imported: a build never needs what a refresh does.
    """
    found = {}
    for name in READERS:
        text = (paths.ROOT / "smallcaps" / "sources" / f"{name}.py").read_text(encoding="utf-8")
        said = ast.get_docstring(ast.parse(text)) or ""
        title, _, rest = said.partition(": ")
        found[title] = " ".join(opening(rest).split())
    return found


def parameter_pages() -> dict[str, str]:
    """The Markdown table of each chapter's parameters, by chapter."""
    return {chapter: parameter_table(chapter) for chapter in CHAPTERS}


def parameter_table(chapter: str) -> str:
    """The Markdown table of a notebook's parameters: name, meaning, what is allowed, default."""
    rows = [
        f"| `{name}` | {field.description} | {allowed(field)} | `{written(field)}` |"
        for name, field in chapter_class(chapter).model_fields.items()
    ]
    return "\n".join(["| Parameter | Meaning | Allowed | Default |", "|---|---|---|---|", *rows])


def written(field: FieldInfo) -> str:
    """The default of a parameter as a page shows it: empty text in quotes, so that it can be seen."""
    return '""' if field.default == "" else str(field.default)


def allowed(field: FieldInfo) -> str:
    """What a parameter takes, in words of its declaration."""
    kind, limits = field.annotation, field.metadata
    for limit in limits:
        if isinstance(limit, Allowed):
            return limit.words
    if get_origin(kind) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(kind))
    if kind is bool:
        return "`True`, `False`"
    if kind in (int, float):
        whole = "a whole number" if kind is int else "a number"
        low = next((limit.ge for limit in limits if isinstance(limit, Ge)), None)
        high = next((limit.le for limit in limits if isinstance(limit, Le)), None)
        return f"{whole}, {low} to {high}" if high is not None else f"{whole} from {low}"
    return "text"


LINE = 66  # characters of code that a page shows without scrolling


@dataclass(frozen=True)
class Documented:
    """A public name with its signature and its docstring, and the public methods of a class."""

    name: str
    signature: str
    text: str
    members: tuple[tuple[str, str], ...]


def public() -> dict[str, list[Documented]]:
    """The public interface by group, as the Library page shows it."""
    return {group: [_documented(name) for name in names] for group, names in GROUPS.items()}


def _documented(name: str) -> Documented:
    import smallcaps

    thing = getattr(smallcaps, name)
    error = isinstance(thing, type) and issubclass(thing, Exception)
    members = tuple(_members(thing)) if isinstance(thing, type) and not error else ()
    signature = name if error else _laid_out(name, _signature(thing))
    return Documented(name, signature, markdown(inspect.getdoc(thing) or ""), members)


def _laid_out(name: str, signature: inspect.Signature) -> str:
    """A signature on one line, or with a line for each parameter where one line would run off the page."""
    line = f"{name}{signature}"
    if len(line) <= LINE:
        return line
    parameters = list(signature.parameters.values())
    named = next((at for at, p in enumerate(parameters) if p.kind is p.KEYWORD_ONLY), None)
    words = [str(p) for p in parameters]
    if named is not None:
        words.insert(named, "*")
    _, returns, what = line.rpartition(" -> ")
    inside = "".join(f"    {word},\n" for word in words)
    return f"{name}(\n{inside}){returns}{what if returns else ''}"


def markdown(docstring: str) -> str:
    """A docstring as Markdown: its prose as it stands, each section (Parameters, Returns…) a list under its name."""
    shown: list[str] = []
    section = False
    lines = docstring.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.strip() and set(line.strip()) == {"-"}:
            continue
        if following.strip() and set(following.strip()) == {"-"}:
            section = True
            shown += ["", f"**{line.strip()}**", ""]
        elif section and line.strip() and not line.startswith(" "):
            shown.append(f"- `{line.strip()}`" if " : " in line or line.isidentifier() else f"- {line.strip()}")
        elif section and line.strip():
            shown.append(f"  {line.strip()}")
        else:
            shown.append(line.strip().replace("``", "`"))
    # As code: elsewhere on a page the word would be a number that could not be computed, which the check refuses.
    return re.sub(r"(?<!`)\bNaN\b(?!`)", "`NaN`", "\n".join(shown).strip())


def _members(cls: type) -> Iterator[tuple[str, str]]:
    for name, member in vars(cls).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield f"{name}", _first(member.fget)
        elif inspect.isfunction(member):
            yield f"{name}{_signature(member, method=True)}", _first(member)


def _signature(thing: Any, *, method: bool = False) -> inspect.Signature:
    """The signature as one writes it: types without quotes, no path of this machine, no `self`."""
    found = inspect.signature(thing)
    arguments = list(found.parameters.values())[1 if method else 0 :]
    shown = [p.replace(annotation=_Verbatim(p.annotation), default=_default(p.default)) for p in arguments]
    if found.return_annotation is not inspect.Signature.empty:
        found = found.replace(return_annotation=_Verbatim(found.return_annotation))
    return found.replace(parameters=shown)


def _default(value: Any) -> Any:
    return _Verbatim(f'"{value.relative_to(paths.ROOT).as_posix()}"') if isinstance(value, Path) else value


class _Verbatim:
    """Text that shows without quotes."""

    def __init__(self, text: Any):
        self.text = str(text)

    def __repr__(self) -> str:
        return self.text


def _first(function: Any) -> str:
    return (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
