"""Numbers whose names change from event to event: 20 of V names, all of which the learner has met."""

from __future__ import annotations

from typing import Any

from benchmarks.messages import changing_name, changing_names, msgspec_decode
from benchmarks.rounds import Case, Group, Side, times_the_cost
from benchmarks.works.late_labels import one_by_one
from streamimb.linear_model import LogisticRegression

EACH = 20
FEWEST = 100


def _side(known: int) -> Side:
    model: Any = LogisticRegression()
    for first in range(0, known, EACH):  # every name once
        model.learn_one({changing_name(k): 0.5 for k in range(first, first + EACH)}, first == 0)
    return one_by_one(model, changing_names(known, EACH), msgspec_decode)


def _case(known: int) -> Case:
    return Case(f"LogisticRegression, {EACH} of {known:,} names", times_the_cost(1.5), lambda: _side(known))


GROUPS = (
    Group(
        f"{EACH} of {FEWEST} names",
        lambda: _side(FEWEST),
        tuple(_case(known) for known in (1_000, 10_000, 50_000)),
    ),
)
