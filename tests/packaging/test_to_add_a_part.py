"""The table "To add a part" of ARCHITECTURE.md: a tree that differs in the files of a row alone has the part.

Each kind of part gets a file in its room and a line in the room's `__init__`, in a copy of the tree. There it is chosen
in TOML, built, saved, read and listed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import NamedTuple

import pytest

from streamimb import catalogue
from tests.config.test_config import MINIMAL
from tests.conftest import CHECKOUT
from tests.packaging.test_adding_a_part import PACKAGE

MORE = '''
from streamimb.protocols import Reading


class AddedSampler(FixedRate):
    """Keep a part."""


class AddedSynthesizer(Last):
    """Replay the last."""


class AddedCalibrator(base.Base, Halving):
    """Halve."""


class AddedCorrection(Division):
    """Divide."""


class AddedLearner(Frequency):
    """Learn how common True is."""


class AddedMetric(Brier):
    """Squared error."""

    def merge(self, other):
        pass

    def readings(self):
        return [Reading("error", "Squared error.", 0.5)]


class AddedRule(base.Base):
    """Act from a fixed probability on."""

    def __init__(self, at: float = 0.25):
        self.at = at

    def threshold_one(self, x, t):
        return self.at

    def observe_one(self, p, x, t):
        pass

    def readings(self):
        return [Reading("fixed", "The threshold.", self.at)]


class AddedDetector(base.DriftDetector):
    """Never finds anything."""

    watches = "scores"
    alarms = ()

    def __init__(self, size: int = 3):
        super().__init__()
        self.size = size

    def update(self, p, w=1.0):
        pass

    def readings(self):
        return [Reading("size", "The size.", float(self.size))]


class AddedAnchor(base.Base):
    """One log-odds for all."""

    def __init__(self, logit: float = -3.0):
        self.logit = logit

    def logit_one(self, x):
        return self.logit

    def learn_one(self, x, y, p, w=1.0):
        pass


class AddedStatistic(base.Base):
    """A number."""

    def __init__(self, number: float = 0.0):
        self.number = number
'''


class Kind(NamedTuple):
    """A kind of part, as the first column of the table names it."""

    room: str
    part: str
    table: str  # of the catalogue; "" for none
    toml: str  # "" where no configuration chooses it


KINDS = {
    "sampler": Kind("sampling", "AddedSampler", "sampler", "[sampler]\ntype = 'AddedSampler'"),
    "synthesizer": Kind(
        "synthesis",
        "AddedSynthesizer",
        "synthesizer",
        "[sampler]\ntype = 'OverSampler'\nshare = 0.3\n[synthesizer]\ntype = 'AddedSynthesizer'",
    ),
    "calibrator": Kind(
        "calibration", "AddedCalibrator", "calibrator", "[calibrator]\ntype = 'AddedCalibrator'"
    ),
    "decision rule": Kind("decision", "AddedRule", "decision", "[decision]\ntype = 'AddedRule'"),
    "drift detector": Kind("drift", "AddedDetector", "drift", "[drift.own]\ntype = 'AddedDetector'"),
    "metric": Kind("metrics", "AddedMetric", "metric", "[metric.own]\ntype = 'AddedMetric'"),
    "correction": Kind(
        "correction", "AddedCorrection", "correction", "[correction]\ntype = 'AddedCorrection'"
    ),
    "anchor": Kind(
        "correction", "AddedAnchor", "", "[correction]\nanchor = {type = 'correction.AddedAnchor'}"
    ),
    "statistic": Kind("stats", "AddedStatistic", "", ""),
    "learner": Kind("linear_model", "AddedLearner", "learner", "[learner]\ntype = 'AddedLearner'"),
}
# What the phrases of the second column stand for in a room that there is.
FILES = {
    "its file in the room": ["streamimb/{room}/added_{part}.py"],
    "the room's `__init__`": ["streamimb/{room}/__init__.py"],
    "one line in `tests/laws/table.py`": [],  # tests/laws finds a part that is not there
    "a kernel beside it only if it should be faster than Python": [],
}
PROGRAM = """
import json, sys
import streamimb
from streamimb import catalogue
from streamimb.cli import build
from streamimb.config import loads
from streamimb.engine.snapshot import dumps, loads as read
from streamimb.events import Event
told = {}
for kind, (name, toml) in json.loads(sys.argv[1]).items():
    part = catalogue.class_of(name)()
    assert type(read(dumps(part))) is type(part)
    (entry,) = [entry for entry in catalogue.entries() if entry.name == name]
    told[kind] = [streamimb.__file__, entry.table, entry.summary]
    if toml:
        engine, again = (build.engine(loads(MINIMAL + toml), replay=False) for _ in range(2))
        for i in range(40):
            engine.on_event(Event(f"e{i}", float(i), {"a": float(i % 7)}, i % 5 == 0))
        again.restore(engine.snapshot(), {})
        assert again.snapshot() == engine.snapshot() and name.encode() in engine.snapshot(), name
