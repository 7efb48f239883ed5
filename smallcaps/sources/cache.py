"""The download cache: an answer that carries a validator is kept, and asked for again only if it changed."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


@dataclass(frozen=True)
class Kept:
    """An answer as the cache holds it: its body, its type, and the headers that ask whether it still holds."""

    body: bytes
    content_type: str
    conditions: dict[str, str]


class DownloadCache:
    """Answers in `folder`, one pair of files each, named by the sha256 of the address: no address stands in a file.

    Writing is best effort: a cache that cannot be written costs a download and nothing else.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def get(self, url: str) -> Kept | None:
        """What was kept of `url`; None if nothing was, or if the file is not what it was."""
        try:
            entry = json.loads(self._path(url, ".json").read_text(encoding="utf-8"))
            body = self._path(url, ".body").read_bytes()
            if hashlib.sha256(body).hexdigest() != entry["sha256"]:
                return None
            conditions = {str(name): str(value) for name, value in entry["conditions"].items()}
            return Kept(body, str(entry["content_type"]), conditions)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        """Keep `body` if `headers` hold a validator (ETag or Last-Modified)."""
        conditions = {ask: headers[name] for name, ask in VALIDATORS.items() if name in headers}
        if not conditions:
            return
        entry = {
            "sha256": hashlib.sha256(body).hexdigest(),
            "content_type": headers.get("Content-Type", ""),
            "conditions": conditions,
        }
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._path(url, ".body").write_bytes(body)
            self._path(url, ".json").write_text(json.dumps(entry), encoding="utf-8")

    def _path(self, url: str, suffix: str) -> Path:
        return self.folder / (hashlib.sha256(url.encode()).hexdigest()[:32] + suffix)
