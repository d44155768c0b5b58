"""The default drift detectors: alone, as the engine calls them, and their share of an event and its late label."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from river import metrics as river_metrics

from benchmarks.messages import T0, floats
from benchmarks.rounds import Case, Group, Side, times_the_cost
from benchmarks.works.late_labels import BLOCK, LAG, WARM_UP
from benchmarks.works.metrics import REFERENCE
from benchmarks.works.whole_path import whole_path
from streamimb._kernels.watch import Watch
from streamimb.cli.model import part
from streamimb.config import PartChoice
from streamimb.config.drift import DEFAULT
from streamimb.connections import Record
from streamimb.engine import BothReported, Engine
from streamimb.events import Event, Label
from streamimb.serve.decode import EventDecoder, FieldMapping

N = 200  # events of a block, which stay in the cache as those that were just decoded do
FIELDS = 30
Observed = tuple[dict[str, float], bool, float, float]


def _detectors(names: Iterable[str]) -> dict[str, Any]:
    chosen = {name: DEFAULT[name] for name in names}
    return {name: part(one, ".") for name, one in chosen.items() if isinstance(one, PartChoice)}


def _observed(block: int) -> list[Observed]:
    rng = random.Random(block)
    found = []
    for _ in range(N):
        p = rng.betavariate(0.5, 40.0)
        x = {f"v{i}": rng.gauss(0.0, 1.0) for i in range(FIELDS)}
        found.append((x, rng.random() < p, p, rng.expovariate(1e-3)))
    return found


def alone(names: Iterable[str]) -> Side:
    """What the engine calls for one event and its label."""
    watch = Watch(_detectors(names), _ignore, _ignore)
    watch.warm = True
    event, labelled, delay = watch.event, watch.labelled, watch.delay

    def run(block: list[Observed]) -> None:
        for t, (x, y, p, seconds) in enumerate(block):
            event(x, p, False)
            labelled(y, p, 1.0)
            delay(seconds, float(t))

    return Side(_observed, run, N)


def _ignore(*_: Any) -> None:
    """Neither alarms nor exceptions are timed."""


def _log_loss() -> Side:
    update = river_metrics.LogLoss().update

    def run(block: list[Observed]) -> None:
        for _, y, p, _ in block:
            update(y, p)

    return Side(_observed, run, N)


def engine(names: Iterable[str]) -> Side:
    """An event of 30 floats, and the label of 10,000 events before."""
    made = Engine(whole_path(), BothReported(), detectors=_detectors(names))
    decode: Callable[[Record], Any] = EventDecoder(FieldMapping(label=None)).decode
    on_event, on_label, stream = made.on_event, made.on_label, floats()

    def event(i: int) -> Event:
        found: Event = decode(Record(0, i, float(T0 + i), None, stream.message(i)))
        return found

    def label(i: int) -> Label:
        return Label(f"e{i}", float(T0 + i + LAG), stream.label(i))

    for i in range(WARM_UP):
        on_event(event(i))
        on_label(label(i))
    for i in range(WARM_UP, WARM_UP + LAG):
        on_event(event(i))

    def prepare(block: int) -> list[tuple[Event, Label]]:
        labelled = range(WARM_UP + block * BLOCK, WARM_UP + (block + 1) * BLOCK)
        return [(event(i + LAG), label(i)) for i in labelled]

    def run(events: list[tuple[Event, Label]]) -> None:
        for new, known in events:
            on_event(new)
            on_label(known)

    return Side(prepare, run, BLOCK)


OTHERS = [name for name in DEFAULT if name != "features"]

# River's LogLoss takes about 1 us: the default set is to take at most 1 us an event in all, and FeatureDrift at most
# 20 ns for each of the 30 fields beside it.
GROUPS = (
    Group(
        REFERENCE,
        _log_loss,
        (
            Case(
                "drift, default set without fields, event and label",
                times_the_cost(1.0),
                lambda: alone(OTHERS),
            ),
            Case("drift, FeatureDrift, 30 fields", times_the_cost(0.7), lambda: alone(["features"])),
        ),
    ),
    Group(
        "engine, late labels, no drift detectors",
        lambda: engine([]),
        (
            Case(
                "engine, late labels, default drift detectors", times_the_cost(1.25), lambda: engine(DEFAULT)
            ),
        ),
    ),
)
