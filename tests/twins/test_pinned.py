"""The default stack serves the same bits as when they were pinned: a change of structure must not move a score.

A change of arithmetic does: then pin anew, and say why in the commit.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from typing import Any

import pytest
from river import multiclass

from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    linear_model,
    sampling,
)
from streamimb.engine import BothReported, Engine
from streamimb.events import Event, Label, Score

EVENTS, MORE, DELAY = 20_000, 1_000, 50
PINNED = (
    "4dfda015bcb1388839b28698ccef74cf1d51045ac3c07beca3ec766641fa12ba",
    "0b7a52ea8333589408817dac7236321d42ddc87713fa7982b0786a82a883f96c",
)
PINNED_CLASSES: dict[str, tuple[Callable[[], Any], str]] = {
    "by score": (
        sampling.ScoreUnderSampler,
        "c14c8387f92fd47249b7bda47eade99534d2db99eb85a775d432cb19d1d3eabf",
    ),
    "by class": (
        lambda: sampling.UnderSampler(share=0.3),
        "4fac6b598a1e5b6101ca3d11a339e20a8b6ba4c318e86e8f9be33cdf3a1a9cc3",
    ),
}


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


def five_classes(make_sampler: Callable[[], Any]) -> str:
    """The digest of what one learner per class serves of 2,000 events of five classes."""
    model = SampledClassifier(
        multiclass.OneVsRestClassifier(linear_model.LogisticRegression()), make_sampler(), seed=1
    )
    rng, digest = random.Random(9), hashlib.sha256()
    for _ in range(2_000):
        k = min(4, int(rng.expovariate(2.0)))
        x = {f"f{i}": rng.gauss(1.5 * (i == k), 1.0) for i in range(5)}
        for label, p in model.predict_proba_one(x).items():
            digest.update(f"{label} {p.hex()}\n".encode())
        model.learn_one(x, "abcde"[k])
    return digest.hexdigest()


@pytest.mark.parametrize("name", PINNED_CLASSES)
def test_scores_of_five_classes_are_those_that_were_pinned(name: str) -> None:
    make_sampler, pinned = PINNED_CLASSES[name]
    assert five_classes(make_sampler) == pinned
