"""Own tables for tests: generated, put into a folder, and looked for in everything that a run leaves."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

NUMBER = re.compile(rb"(?<![\w.])-?\d+\.\d+(?:e-?\d+)?(?![\w.])")
EXACT = 8  # significant digits: a number with as many is no rounded one


def write_table(folder: Path, name: str, *, kind: str, seed: int, unit: str = "index level") -> pd.DataFrame:
    """An own table of one series, 1979 to August 2026, in `folder`; the frame of its CSV."""
    months = pd.period_range("1979-01", "2026-08", freq="M", name="month")
    returns = np.random.default_rng(seed).normal(0.9, 4.7, len(months))
    values = 1000 * (1 + returns / 100).cumprod() if unit == "index level" else returns
    frame = pd.DataFrame({"value": values.round(8)}, index=months)
    frame.to_csv(folder / f"{name}.csv", float_format="%.8f")
    text = {"title": f"The {name.replace('_', ' ')} index", "publisher": "An index house", "licence": "for one desk"}
    text |= {"frequency": "monthly", "unit": unit, "kind": kind}
    (folder / f"{name}.yml").write_text("".join(f"{key}: {value}\n" for key, value in text.items()), encoding="utf-8")
    return frame


def found_in(files: dict[str, bytes], table: pd.DataFrame, against: list[pd.Series]) -> dict[str, list[str]]:
    """By file, numbers of `table` (levels) that stand there: its levels, its returns, and their gaps to `against`.

    Returns count in decimals and in percent, gaps too: who has the other side has the series. Archives are opened.
    """
    levels = table["value"]
    returns = (levels / levels.shift(1) - 1).dropna()
    series = [returns, *((returns - other).dropna() for other in against)]
    secret = np.unique(
        np.abs(np.concatenate([levels.to_numpy(), *(s.to_numpy() * scale for s in series for scale in (1, 100))]))
    )
    secret = secret[secret > 1e-4]
    told: dict[str, list[str]] = {}
    for name, content in _opened(files):
        for text in set(NUMBER.findall(content)):
            if len(text.split(b"e")[0].replace(b".", b"").lstrip(b"-0")) < EXACT:
                continue
            number = abs(float(text))
            place = np.searchsorted(secret, number)
            near = secret[max(0, place - 1) : place + 1]
            if np.any(np.abs(near - number) <= 2e-9 * number):
                told.setdefault(name, []).append(text.decode())
    return told


def _opened(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for name, content in files.items():
        yield name, content
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from ((f"{name}/{inner}", archive.read(inner)) for inner in archive.namelist())
