"""What the catalogue derives of a part: its options, defaults and first sentence, and who may register one."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from streamimb import catalogue
from streamimb.catalogue import Entry, Option, entries, register
from tests.config.test_config import MINIMAL
from tests.conftest import CHECKOUT


def entry(name: str) -> Entry:
    return Entry(name, catalogue.class_of(name))


def test_options_are_those_of_the_constructor() -> None:
    score = entry("sampling.ScoreUnderSampler")
    assert score.options == (
        Option("share", "float | None", None, False, "0.2 unless keep_rate is given"),
        Option("keep_rate", "float | None", None, False, "share applies"),
        Option("mix", "float", 0.5, False),
        Option("criterion", "str", "score", False),
        Option("keep_first", "int", 0, False),
    )
    told = [
        "share (left out: 0.2 unless keep_rate is given)",
        "keep_rate (left out: share applies)",
        "mix = 0.5",
        'criterion = "score"',
        "keep_first = 0",
    ]
    assert list(map(str, score.options)) == told
    assert score.summary.startswith("Learn every rare event, and common ones")
    assert score.summary.endswith("the wrong class.")
    assert score.state_version == 1
    learner = entry("linear_model.LogisticRegression")
    assert str(learner.options[0]) == "learning_rates = [0.05, 0.2, 0.8]"


@pytest.mark.parametrize("name", [each.name for each in entries()])
def test_every_part_has_a_first_sentence_and_options_that_can_be_given(name: str) -> None:
    part = entry(name)
    assert part.summary.endswith(".")
    assert part.options or not inspect.signature(part.cls).parameters
    for option in part.options:
        assert option.required or option.default is not None or option.left_out, option.name


def test_a_table_chooses_from_its_rooms() -> None:
    assert {each.room for each in entries("sampler")} == {"sampling"}
    assert {each.kind for each in entries("learner")} >= {"LogisticRegression"}
    assert {each.room for each in entries()} == set(catalogue.ROOMS)
    tables = [room.table for room in catalogue.ROOMS.values() if room.table]
    assert {each.kind for each in entries("correction")} == {"PriorRatio", "RateRatio", "Weight"}  # no anchor
    assert set(tables) == {
        "learner", "sampler", "synthesizer", "calibrator", "correction", "decision", "drift", "metric",
    }  # fmt: skip


def test_only_what_can_be_given_by_name_is_an_option(own_parts: None) -> None:
    class Anything:
        """Takes all. And more."""

        def __init__(
            self, *args: Any, needed: int, switch: bool = True, text: str = "a", **kwargs: Any
        ) -> None: ...

    register(Anything, "metrics.Anything")
    described = entry("metrics.Anything")
    assert list(map(str, described.options)) == ["needed (required)", "switch = true", 'text = "a"']
    assert described.summary == "Takes all."


def test_a_class_of_c_without_a_signature_has_no_options() -> None:
    assert Entry("x.dict_keys", type({}.keys())).options == ()


PACKAGE = '''
"""Parts of another package."""
class Mine:
    """Keep all."""
    def __init__(self, share=0.5): self.share = share
class Other: pass
import math
from river import base
class Undocumented(base.Base):
    def __init__(self, share=None): self.share = share
'''
POINTS = """[streamimb.parts]
sampling.Mine = parts_of_another_package:Mine
sampling.Gone = parts_of_another_package:Gone
kitchen.Other = parts_of_another_package:Other
sampling.UnderSampler = parts_of_another_package:Other
sampling.Fn = parts_of_another_package:math
sampling.Undocumented = parts_of_another_package:Undocumented
"""
PROGRAM = """
from streamimb import catalogue
assert "parts_of_another_package" not in __import__("sys").modules
from streamimb.engine.snapshot import dumps, loads
import parts_of_another_package as package
assert loads(dumps(package.Mine(0.25))).share == 0.25
assert [entry.kind for entry in catalogue.entries("sampler") if entry.kind == "Mine"] == ["Mine"]
for name, why in catalogue.broken().items():
    print(name, why)
"""
IN_TOML = """
from streamimb.cli import model
from streamimb.cli.app import called
from streamimb.config import ConfigError, loads
product = "type = 'Product'; first = {type = 'sampling.Gone'}; second = {}"
for text in ("type = 'Gone'", "type = 'sampling.Fn'", product):
    try:
        model.assembled(loads(MINIMAL + "[sampler];".replace(";", "\\n") + text.replace(";", "\\n")).model)
    except ConfigError as error:
        print(error)
called(["parts"])
"""


def run(folder: Path, program: str) -> list[str]:
    """What a program prints where another package is installed in a folder."""
    (folder / "parts_of_another_package.py").write_text(PACKAGE)
    info = folder / "parts_of_another_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: parts-of-another-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    paths = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(CHECKOUT)!r}]\n"
    done = subprocess.run(
        [sys.executable, "-c", paths + program], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_an_installed_package_declares_its_parts_by_entry_points(tmp_path: Path) -> None:
    told = dict(line.split(" ", 1) for line in run(tmp_path, PROGRAM))
    assert "AttributeError" in told["sampling.Gone"]
    assert "one of the rooms" in told["kitchen.Other"]
    assert "already registered" in told["sampling.UnderSampler"]
    assert "the module math is not a class: give module:Class" in told["sampling.Fn"]
    assert len(told) == 4


def test_the_reason_why_a_part_cannot_be_loaded_is_told_where_it_is_chosen(tmp_path: Path) -> None:
    lines = run(tmp_path, f"MINIMAL = {MINIMAL!r}\n{IN_TOML}")
    for line, kind, why in zip(
        lines,
        ("Gone", "sampling.Fn", "sampling.Gone"),
        ("AttributeError", "the module math is not a class", "AttributeError"),
        strict=False,  # then come the parts
    ):
        assert line.startswith(
            f"[sampler] type is '{kind}', which a package declares and which cannot be loaded ("
        )
        assert why in line
    assert not [line for line in lines if line.startswith("  Fn")]
    assert "  Undocumented: share." in lines  # not what River says of its parent
