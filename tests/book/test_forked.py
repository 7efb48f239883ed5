"""Forked kernels: the same bytes as plain ones, and nothing left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import pytest
from checkout import Checkout

from smallcaps.book import execute, forked

needs_fork = pytest.mark.skipif(not forked.available(), reason="this system has no fork server")


def test_the_setting_switches_them_off(monkeypatch):
    monkeypatch.setenv(forked.SWITCH, "plain")
    assert not forked.available()
    monkeypatch.setattr(forked.forkserver, "ensure_running", lambda: pytest.fail("started a fork server"))
    forked.prepare()


@needs_fork
def test_a_kernel_has_the_stack_before_its_first_cell(tmp_path):
    """Forked from the process that imported it: a fork server that a worker starts for itself has imported nothing."""
    asked = "import sys; print('\\n'.join(sorted(sys.modules)))"
    code = (
        "from nbclient import NotebookClient\n"
        "from nbformat.v4 import new_code_cell, new_notebook\n"
        "from smallcaps.book import forked\n"
        "if __name__ == '__main__':\n"
        "    forked.prepare()\n"
        f"    notebook = new_notebook(cells=[new_code_cell({asked!r})])\n"
        "    NotebookClient(notebook, kernel_name='python3').execute()\n"
        "    print(notebook.cells[0].outputs[0].text)\n"
    )
    script = tmp_path / "ask.py"
    script.write_text(code, encoding="utf-8")
    environment = os.environ | execute.ENVIRONMENT
    answer = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, check=True)
    assert set(forked.PRELOADED) <= set(answer.stdout.split())


@needs_fork
def test_what_is_preloaded_starts_no_thread():
    """A fork of a process with threads may hang; the libraries' own threads are switched off as in a build."""
    code = (
        "import importlib, os, threading\n"
        "from smallcaps.book.forked import PRELOADED\n"
        "for name in PRELOADED: importlib.import_module(name)\n"
        "tasks = '/proc/self/task'\n"
        "print(len(os.listdir(tasks)) if os.path.isdir(tasks) else threading.active_count())"
    )
    environment = os.environ | execute.ENVIRONMENT
    answer = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "1"


@needs_fork
def test_ending_the_kernels_ends_no_other_child(tmp_path):
    code = (
        "import multiprocessing, os, time\n"
        "from smallcaps.book import forked\n"
        "if __name__ == '__main__':\n"
        "    forked.prepare()\n"
        "    mine = multiprocessing.get_context('forkserver').Process(target=time.sleep, args=(60,))\n"
        "    mine.start()\n"
        "    kernel = forked._Fork('none.json', folder=None, environment=dict(os.environ))\n"
        "    forked.end_kernels()\n"
        "    kernel.wait()\n"
        "    print(kernel.poll() is not None, mine.is_alive())\n"
        "    mine.kill()\n"
    )
    script = tmp_path / "end.py"
    script.write_text(code, encoding="utf-8")
    answer = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["True", "True"]


@pytest.mark.slow
@needs_fork
def test_forked_and_plain_kernels_give_the_same_bytes(tmp_path, monkeypatch):
    checkout = Checkout(tmp_path)
    written = {}
    for kind in ("forked", "plain"):
        monkeypatch.setenv(forked.SWITCH, kind)
        answer = checkout.run("run", "rate_sensitivity")
        assert answer.returncode == 0, answer.stderr
        assert answer.stderr == ""
        (notebook,) = (checkout.root / "_build" / "cache" / "rate_sensitivity").glob("*.ipynb")
        written[kind] = notebook.read_bytes()
        shutil.rmtree(checkout.root / "_build")
    assert written["forked"] == written["plain"]


@pytest.mark.slow
@needs_fork
@pytest.mark.skipif(not os.path.isdir("/proc"), reason="counts processes by /proc")
def test_a_killed_build_leaves_no_kernel(tmp_path):
    checkout = Checkout(tmp_path)
    process = checkout.start("book")
    time.sleep(8)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 30
    while (left := _processes_in(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert left == []


def _processes_in(folder) -> list[str]:
    """Processes whose working folder lies in `folder`."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and os.readlink(f"/proc/{entry}/cwd").startswith(str(folder)):
                found.append(entry)
        except OSError:
            continue  # it ended meanwhile, or is not ours
    return found
