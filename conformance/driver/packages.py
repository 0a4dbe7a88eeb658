"""Packages from PyPI that tests need, installed once into Euryale's cache, and not a file of theirs edited."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sources

# Every interpreter that starts with the folder on PYTHONPATH reads its .pth files, children that tests start as well.
SITECUSTOMIZE = "import os, site\nsite.addsitedir(os.path.dirname(os.path.abspath(__file__)))\n"
COMPLETE = ".complete"


def folder(requirements, euryale):
    """The folder that has the packages of a requirements file, to be put on PYTHONPATH; installs them if need be.

    The file names all that is needed: what its packages ask for beside that is not installed.
    `euryale` is the command that compiles them for Jython, so that no two workers do it at once."""
    name = Path(requirements).parent.name
    target = sources.cache() / f"{name}-{hashlib.sha256(Path(requirements).read_bytes()).hexdigest()[:12]}"
    if not (target / COMPLETE).exists():
        _install(requirements, target, euryale)
    return target


def _install(requirements, target, euryale):
    python = sources.cpython27()
    if python is None:
        raise sources.NoTests(f"{requirements} is installed with the pip of a CPython 2.7, and there is none; "
                              f"name one in {sources.VARIABLE}")
    print(f"installing {Path(requirements).name} of {target.name} from PyPI, once", file=sys.stderr)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        site = Path(scratch) / "site"
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile",
                   "--no-deps", "--target", str(site), "-r", str(requirements)]
        pip = subprocess.run(command, env={**os.environ, "PURE_PYTHON": "1"}, capture_output=True, text=True)
        if pip.returncode != 0:
            lines = [line.strip() for line in pip.stderr.splitlines() if line.strip()] or [f"exit {pip.returncode}"]
            raise sources.NoTests(f"pip could not install {requirements}: {lines[-1]}")
        (site / "sitecustomize.py").write_text(SITECUSTOMIZE)
        # Compiled where it will lie: a class knows its source's path.
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(str(site), str(target))
    subprocess.run([*euryale, "-m", "compileall", "-q", str(target)], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""})
    (target / COMPLETE).touch()
