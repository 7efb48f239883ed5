"""Kernels forked from a process that has imported the stack already: real ipykernels that start in no time.

Python's own fork server does the forking: one process with a single thread, which imports PRELOADED and then only
forks. It belongs to the process that asks for it: the kernels' driver must be the one that has called `prepare`, for a
fork server is not passed on to children. Where there is no fork (Windows), or with `SMALLCAPS_KERNELS=plain` in the
environment, kernels start as Jupyter starts them; the results are the same to the byte, which a test holds.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from importlib.metadata import EntryPoint
from multiprocessing import forkserver
from typing import Any
from weakref import WeakSet

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from smallcaps.orphans import end_with_parent

NAME = "forked-provisioner"
SWITCH = "SMALLCAPS_KERNELS"
PRELOADED = [
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "scipy.stats",
    "statsmodels.regression.linear_model",
    "statsmodels.tsa.regime_switching.markov_regression",
    "smallcaps.book.chapter",
    "smallcaps.book.summary",
    "smallcaps.charts",
    "smallcaps.charts_multiverse",
    "smallcaps.studies.rate_sensitivity",
]


def available() -> bool:
    """Whether kernels are forked on this machine, with this setting."""
    return os.environ.get(SWITCH) != "plain" and "forkserver" in multiprocessing.get_all_start_methods()


def prepare() -> None:
    """Let kernels be forked, where that is available; the fork server starts to import at once, and nobody waits."""
    if not available():
        return
    forkserver.set_forkserver_preload(PRELOADED)
    forkserver.ensure_running()
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:ForkedProvisioner", "jupyter_client.kernel_provisioners")
    factory.default_provisioner_name = NAME


def end_kernels() -> None:
    """End the forked kernels that still run: whoever waits for one is told that it died."""
    for fork in list(_FORKS):
        fork.kill()


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel as a fork; everything else is as for a kernel started as a program of its own."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Fork a kernel that reads its connection file; `cmd` is used for that file's name alone."""
        self.process = _Fork(cmd[cmd.index("-f") + 1], folder=options.get("cwd"), environment=options["env"])
        self.pid = self.process.pid
        self.pgid = None  # the kernel shares the fork server's group: signals go to the process alone
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """As to any kernel; but one that is about to be ended is not interrupted first, which it would complain of."""
        if signum != signal.SIGINT or not getattr(self.parent, "shutting_down", False):
            await super().send_signal(signum)


class _Fork:
    """A forked kernel with what jupyter_client uses of subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, connection_file: str, *, folder: str | None, environment: dict[str, str]):
        method = multiprocessing.get_context("forkserver")
        self._process = method.Process(target=_serve, args=(connection_file, folder, environment))
        self._process.start()
        self.pid = self._process.pid
        _FORKS.add(self)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self._process.is_alive():
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


_FORKS: WeakSet[_Fork] = WeakSet()


def _serve(connection_file: str, folder: str | None, environment: dict[str, str]) -> None:
    """Be a kernel until told to stop: what `python -m ipykernel_launcher -f FILE` does in a process of its own."""
    import random

    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    end_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    if folder:
        os.chdir(folder)
    # A fork begins with the state of its parent; a new program would not.
    random.seed()
    np.random.seed()
    # With a parent to name, the kernel prints no advice for people who start one by hand.
    IPKernelApp.launch_instance(argv=["-f", connection_file, f"--IPKernelApp.parent_handle={os.getppid()}"])
