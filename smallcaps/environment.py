"""Make the virtual environment of the make targets; old syntax and no packages, so that any Python can say no.

    python3 smallcaps/environment.py [dev] [lab]

Makes `.venv`, installs requirements.txt (with `dev` also requirements-dev.txt, and so on), by uv where it can be had
and by pip otherwise, and lets the environment import this checkout. Does nothing where that was done before.
"""

import hashlib
import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")


def main(arguments):
    """Make what is missing; the exit status: 0, or 2 after one line on standard error."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return fail(
            "Python {}.{} cannot build the book: it needs 3.11, 3.12 or 3.13 "
            "(name one with make PYTHON=python3.12 ...)".format(*sys.version_info[:2])
        )
    locks = ["requirements.txt"] + ["requirements-{}.txt".format(name) for name in arguments]
    stamp = os.path.join(VENV, "-".join(["installed"] + arguments))
    wanted = fingerprint(locks)
    if read(stamp) == wanted and os.path.exists(PYTHON):
        return 0
    sys.stdout.write("making the environment in .venv (once)\n")
    sys.stdout.flush()
    try:
        if not made_by_this_python():
            run([sys.executable, "-m", "venv", "--without-pip", "--clear", VENV])
        install(locks)
        with open(os.path.join(site_packages(), "smallcaps-checkout.pth"), "w") as link:
            link.write(ROOT + "\n")
    except subprocess.CalledProcessError as error:
        return fail("the packages could not be installed: {}".format(" ".join(error.cmd[-4:])))
    with open(stamp, "w") as file:
        file.write(wanted)
    return 0


def made_by_this_python():
    """Whether `.venv` is there and of the version that runs this."""
    version = "version = {}.{}.".format(*sys.version_info[:2])
    return os.path.exists(PYTHON) and version in (read(os.path.join(VENV, "pyvenv.cfg")) or "")


def fingerprint(locks):
    """The sha256 of the Python version, the checkout's place and the lock files: what an environment is made from."""
    digest = hashlib.sha256("{}.{} {}".format(sys.version_info[0], sys.version_info[1], ROOT).encode())
    for lock in locks:
        with open(os.path.join(ROOT, lock), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def install(locks):
    """Install the lock files into the environment: by uv, or by pip where uv cannot be had."""
    files = [word for lock in locks for word in ("-r", os.path.join(ROOT, lock))]
    # The pip of the Python that runs this can install into the environment; one of its own takes longer to make.
    pip = [sys.executable, "-m", "pip", "--python", PYTHON]
    if not has_uv(pip):
        run([PYTHON, "-m", "ensurepip"])
        pip = [PYTHON, "-m", "pip"]
        if not has_uv(pip):
            run(pip + ["install", "--quiet"] + files)
            return
    run([PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON] + files)


def has_uv(pip):
    """Whether uv is in the environment, or this `pip` could put it there."""
    options = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    return subprocess.call(pip + ["install"] + options + ["uv"], stderr=subprocess.DEVNULL) == 0


def site_packages():
    """The environment's folder for packages."""
    code = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    return subprocess.check_output([PYTHON, "-c", code]).decode().strip()


def run(command):
    """Run `command`, its output shown; CalledProcessError if it fails."""
    subprocess.check_call(command)


def read(path):
    """The text of a file, or None where there is none."""
    if not os.path.exists(path):
        return None
    with open(path) as file:
        return file.read()


def fail(message):
    """Print one line on standard error; the exit status 2."""
    sys.stderr.write("error: {}\n".format(message))
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
