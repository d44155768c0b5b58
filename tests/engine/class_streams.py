"""Engines over classes by name, and streams for them."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

from river import base, naive_bayes, preprocessing
from river import linear_model as river_linear

from streamimb import CalibratedClassifier, SampledClassifier, linear_model, sampling
from streamimb.engine import BothReported, Engine, LabelPolicy, Settings
from streamimb.events import AnyScore, ClassScore, Event, Label, Rejection
from tests.engine.parts import Record, messy

NAMES = ("normal", "dos", "probe")
SHARES = (0.85, 0.1, 0.05)


def softmax() -> base.Classifier:
    return CalibratedClassifier(SampledClassifier(linear_model.SoftmaxRegression(), seed=1))


def mapped() -> base.Classifier:
    river = preprocessing.StandardScaler() | river_linear.SoftmaxRegression()
    return CalibratedClassifier(SampledClassifier(river, sampling.UnderSampler(share=0.3), seed=1))


MODELS: dict[str, Any] = {"softmax": softmax, "mapped": mapped, "bare": naive_bayes.GaussianNB}


def engine_over(
    model: base.Classifier | None = None,
    classes: tuple[str, ...] = NAMES,
    labels: LabelPolicy | None = None,
    **settings: Any,
) -> Engine:
    return Engine(
        softmax() if model is None else model,
        BothReported() if labels is None else labels,
        Settings(**settings),
        classes=classes,
    )


def drawn(seed: int, n: int) -> Iterator[tuple[dict[str, float], str, dict[str, float]]]:
    """Features, class, and the true probability of each class: three normals whose means lie apart."""
    rng = random.Random(seed)
    means = {"normal": (0.0, 0.0), "dos": (1.5, -0.5), "probe": (-0.5, 1.5)}
    for _ in range(n):
        y = rng.choices(NAMES, SHARES)[0]
        a, b = (rng.gauss(mean, 1.0) for mean in means[y])
        likely = {
            name: share * math.exp(-((a - means[name][0]) ** 2 + (b - means[name][1]) ** 2) / 2)
            for name, share in zip(NAMES, SHARES, strict=True)
        }
        total = sum(likely.values())
        yield {"a": a, "b": b}, y, {name: p / total for name, p in likely.items()}


def messy_classes(seed: int, n: int = 300) -> list[Record]:
    """`messy` with names in place of True and False, and now and then a label that is none."""
    rng = random.Random(seed + 1)
    records: list[Record] = []
    for record in messy(seed, n):
        y: Any = record.y
        if y is not None:
            y = rng.choices((*NAMES, "unheard", True), (8, 3, 2, 0.3, 0.3))[0]
        kind = type(record)
        records.append(
            Event(record.id, record.t, record.x, y)
            if isinstance(record, Event)
            else kind(record.id, record.t, y)
        )
    return records


def decided(said: AnyScore | Rejection) -> ClassScore:
    assert isinstance(said, ClassScore)
    return said


def taught(engine: Engine, seed: int = 1, n: int = 400) -> Engine:
    """An engine that has scored and learned these events, each labelled at once."""
    for i, (x, y, _) in enumerate(drawn(seed, n)):
        engine.on_event(Event(f"t{i}", float(i), dict(x)))
        engine.on_label(Label(f"t{i}", float(i), y))
    return engine
