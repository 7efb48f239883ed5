"""Lighthouse on the landing page and the heaviest chapter of the built book, as a phone and as a desktop.

The pages come from a server on this machine that compresses them, as any host does. Needs node, Debian's chromium and
`npm install --prefix tests/web`.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
LIGHTHOUSE = ROOT / "tests" / "web" / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"


@lru_cache
def compressed(path: Path) -> bytes:
    """The file as a host would send it."""
    return gzip.compress(path.read_bytes(), mtime=0)


class Compressing(BaseHTTPRequestHandler):
    """Serves the site with gzip, types and a long life in the cache."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = (SITE / unquote(urlsplit(self.path).path).lstrip("/")).resolve()
        path = path / "index.html" if path.is_dir() else path
        if not (path.is_file() and path.is_relative_to(SITE)):
            self.send_error(404)
            return
        body = compressed(path)
        self.send_response(200)
        self.send_header("Content-Type", guess_type(path.name)[0] or "application/octet-stream")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=31536000")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def heaviest_page() -> str:
    """The page with the most bytes of its own."""
    return max(SITE.glob("*.html"), key=lambda path: len(compressed(path))).name


def measure(address: str, *, desktop: bool) -> dict:
    """One report of Lighthouse."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ["node", str(LIGHTHOUSE), address, "--output=json", f"--output-path={report}", "--quiet"]
        command += [f"--chrome-flags={FLAGS}", f"--only-categories={','.join(CATEGORIES)}"]
        command += ["--preset=desktop"] if desktop else []
        browser = shutil.which("chromium") or shutil.which("google-chrome") or ""
        subprocess.run(command, check=True, env=os.environ | {"CHROME_PATH": browser}, capture_output=True, text=True)
        return json.loads(report.read_text(encoding="utf-8"))


def table(repeats: int) -> list[str]:
    """Markdown lines: for each page and device the scores, medians of `repeats` runs, and the range of performance.

    RuntimeError where something that it needs is missing.
    """
    if not LIGHTHOUSE.exists() or not shutil.which("node"):
        raise RuntimeError("Lighthouse is not there: npm install --prefix tests/web")
    if not (SITE / "index.html").exists():
        raise RuntimeError("there is no site to measure: make book")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Compressing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lines = [
        "| Page | As | Performance | Runs | Accessibility | Best practices | SEO | Largest paint | Shift | Sent |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    try:
        for page in ("index.html", heaviest_page()):
            for desktop in (False, True):
                address = f"http://127.0.0.1:{server.server_port}/{page}"
                reports = [measure(address, desktop=desktop) for _ in range(repeats)]
                lines.append(_row(page, reports, desktop=desktop))
                print(lines[-1], flush=True)
    finally:
        server.shutdown()
    return lines


def _row(page: str, reports: list[dict], *, desktop: bool) -> str:
    scores = {name: [report["categories"][name]["score"] * 100 for report in reports] for name in CATEGORIES}
    found = [f"{statistics.median(scores[name]):.0f}" for name in CATEGORIES]
    performance = scores["performance"]
    found[1:1] = [f"{len(reports)}: {min(performance):.0f} to {max(performance):.0f}"]
    for name, unit, digits in (("largest-contentful-paint", "s", 1), ("cumulative-layout-shift", "", 3)):
        value = statistics.median(report["audits"][name]["numericValue"] for report in reports)
        found.append(f"{value / (1000 if unit else 1):.{digits}f} {unit}".strip())
    weight = statistics.median(report["audits"]["total-byte-weight"]["numericValue"] for report in reports)
    return f"| {page} | {'desktop' if desktop else 'phone'} | {' | '.join(found)} | {weight / 1000:.0f} kB |"
