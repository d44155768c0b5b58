"""The default stack serves the same bits as when they were pinned: a change of structure must not move a score.

A change of arithmetic does: then pin anew, and say why in the commit.
"""

from __future__ import annotations

import hashlib
import random
from typing import Any

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema, linear_model
from streamimb.engine import BothReported, Engine
from streamimb.events import Event, Label, Score

EVENTS, MORE, DELAY = 20_000, 1_000, 50
PINNED = (
    "8d50e5fa346db79e24338546c038670a9b99befae4a5248903f8caf5a7aaa818",
    "38fe3ef236e49910b33963137e44554ae4df0c2a9f3a6b112e67b78005887367",
)


def engine() -> Engine:
    stack = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    fields = {
        **{f"f{i}": Field() for i in range(6)},
        "shop": Field(type="string"),
        "gap": Field(nullable=True),
    }
    return Engine(GuardedClassifier(stack, Schema(fields)), BothReported())


class Stream:
    """Numbers, a word, a number that is often missing; 2 % positives; labels 50 events later."""

    def __init__(self) -> None:
        self.rng = random.Random(8)
        self.at = 0
        self.labels: list[tuple[str, bool]] = []

    def served(self, engine: Engine, n: int) -> str:
        """The digest of all scores of n further events."""
        digest = hashlib.sha256()
        rng = self.rng
        for _ in range(n):
            x: dict[str, Any] = {f"f{i}": rng.gauss(0.0, 1.0 + i) for i in range(6)}
            x |= {"shop": f"shop{rng.randrange(30)}", "gap": rng.random() if rng.random() < 0.7 else None}
            y = rng.random() < (0.06 if x["f0"] > 1.0 else 0.012)
            t = 1.6e9 + self.at
            said = engine.on_event(Event(f"e{self.at}", t, x))
            assert isinstance(said, Score)
            digest.update(f"{said.raw.hex()} {said.corrected.hex()} {said.p.hex()}\n".encode())
            self.labels.append((f"e{self.at}", y))
            if len(self.labels) > DELAY:
                engine.on_label(Label(self.labels[0][0], t, self.labels[0][1]))
                del self.labels[0]
            self.at += 1
        return digest.hexdigest()


def test_scores_are_those_that_were_pinned_also_after_a_restart() -> None:
    stream, first, again = Stream(), engine(), engine()
    before = stream.served(first, EVENTS)
    rows = {key: row for key, row in first.take_changes().items() if row is not None}
    again.restore(first.snapshot(), rows)
    assert (before, stream.served(again, MORE)) == PINNED
