"""What the examples say is to be typed, and what they say is printed."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import CHECKOUT

EXAMPLES = CHECKOUT / "examples"


def shell(command: str, folder: Path, **environment: str) -> str:
    """What a command prints when it is typed in `folder` with the programs of this environment."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": programs, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def promised(script: str) -> str:
    """What the docstring of a script says it prints."""
    doc = ast.get_docstring(ast.parse((EXAMPLES / script).read_text())) or ""
    lines = doc.partition("prints\n\n")[2].splitlines()
    return "".join(line.removeprefix("    ") + "\n" for line in lines)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
