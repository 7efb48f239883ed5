"""Lighthouse scores of the built pages, served compressed from this machine; writes a table.

The pages come from a server on this machine that compresses them, as any host does. Needs node, Debian's chromium and
`npm install --prefix tests/web`. The table goes to standard output and to benchmarks/lighthouse.md.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
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
TABLE = ROOT / "benchmarks" / "lighthouse.md"
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


def row(page: str, report: dict, *, desktop: bool) -> str:
    """One line of the table."""
    scores = [f"{report['categories'][name]['score'] * 100:.0f}" for name in CATEGORIES]
    audits = report["audits"]
    shown = [audits[name]["displayValue"] for name in ("largest-contentful-paint", "cumulative-layout-shift")]
    weight = f"{audits['total-byte-weight']['numericValue'] / 1000:.0f} kB"
    return f"| {page} | {'desktop' if desktop else 'phone'} | {' | '.join([*scores, *shown, weight])} |"


def complaints(report: dict) -> list[str]:
    """What keeps a score below 100, each in a line."""
    found = []
    for name in CATEGORIES:
        for reference in report["categories"][name]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                found.append(f"  {name}: {audit['id']} {audit['score']} {audit.get('displayValue', '')}")
    return found


def main() -> int:
    """Print and write the table; 2 where something that it needs is missing."""
    if not LIGHTHOUSE.exists() or not shutil.which("node"):
        print("error: Lighthouse is not there: npm install --prefix tests/web", file=sys.stderr)
        return 2
    if not (SITE / "index.html").exists():
        print("error: there is no site to measure: make book", file=sys.stderr)
        return 2
    server = ThreadingHTTPServer(("127.0.0.1", 0), Compressing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lines = [
        "| Page | As | Performance | Accessibility | Best practices | SEO | Largest paint | Layout shift | Sent |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    for page in ("index.html", heaviest_page()):
        for desktop in (False, True):
            report = measure(f"http://127.0.0.1:{server.server_port}/{page}", desktop=desktop)
            lines.append(row(page, report, desktop=desktop))
            print(lines[-1], flush=True)
            print("\n".join(complaints(report)), file=sys.stderr, flush=True)
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
