"""Every part can be made interpreted: no attribute of a kernel has the name of a property of the part around it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = """
from tests.laws import table

tables = [made for name, made in vars(table).items() if name.isupper() and isinstance(made, dict)]
parts = [make for made in tables for make in made.values() if callable(make)]
for make in parts:
    make()
print(len(parts))
"""


def test_every_part_can_be_made_interpreted() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=CHECKOUT,
        env={**os.environ, "STREAMIMB_PURE": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-2_000:]
    assert int(ran.stdout) > 60
