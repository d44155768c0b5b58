"""Runs a module of `benchmarks` under another CPython, with the streamimb that is installed there."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from benchmarks.termination import output_of

ROOT = Path(__file__).resolve().parents[1]
# The checkout comes last in the path, for `benchmarks`: the streamimb that is measured is the one installed.
MAIN = "import sys; sys.path.append(sys.argv.pop(1)); from {module} import main; sys.exit(main())"


def digest(package: Path) -> str:
    """Of the sources of a package, by which two installations are compared."""
    found = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        found.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def run(python: str, module: str, arguments: list[str]) -> Any:
    """The JSON document that the module's `main` writes; exits where it writes none."""
    environment = dict(os.environ)
    if python != sys.executable:
        environment.pop("PYTHONPATH", None)  # set for this interpreter, it would hide what is installed there
    command = [python, "-P", "-c", MAIN.format(module=module), str(ROOT), *arguments]
    written, status = output_of(command, environment)
    if not written:
        raise SystemExit(f"{python}: {module} ended with status {status}; its error is above")
    return json.loads(written)
