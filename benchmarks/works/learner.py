"""The learner alone, by numbers and by strings, from both ways of decoding."""

from __future__ import annotations

from benchmarks.messages import Decode, floats, json_decode, msgspec_decode, strings
from benchmarks.river_models import HASHED, SCALED, hashed_logistic, scaled_logistic
from benchmarks.rounds import Case, Gate, Group, Side, times_faster
from benchmarks.works.late_labels import one_by_one
from streamimb.linear_model import LogisticGAM, LogisticRegression


def _floats(decoder: str, decode: Decode, gate: Gate, more: tuple[Case, ...] = ()) -> Group:
    def ours() -> Side:
        return one_by_one(LogisticRegression(), floats(), decode)

    return Group(
        SCALED,
        lambda: one_by_one(scaled_logistic(), floats(), decode),
        (Case(f"LogisticRegression, 30 floats, {decoder}", gate, ours), *more),
    )


CURVES = Case(
    "LogisticGAM, 30 floats, msgspec",
    times_faster(8.0),
    lambda: one_by_one(LogisticGAM(), floats(), msgspec_decode),
)
WORDS = Case(
    "LogisticGAM, 20 strings, msgspec",
    times_faster(14.0),
    lambda: one_by_one(LogisticGAM(), strings(), msgspec_decode),
)


def _strings(decoder: str, decode: Decode, gate: Gate, more: tuple[Case, ...] = ()) -> Group:
    def ours() -> Side:
        return one_by_one(LogisticRegression(), strings(), decode)

    return Group(
        HASHED,
        lambda: one_by_one(hashed_logistic(), strings(), decode),
        (Case(f"LogisticRegression, 20 strings, {decoder}", gate, ours), *more),
    )


GROUPS = (
    _floats("msgspec", msgspec_decode, times_faster(30.0, 27.0), (CURVES,)),
    _floats("json.loads", json_decode, times_faster(28.0)),
    _strings("msgspec", msgspec_decode, times_faster(17.0), (WORDS,)),
    _strings("json.loads", json_decode, times_faster(14.0)),
)
