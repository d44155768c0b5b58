"""A part of another package is used like one of ours, without an edit in `streamimb/`.

A temporary package has samplers, a synthesizer, a calibrator, a correction, a learner and a metric. Each is registered
by one line and then goes the whole way: chosen and configured in TOML, built, taught, saved, restored, changed, listed.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from streamimb import catalogue, checks
from streamimb.cli import build
from streamimb.cli.app import called
from streamimb.config import Config, ConfigError, loads
from streamimb.engine import Engine
from streamimb.engine.snapshot import dumps
from streamimb.engine.snapshot import loads as read
from streamimb.events import Event
from tests.config.test_config import MINIMAL

PACKAGE = '''
"""Parts of a third party."""

import math

from river import base


class FixedRate(base.Base):
    """Keep a fixed part of the negatives."""

    depends_on_x = False
    draws = True

    def __init__(self, rate: float = 0.5):
        if not 0.0 < rate <= 1.0:
            raise ValueError(f"rate={rate!r}: expected a number in (0, 1]")
        self.rate = rate
        self.met = False

    _mutable_attributes = {"rate"}

    def rates_one(self, x, p, prior):
        return {label: self.rate if label is False and self.met else 1.0 for label in p}

    def learn_one(self, x, y, p, rates, prior, w=1.0):
        if not 0.0 <= w < math.inf:
            raise ValueError("w: expected a finite number of at least 0")
        self.met = self.met or (y is False and w > 0.0)


class FixedCopies(base.Base):
    """Learn a positive several times."""

    depends_on_x = False
    draws = True

    def __init__(self, copies: float = 2.5):
        self.copies = copies

    def rates_one(self, x, p, prior):
        return {label: self.copies if label is True else 1.0 for label in p}

    def learn_one(self, x, y, p, rates, prior, w=1.0):
        pass


class Last(base.Base):
    """Replay the last event of the class."""

    def __init__(self, share: float = 1.0):
        self.share = share
        self.last = {}
        self.asked = 0

    def learn_one(self, x, y):
        self.last[y] = {name: value for name, value in x.items() if isinstance(value, int | float | str)}

    def examples_one(self, x, y, copies, score):
        self.asked += 1
        replayed = self.last.get(y)
        if replayed is None or self.share == 0.0:
            return [(dict(x), float(copies))]
        rest = [(dict(x), copies * (1.0 - self.share))] if self.share < 1.0 else []
        return [(dict(replayed), copies * self.share), *rest]


class Halving:
    """Say a part of the score."""

    def __init__(self, part: float = 1.0):
        self.part = part
        self.learned = 0

    def calibrate_one(self, p):
        return self.part * p

    def learn_one(self, p, y, w=1.0, memo=None):
        self.learned += 1


class Division(base.Base):
    """Divide by the rates, raised to a power."""

    needs_rates = True

    def __init__(self, power: float = 1.0):
        self.power = power
        self.given = 0

    def correct_one(self, p, rates, prior):
        masses = {k: p[k] / rates[k] ** self.power for k in p}
        return {k: mass / sum(masses.values()) for k, mass in masses.items()}

    def give_one(self, y, rate, w, copies):
        self.given += 1
        return w


class Frequency(base.Classifier):
    """Learn how common True is."""

    def __init__(self, start: list[float] = [1.0, 9.0]):
        self.start = start
        self.counts = list(start)

    def learn_one(self, x, y):
        self.counts[not y] += 1

    def predict_proba_one(self, x):
        p = self.counts[0] / sum(self.counts)
        return {False: 1.0 - p, True: p}


class Brier(base.Base):
    """The mean squared error of what was served."""

    def __init__(self, half_life: float = 100.0):
        self.half_life = half_life
        self.total = self.n = 0.0

    def update(self, y_true, y_pred, w=1.0):
        self.total += w * (y_pred - y_true) ** 2
        self.n += w

    def get(self):
        return self.total / self.n
'''
REGISTERED = {
    "sampling.FixedRate": "FixedRate",
    "sampling.FixedCopies": "FixedCopies",
    "synthesis.Last": "Last",
    "calibration.Halving": "Halving",
    "correction.Division": "Division",
    "linear_model.Frequency": "Frequency",
    "metrics.Brier": "Brier",
}


@pytest.fixture
def package(third_party: Any) -> Any:
    """The package, imported and not yet registered."""
    return third_party(PACKAGE)


@pytest.fixture
def registered(package: Any) -> Any:
    for name, kind in REGISTERED.items():
        catalogue.register(getattr(package, kind), name)
    return package


def configured(tables: str) -> Config:
    return loads(MINIMAL + tables)


def taught(config: Config, n: int = 60) -> Engine:
    engine = build.engine(config, replay=False)
    teach(engine, 0, n)
    assert engine.counters["learned"] == n
    assert engine.counters["learn_failed"] == 0
    return engine


def teach(engine: Engine, start: int, n: int) -> None:
    for i in range(start, start + n):
        engine.on_event(Event(f"e{i}", float(i), {"a": float(i % 7)}, i % 5 == 0))


def restored(config: Config, saved: Engine) -> Engine:
    engine = build.engine(config, replay=False)
    build.restored(engine, saved.snapshot(), {}, force=False, allow_pickle=False)
    return engine


TABLES = {
    "sampler": ("[sampler]\ntype = 'FixedRate'\nrate = 0.25", "FixedRate", ("rate", 0.25)),
    "synthesizer": (
        "[sampler]\ntype = 'FixedCopies'\n[synthesizer]\ntype = 'Last'\nshare = 0.5",
        "Last",
        ("share", 0.5),
    ),
    "calibrator": ("[calibrator]\ntype = 'Halving'\npart = 0.5", "Halving", ("part", 0.5)),
    "correction": ("[correction]\ntype = 'Division'\npower = 1.0", "Division", ("power", 1.0)),
    "learner": ("[learner]\ntype = 'Frequency'\nstart = [1.0, 4.0]", "Frequency", ("start", [1.0, 4.0])),
}


def part_of(engine: Engine, table: str) -> Any:
    calibrated: Any = engine.model.classifier
    sampled = calibrated.classifier
    return {
        "sampler": sampled.sampler,
        "synthesizer": sampled.synthesizer,
        "calibrator": calibrated.calibrator,
        "correction": sampled._own_correction,
        "learner": sampled.classifier,
    }[table]


@pytest.mark.parametrize("table", TABLES)
def test_a_part_of_another_package_goes_the_whole_way(registered: Any, table: str) -> None:
    text, kind, (option, value) = TABLES[table]
    config = configured(text)
    saved = taught(config)
    part = part_of(saved, table)
    assert type(part) is getattr(registered, kind)
    assert getattr(part, option) == value
    again = restored(config, saved)
    assert again.snapshot() == saved.snapshot()
    for engine in (saved, again):
        teach(engine, 60, 40)
    assert again.snapshot() == saved.snapshot()
    assert type(part_of(again, table)) is getattr(registered, kind)


def test_a_synthesizer_of_another_package_is_asked_where_there_are_copies(registered: Any) -> None:
    engine = taught(configured(TABLES["synthesizer"][0]))
    synthesizer = part_of(engine, "synthesizer")
    assert synthesizer.asked == 11  # one in five of 60, less the first, which comes before a negative
    assert set(synthesizer.last) == {False, True}


def test_a_declared_option_of_a_running_state_can_be_changed(registered: Any) -> None:
    saved = build.engine(configured("[sampler]\ntype = 'FixedRate'\nrate = 0.25"), replay=False)
    changed = restored(configured("[sampler]\ntype = 'FixedRate'\nrate = 0.75"), saved)
    assert part_of(changed, "sampler").rate == 0.75
    assert changed.counters["parameter_changes"] == 1


@pytest.mark.parametrize(
    ("name", "laws"),
    [
        ("FixedRate", checks.SAMPLER_LAWS),
        ("Last", checks.SYNTHESIZER_LAWS),
        ("Frequency", checks.CLASSIFIER_LAWS),
        ("Division", checks.ROUTE_LAWS),
    ],
)
def test_the_laws_are_asked_of_a_part(package: Any, name: str, laws: tuple[checks.Law, ...]) -> None:
    for law in laws:
        law(getattr(package, name)())


def test_a_metric_is_saved_and_listed(registered: Any) -> None:
    brier = registered.Brier()
    brier.update(True, 0.5)
    assert read(dumps(brier)).get() == brier.get() == 0.25
    assert "Brier" in [entry.kind for entry in catalogue.entries()]


def test_what_the_constructor_refuses_names_the_table(registered: Any) -> None:
    for text, words in {
        "[sampler]\ntype = 'FixedRate'\nrate = 2.0": r"^\[sampler\] FixedRate: rate=2\.0: expected a number",
        "[sampler]\ntype = 'FixedRate'\nrat = 0.5": r"^\[sampler\] 'rat' is not an option of FixedRate: did you mean",
        "[sampler]\ntype = 'FixdRate'": r"^\[sampler\] type is 'FixdRate': did you mean 'FixedRate'",
    }.items():
        with pytest.raises(ConfigError, match=words):
            build.engine(configured(text), replay=False)


def test_the_parts_are_listed(registered: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(["parts"]) == 0
    out = capsys.readouterr().out
    assert "  FixedRate: rate = 0.5. Keep a fixed part of the negatives.\n" in out
    assert "  Frequency: start = [1.0, 9.0]. Learn how common True is.\n" in out
    assert called(["parts", "--json"]) == 0
    told = {part["name"]: part for part in json.loads(capsys.readouterr().out)["parts"]}
    assert {name: told[name]["table"] for name in REGISTERED} == {
        "sampling.FixedRate": "sampler",
        "sampling.FixedCopies": "sampler",
        "synthesis.Last": "synthesizer",
        "calibration.Halving": "calibrator",
        "correction.Division": "correction",
        "linear_model.Frequency": "learner",
        "metrics.Brier": "metric",
    }


def test_a_class_named_by_its_module_registers_itself(package: Any) -> None:
    module = package.__name__
    config = configured(f"[calibrator]\ntype = '{module}:Halving'\npart = 0.5")
    saved = taught(config)
    assert catalogue.name_of(package.Halving) == "calibration.Halving"
    assert restored(config, saved).snapshot() == saved.snapshot()
    for text, words in {
        f"[calibrator]\ntype = '{module}:Halvng'": "did you mean 'Halving'",
        f"[calibrator]\ntype = '{module}:Halving'\npat = 1": r"'pat' is not an option of Halving: did you mean 'part'",
        f"[sampler]\ntype = '{module}:Halving'": r"registered as calibration\.Halving: give one of sampling",
        "[sampler]\ntype = 'no_such_module_of_the_test:Halving'": "cannot be imported",
        f"[sampler]\ntype = '{module}:'": "give module:Class",
    }.items():
        with pytest.raises(ConfigError, match=words):
            build.engine(configured(text), replay=False)
