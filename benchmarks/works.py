"""What is timed: each work done by us and by River on the same events, a chunk of them every round.

A side is made once and warmed up; called with the number of a round it does that round's chunk. Knows no
clock.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from river import compose, imblearn, linear_model, preprocessing

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier
from streamimb.engine import BothReported, Engine
from streamimb.events import Event
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Record
from streamimb.sampling import ScoreUnderSampler
from streamimb.serve.decode import EventDecoder, FieldMapping

CHUNK = 2_000  # events in a round
HOT = 400  # of them that differ, where they are not read from bytes
BATCH = 1_000  # rows in a batch
WARM_UP = 2  # chunks before the first round: guards have learned their schema, tables are touched

Side = Callable[[int], None]
Rows = list[tuple[dict[Any, Any], bool]]


class Work(NamedTuple):
    """`goal`: how many times faster than `reference` ours has to be; `beside` is timed and only printed."""

    title: str
    goal: float
    ours: Callable[[int], Side]
    reference: str
    river: Callable[[int], Side]
    beside: tuple[tuple[str, Callable[[int], Side]], ...] = ()


def _label(rng: random.Random, z: float) -> bool:
    return rng.random() < 1.0 / (1.0 + math.exp(-z))


def floats(rounds: int, features: int = 30) -> Rows:
    """Normal numbers, about 1 % positives."""
    rng = random.Random(0)
    w = [rng.gauss(0, 0.35) for _ in range(features)]
    names = [f"f{i}" for i in range(features)]
    rows: Rows = []
    for _ in range((WARM_UP + rounds) * CHUNK):
        x = [rng.gauss(0, 1) for _ in names]
        z = sum(a * b for a, b in zip(w, x, strict=True))
        rows.append((dict(zip(names, x, strict=True)), _label(rng, z - 6.7)))
    return rows


def strings(rounds: int, features: int = 20, distinct: int = 20) -> Rows:
    """Categories of 12 characters, the k-th as frequent as 1/k, about 1 % positives.

    No two strings are one object, as from a decoder: what was met before is not known by where it lies.
    """
    rng = random.Random(0)
    often = [1.0 / (k + 1) for k in range(distinct)]
    w = [[rng.gauss(0, 0.5) for _ in often] for _ in range(features)]
    values = [[f"value{i:02d}_{k:04d}" for k in range(distinct)] for i in range(features)]
    names = [f"c{i}" for i in range(features)]
    rows: Rows = []
    for _ in range((WARM_UP + rounds) * CHUNK):
        codes = rng.choices(range(distinct), often, k=features)
        z = sum(w[i][k] for i, k in enumerate(codes))
        x = {name: "".join([*values[i][codes[i]]]) for i, name in enumerate(names)}
        rows.append((x, _label(rng, z - 7.1)))
    return rows


def _part(rows: Any, turn: int) -> Any:
    return rows[turn * CHUNK : (turn + 1) * CHUNK]


def one_by_one(model: Any, rows: Rows) -> Side:
    """predict_proba_one, then learn_one, of a few hundred events over and over.

    They stay in the processor's cache, where an event that was just made is too; old events would time memory.
    """
    predict, learn = model.predict_proba_one, model.learn_one
    hot = rows[:HOT]

    def side(turn: int) -> None:
        for _ in range(CHUNK // HOT):
            for x, y in hot:
                predict(x)
                learn(x, y)

    return side


def new_events(model: Any, rows: Rows) -> Side:
    """The same, every event a new one: from memory, which River's side does not pay for."""

    def side(turn: int) -> None:
        for x, y in _part(rows, turn):
            model.predict_proba_one(x)
            model.learn_one(x, y)

    return side


def whole_path() -> GuardedClassifier:
    learner = LogisticRegression()
    return GuardedClassifier(CalibratedClassifier(SampledClassifier(learner, ScoreUnderSampler(), seed=1)))


def _river() -> Any:  # to a type checker, a pipeline is no classifier
    return preprocessing.StandardScaler() | linear_model.LogisticRegression()


def _river_sampled() -> imblearn.RandomUnderSampler:
    half = {False: 0.5, True: 0.5}
    return imblearn.RandomUnderSampler(_river(), half, seed=1)


def _river_hashed() -> compose.Pipeline:
    return preprocessing.FeatureHasher(2**18, seed=1) | linear_model.LogisticRegression()


def _river_one_hot() -> compose.Pipeline:
    return preprocessing.OneHotEncoder(drop_zeros=True) | linear_model.LogisticRegression()


