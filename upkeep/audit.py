"""Ask whether a pinned package is known to be unsafe: `python -m upkeep.audit LOCK…`; `make audit` names all locks.

pip-audit puts the question to PyPI. It ends well also where nobody answered for a package; here that is an error, for
a package that was not looked up is not a package without a fault.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SHOWN = 5  # packages named in one line


class NotAudited(Exception):
    """Nobody answered, or not for every package; the message says for which."""


@dataclass(frozen=True)
class Finding:
    """A known fault of a pinned package, with the versions that mend it."""

    package: str
    version: str
    fault: str
    mended: tuple[str, ...]

    def __str__(self) -> str:
        mended = f"mended in {', '.join(self.mended)}" if self.mended else "no version mends it yet"
        return f"{self.package} {self.version}: {self.fault} ({mended})"


def main(locks: Sequence[str]) -> int:
    """Print the known faults of the packages of `locks`; 0: none, 1: there are some, 2: not all were audited."""
    answer = ask(locks)
    try:
        count, findings = read(answer.stdout, errors=answer.stderr)
    except NotAudited as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    print(f"{count} packages audited, {len(findings)} known faults")
    return 1 if findings else 0


def ask(locks: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """pip-audit's answer on the lock files, as JSON."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
    command += ["--disable-pip", "--no-deps"]  # the lock files name every package: nothing is to be resolved
    command += [word for lock in locks for word in ("--requirement", lock)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def read(answer: str, *, errors: str) -> tuple[int, list[Finding]]:
    """How many packages pip-audit's answer is on, and what it found; NotAudited if it is on fewer than were asked for.

    `errors` is what it wrote beside the answer.
    """
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (errors.strip().splitlines() or ["no reason given"])[-1]
        raise NotAudited(f"nothing was audited, the service could not be asked: {last}") from None
    silent = sorted(package["name"] for package in packages if "skip_reason" in package)
    if silent or not packages:
        more = f" and {len(silent) - SHOWN} more" if len(silent) > SHOWN else ""
        named = f": {', '.join(silent[:SHOWN])}{more}" if silent else ""
        raise NotAudited(f"the service did not answer for {len(silent)} of {len(packages)} packages{named}")
    return len(packages), [finding for package in packages for finding in _findings(package)]


def _findings(package: dict[str, Any]) -> list[Finding]:
    return [
        Finding(package["name"], package["version"], fault["id"], tuple(fault.get("fix_versions", ())))
        for fault in package["vulns"]
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
