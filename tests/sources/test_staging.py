"""One whole or nothing: kills at every step, a full disk at every step, two at once, and what a kill leaves behind."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sources import publishers
from sources.conftest import small_data

from smallcaps.catalog import ROOT
from smallcaps.manifest import current_vintage, vintages
from smallcaps.snapshot import Snapshot
from smallcaps.sources.errors import RefreshRefusedError
from smallcaps.sources.staging import only_refresh, publish, work_folder

OLD, NEW = "2026-10", "2026-10-20"
TABLES = ("presidential_elections", "other_funds")
WRITES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}


def copied(source: Path, target: Path) -> Path:
    """A copy of the data folder `source`; its snapshot folder comes back."""
    shutil.copytree(source, target)
    return target / "snapshot"


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return small_data(tmp_path_factory.mktemp("staging"), "none", TABLES)


def new_files(snapshots: Path) -> dict[str, bytes]:
    """The files of a vintage that differs from the old one in its report alone."""
    held = {path.name: path.read_bytes() for path in (snapshots / OLD).iterdir()}
    return {**held, "report.txt": b"new\n"}


def refresh_by_hand(snapshots: Path) -> None:
    with only_refresh(snapshots):
        publish(snapshots, NEW, new_files(snapshots))


def whole(snapshots: Path) -> str:
    """The current vintage, after every table of every vintage that there is has been verified."""
    for vintage in vintages(snapshots):
        assert len(Snapshot(snapshots, vintage).verify()) == len(TABLES)
    Snapshot(snapshots).verify()
    return current_vintage(snapshots)


def in_child(action, step: int) -> int:
    """Run `action` in a child process that dies, without any farewell, before its `step`-th change of the disk."""
    child = os.fork()
    if child == 0:
        count = 0

        def hook(event: str, arguments: tuple) -> None:
            nonlocal count
            writes = event in WRITES or (
                event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_WRONLY
            )
            if writes:
                count += 1
                if count == step:
                    os._exit(9)

        try:
            sys.addaudithook(hook)
            action()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the child touches files and nothing of the threads
def test_a_kill_at_any_step_leaves_the_old_or_the_new_snapshot(data, tmp_path):
    seen, step = [], 0
    while True:
        step += 1
        snapshots = copied(data, tmp_path / str(step) / "data")
        code = in_child(lambda snapshots=snapshots: refresh_by_hand(snapshots), step)
        seen.append(whole(snapshots))
        if code == 0:
            break
        assert code == 9 and step < 60
        left = {path.name for path in snapshots.iterdir()} - {"CURRENT", OLD, NEW}
        assert not left
        if seen[-1] == OLD:  # the next refresh clears up and goes through
            refresh_by_hand(snapshots)
            assert whole(snapshots) == NEW
    assert set(seen) == {OLD, NEW} and seen == sorted(seen)
    assert len(seen) > 12


FAULTS = {errno.ENOSPC: "the disk is full", errno.EROFS: "read-only", errno.EACCES: "permission is denied"}


@pytest.mark.parametrize("code", FAULTS)
def test_a_disk_that_fails_at_any_step_leaves_the_old_snapshot(data, tmp_path, monkeypatch, code):
    reached, step = False, 0
    calls = {"os.fsync": os.fsync, "os.rename": os.rename, "os.replace": os.replace}
    while not reached:
        step += 1
        snapshots = copied(data, tmp_path / str(step) / "data")
        left = step

        def failing(original):
            def call(*arguments, **options):
                nonlocal left
                left -= 1
                if left == 0:
                    raise OSError(code, os.strerror(code))
                return original(*arguments, **options)

            return call

        with monkeypatch.context() as patch:
            for name, original in calls.items():
                patch.setattr(name, failing(original))
            try:
                refresh_by_hand(snapshots)
                reached = True
            except RefreshRefusedError as error:
                assert FAULTS[code] in str(error) and "the snapshot is as it was" in str(error)
                assert whole(snapshots) == OLD and vintages(snapshots) == (OLD,)
        assert step < 60
    assert whole(snapshots) == NEW and step > 5


def test_a_disk_that_is_full(data, tmp_path):
    """A true one, of a fifth of a megabyte, where this machine lets us have it."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(small)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount a small disk")
    try:
        snapshots = copied(data, small / "data")
        with pytest.raises(RefreshRefusedError, match="the disk is full"), only_refresh(snapshots):
            publish(snapshots, NEW, {**new_files(snapshots), "report.txt": b"x" * 400_000})
        assert whole(snapshots) == OLD and not (work_folder(snapshots) / "staging").exists()
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_two_at_once(data, tmp_path):
    snapshots = copied(data, tmp_path / "data")
    second = pytest.raises(RefreshRefusedError, match="another refresh of this snapshot is running")
    with only_refresh(snapshots), second, only_refresh(snapshots):
        pytest.fail("two refreshes at once")
    refresh_by_hand(snapshots)
    assert whole(snapshots) == NEW


def test_a_lock_of_the_dead_does_not_hold(data, tmp_path):
    snapshots = copied(data, tmp_path / "data")
    holder = (
        "import os, sys; from pathlib import Path; from smallcaps.sources.staging import only_refresh\n"
        "with only_refresh(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holder, str(snapshots)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(RefreshRefusedError, match="another refresh"):
        refresh_by_hand(snapshots)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    refresh_by_hand(snapshots)
    assert whole(snapshots) == NEW


def test_a_vintage_is_never_written_twice(data, tmp_path):
    snapshots = copied(data, tmp_path / "data")
    with pytest.raises(RefreshRefusedError, match="exists already"):
        publish(snapshots, OLD, new_files(snapshots))
    assert whole(snapshots) == OLD


def test_a_vintage_that_does_not_verify_is_not_pointed_to(data, tmp_path):
    from smallcaps.errors import DataError

    snapshots = copied(data, tmp_path / "data")
    files = {**new_files(snapshots), "other_funds.csv": b"fund\n"}
    with only_refresh(snapshots), pytest.raises(DataError, match="'other_funds'.*was altered"):
        publish(snapshots, NEW, files)
    assert whole(snapshots) == OLD and vintages(snapshots) == (OLD,)


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.4, 1.0, 1.6, 2.0, 2.4, 2.8, 3.2, 3.6, 4.2, 5.0])
def test_a_killed_refresh_from_end_to_end(publisher, templates, tmp_path, delay):
    """SIGKILL after `delay` seconds, wherever the refresh is then; the next one goes through."""
    snapshots = copied(templates("ishares", ()), tmp_path / "data")
    publisher.answering = publishers.answer
    publishers.workbook("IWM")
    script = (
        "import sys; sys.path.insert(0, 'tests'); from datetime import date; from pathlib import Path\n"
        "from sources.servers import local_session; from smallcaps.sources.refresh import refresh\n"
        "refresh(folder=Path(sys.argv[1]), only=['ishares'], session=local_session(int(sys.argv[2])), "
        "today=date(2026, 10, 20), quiet=True)"
    )
    command = [sys.executable, "-c", script, str(snapshots), str(publisher.port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(delay)
    process.kill()
    process.wait()
    for vintage in (*vintages(snapshots), None):
        assert Snapshot(snapshots, vintage).verify()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert current_vintage(snapshots) == NEW
    assert not (work_folder(snapshots) / "staging").exists()