def batches_ours(rounds: int) -> Side:
    rows = floats(rounds)
    x = np.array([list(row.values()) for row, _ in rows])
    y = np.array([label for _, label in rows])
    model = LogisticRegression()

    def side(turn: int) -> None:
        for start in range(turn * CHUNK, (turn + 1) * CHUNK, BATCH):
            part = slice(start, start + BATCH)
            model.predict_proba_many(x[part])
            model.learn_many(x[part], y[part])

    return side


def batches_river(rounds: int) -> Side:
    rows = floats(rounds)
    x = pd.DataFrame([row for row, _ in rows])
    y = pd.Series([label for _, label in rows])
    frames = [(x.iloc[i : i + BATCH], y.iloc[i : i + BATCH]) for i in range(0, len(rows), BATCH)]
    model = _river()
    model.learn_many(*frames[0])
    each = CHUNK // BATCH

    def side(turn: int) -> None:
        for frame, labels in frames[turn * each : (turn + 1) * each]:
            model.predict_proba_many(frame)
            model.learn_many(frame, labels)

    return side


def messages(rounds: int) -> list[bytes]:
    """Events with their label, as they come over a wire."""
    return [
        json.dumps(
            {
                "id": f"e{i}",
                "time": 1.6e9 + i,
                "label": int(y),
                **x,
            }
        ).encode()
        for i, (x, y) in enumerate(floats(rounds))
    ]


def messages_ours(rounds: int) -> Side:
    """Decoded, scored and learned in one walk."""
    records = [Record(0, i, 1.6e9 + i, None, value) for i, value in enumerate(messages(rounds))]
    decode, learn = EventDecoder(FieldMapping(label="label")).decode, whole_path().score_learn_one

    def side(turn: int) -> None:
        for record in _part(records, turn):
            event: Any = decode(record)  # an Event with its label: all of these are
            learn(event.x, event.y)

    return side


def messages_engine(rounds: int) -> Side:
    """The same through the engine, which measures it, remembers its id, and says a score."""
    records = [Record(0, i, 1.6e9 + i, None, value) for i, value in enumerate(messages(rounds))]
    decoder = EventDecoder(FieldMapping(label="label"))
    engine = Engine(whole_path(), BothReported())
    decode, on_event = decoder.decode, engine.on_event

    def side(turn: int) -> None:
        for record in _part(records, turn):
            event = decode(record)
            if isinstance(event, Event):
                on_event(event)

    return side


def messages_river(rounds: int) -> Side:
    values = messages(rounds)
    model = _river()
    predict, learn = model.predict_proba_one, model.learn_one

    def side(turn: int) -> None:
        for value in _part(values, turn):
            x = json.loads(value)
            del x["id"], x["time"]
            y = bool(x.pop("label"))
            predict(x)
            learn(x, y)

    return side


WORKS = [
    Work(
        "predict + learn, 30 floats",
        28.0,
        lambda rounds: one_by_one(LogisticRegression(), floats(rounds)),
        "scaler|LogisticRegression",
        lambda rounds: one_by_one(_river(), floats(rounds)),
        (
            (
                "ours, every event a new one, from memory",
                lambda rounds: new_events(LogisticRegression(), floats(rounds)),
            ),
        ),
    ),
    Work(
        "predict + learn, 20 strings, 2^18 slots",
        18.0,
        lambda rounds: one_by_one(LogisticRegression(hash_bits=18), strings(rounds)),
        "FeatureHasher(2**18)|LogisticRegression",
        lambda rounds: one_by_one(_river_hashed(), strings(rounds)),
        (
            (
                "ours, every event a new one, from memory",
                lambda rounds: new_events(LogisticRegression(hash_bits=18), strings(rounds)),
            ),
            (
                "River OneHotEncoder|LogisticRegression",
                lambda rounds: one_by_one(_river_one_hot(), strings(rounds)),
            ),
        ),
    ),
    Work(
        "guard, score, sample, correct, calibrate, learn",
        15.0,
        lambda rounds: one_by_one(whole_path(), floats(rounds)),
        "scaler|LogisticRegression, all learned",
        lambda rounds: one_by_one(_river(), floats(rounds)),
        (
            (
                "RandomUnderSampler(scaler|LogisticRegression), uncorrected",
                lambda rounds: one_by_one(_river_sampled(), floats(rounds)),
            ),
        ),
    ),
    Work(
        "predict_proba_many + learn_many, a row",
        3.5,
        batches_ours,
        "scaler|LogisticRegression, pandas",
        batches_river,
    ),
    Work(
        "JSON bytes -> score -> learn",
        12.0,
        messages_ours,
        "json.loads, scaler|LogisticRegression",
        messages_river,
        (("ours through the engine: measured, remembered, answered", messages_engine),),
    ),
]