print(json.dumps(told))
"""


def rows() -> dict[str, str]:
    """The table of ARCHITECTURE.md: what is added, and the files."""
    page = (CHECKOUT / "ARCHITECTURE.md").read_text()
    section = page.partition("\n## To add a part\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE)
    return {added: files for added, files in found if added != "to add"}


def kinds_of(added: str) -> list[str]:
    """The kinds that the first column names: "a sampler, metric or statistic"."""
    return re.split(r", | or ", re.sub(r"^an? ", "", added))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What each part is in a copy of the tree that has it; the copy is checked to differ in nothing else."""
    tree = tmp_path_factory.mktemp("tree")
    for path in (CHECKOUT / "streamimb").rglob("*"):
        if path.suffix in (".py", ".so"):
            copy = tree / path.relative_to(CHECKOUT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.symlink_to(path)
    for room, part, *_ in KINDS.values():
        (tree / f"streamimb/{room}/added_{part.lower()}.py").write_text(PACKAGE + MORE)
        init = tree / f"streamimb/{room}/__init__.py"
        text = init.read_text()
        init.unlink()
        line = f"from streamimb.{room}.added_{part.lower()} import {part}"
        init.write_text(
            re.sub(r"^__all__ = \[", f'{line}\n\n__all__ = [\n    "{part}",', text, flags=re.MULTILINE)
        )
    chosen = {kind: (f"{room}.{part}", toml) for kind, (room, part, _, toml) in KINDS.items()}
    done = subprocess.run(
        [sys.executable, "-c", f"MINIMAL = {MINIMAL!r}\n{PROGRAM}", json.dumps(chosen)],
        cwd=tree,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    changed = {path.relative_to(tree).as_posix() for path in tree.rglob("*.py") if not path.is_symlink()}
    first = next(iter(rows().values()))
    assert changed == {
        file.format(room=kind.room, part=kind.part.lower())
        for kind in KINDS.values()
        for phrase in first.split("; ")
        for file in FILES[phrase]
    }
    found: dict[str, list[str]] = json.loads(done.stdout)
    assert all(where.startswith(str(tree)) for where, *_ in found.values())
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_is_there_once_the_files_of_its_row_have_it(told: dict[str, list[str]], kind: str) -> None:
    _, table, summary = told[kind]
    assert (table, bool(summary)) == (KINDS[kind].table, True)


def test_the_table_names_every_kind_and_the_files_that_there_are() -> None:
    table = rows()
    assert [kind for added in list(table)[:2] for kind in kinds_of(added)] == list(KINDS)
    assert list(table)[2:] == ["a part of a new kind", "a connector", "a kernel"]
    assert list(table.values())[1].startswith("the same, and its room in `catalogue.ROOMS`")
    for room, *_ in KINDS.values():
        assert room in catalogue.ROOMS
    for name in re.findall(r"`([\w./]+[/.][\w/]+)`", " ".join(table.values())):
        places = [CHECKOUT / name, CHECKOUT / "streamimb" / name]
        assert name == "catalogue.ROOMS" or any(place.exists() for place in places), name


def test_contributing_points_to_the_table() -> None:
    page = (CHECKOUT / "CONTRIBUTING.md").read_text()
    assert "(ARCHITECTURE.md#to-add-a-part)" in page
    assert "| to add |" not in page
