"""All works of one process in the interpreter that runs this; writes one JSON document for `benchmarks.bench`."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path

import streamimb
from benchmarks import import_time
from benchmarks.interpreters import digest
from benchmarks.rounds import Group, Line, measure
from benchmarks.termination import end_in_order
from benchmarks.works import GROUPS


def chosen(only: str) -> list[Group]:
    """The groups that have a case with these words in its title, with those cases."""
    found = []
    for group in GROUPS:
        cases = tuple(case for case in group.cases if only in case.title)
        if cases:
            found.append(group._replace(cases=cases))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="one_interpreter", description="CPU microseconds an event in this interpreter, as JSON."
    )
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--sources", required=True, help="digest of the streamimb that is to be measured")
    options = parser.parse_args()
    if not streamimb.__native__:
        parser.error(f"{sys.executable} has no compiled streamimb: install it where there is a C compiler")
    if digest(Path(streamimb.__file__).parent) != options.sources:
        parser.error(f"{sys.executable} has another streamimb than this checkout: install it again")
    end_in_order()
    lines: list[Line] = []
    for group in chosen(options.only):
        lines += measure(group, options.rounds)
    if options.only in import_time.TITLE:
        lines.append(import_time.measure(options.rounds))
    print(json.dumps({"python": platform.python_version(), "lines": [line._asdict() for line in lines]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
