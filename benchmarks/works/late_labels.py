"""Predict an event, and learn the event of 10,000 events before from a dict of its own."""

from __future__ import annotations

from typing import Any

from benchmarks.messages import Decode, Stream
from benchmarks.rounds import Side

BLOCK = 20  # events decoded, then timed: a service scores an event right after it was decoded
LAG = 10_000  # events from the prediction of an event to its label
WARM_UP = 3_000  # events learned before the first round: a schema is inferred, a learner knows its fields


def one_by_one(model: Any, stream: Stream, decode: Decode) -> Side:
    """`predict_proba_one` of one event, then `learn_one` of an earlier one, both decoded shortly before."""
    predict, learn = model.predict_proba_one, model.learn_one
    for i in range(WARM_UP):
        learn(stream.features(i, decode), stream.label(i))

    def prepare(block: int) -> list[tuple[Any, Any, Any]]:
        learned = range(WARM_UP + block * BLOCK, WARM_UP + (block + 1) * BLOCK)
        new = [stream.features(i + LAG, decode) for i in learned]
        return [(x, stream.features(i, decode), stream.label(i)) for i, x in zip(learned, new, strict=True)]

    def run(events: list[tuple[Any, Any, Any]]) -> None:
        for new, known, y in events:
            predict(new)
            learn(known, y)

    return Side(prepare, run, BLOCK)
