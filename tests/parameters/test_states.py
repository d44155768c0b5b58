"""A part takes over a state that an object of its class can have, or refuses it and stays as it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from streamimb import GuardedClassifier, calibration, correction, linear_model, metrics, sampling, stats
from streamimb.compose.inferred_schema import InferredSchema
from streamimb.engine.counters import Counters
from streamimb.engine.degraded import DegradedReasons
from streamimb.engine.measures import Measures
from streamimb.engine.snapshot import SnapshotError, dumps, loads
from streamimb.metrics.served import ServedMetrics
from tests.parameters import class_cases, metric_cases, wrapper_cases

NAN, INF = math.nan, math.inf


def prior(labels: list[Any]) -> stats.ClassPrior:
    made = stats.ClassPrior(500, 100)
    for i in range(100):
        made.update(labels[i % len(labels)])
    return made


def measured(made: Any, *value: Any) -> Any:
    """A statistic that was given a value, or a metric that was given events, 30 times."""
    for i in range(30):
        made.update(*(value or (i % 4 == 0, 0.25)))
    return made


def served() -> ServedMetrics:
    made = ServedMetrics(50)
    for i in range(30):
        made.add(0.5, 0.25, 0.25, i % 4 == 0)
    made.orphan(True)
    return made


def measures() -> Measures:
    made = Measures(100)
    for i in range(60):
        made.served.add(0.5, 0.25, 0.25, i % 4 == 0)
        made.delay(i % 4 == 0, float(i))
    return made


def degraded() -> DegradedReasons:
    made, counts = DegradedReasons(), Counters()
    for _ in range(20):
        counts.events += 128
        counts.stale_event += 100
        counts.scored += 128
        made.look(
            counts,
            {"missing:a": counts.events // 2, "left_out:b": counts.events // 3},
            measures=Measures(),
            pending=0,
            held=0,
            waiting=0,
            learns_at_label=True,
        )
    assert len(made.reasons) >= 2
    return made


def frozen() -> correction.FrozenAnchor:
    made = correction.FrozenAnchor(0.1, after=20)
    for i in range(30):
        made.learn_one({}, i % 3 == 0, 0.1)
    return made


def ratio() -> correction.PriorRatio:
    made = correction.PriorRatio()
    vars(made).update(_given={True: 3.0, False: 7.0}, _seen=4)
    return made


def mixture() -> calibration.PlattMixture:
    made = calibration.PlattMixture((100, 20), 0.001)
    for i in range(100):
        made.learn_one(i / 100, i % 3 == 0)
    return made


class Case(NamedTuple):
    used: Callable[[], Any]
    wrong: dict[str, list[Any]]


HALF_LIFE = [0, -1.0, NAN, INF, "100", None, True, 7]
CASES: dict[str, Case] = {
    "Schema": Case(wrapper_cases.schema, wrapper_cases.SCHEMA),
    "GuardedClassifier": Case(wrapper_cases.guarded, wrapper_cases.GUARDED),
    "ThresholdedClassifier": Case(wrapper_cases.thresholded, wrapper_cases.THRESHOLDED),
    "ClassPrior": Case(
        lambda: prior([True, False, False]),
        {
            "half_life": HALF_LIFE,
            "prior": [0.0, 1.0, NAN, 0.5],
            "cut": [0.0, NAN, 3.0],
            "_bank": [None, {}, stats.ClassPrior(), stats.ClassPrior().__getstate__()["_bank"]],
            "_classes": [None, {}, [1], [[True]], [["a", {}]], [["a", None]], [[True, "x", 3]]],
        },
    ),
    "ClassPrior of three": Case(
        lambda: prior(["a", "b", 3]),
        {
            "_classes": [
                [],
                prior(["a", "b"]).__getstate__()["_classes"] * 2,
                [[[], prior(["a"]).__getstate__()["_bank"]]],
            ]
        },
    ),
    "DecayedMean": Case(
        lambda: measured(stats.DecayedMean(50), 0.5),
        {
            "half_life": HALF_LIFE,
            "_sums": [None, {}, measured(stats.DecayedMean(60), 0.5).__getstate__()["_sums"]],
        },
    ),
    "Platt": Case(
        calibration.Platt,
        {
            "memory": [1, 0, NAN, "50", (50,), 20],
            "_bank": [None, {}, calibration.Platt(30).__getstate__()["_bank"]],
        },
    ),
    "PlattMixture": Case(
        mixture,
        {
            "memories": [(), (1,), 20, None, [100, 20], (20, 100), (100, 20, 5), (100, NAN)],
            "switch": [0.0, 1.0, NAN, None, 0.1],
            "_bank": [None, calibration.Platt().__getstate__()["_bank"]],
        },
    ),
    "ScoreUnderSampler": Case(
        lambda: sampling.ScoreUnderSampler(0.2),
        {
            "share": [0.0, 1.5, NAN, "a"],
            "keep_rate": [0.5],
            "mix": [0.0, 2.0, NAN, None],
            "criterion": ["A", None, 1],
            "keep_first": [-1, 1.0, None],
            "labels_n": [-1, 1.0, None, 1],  # without keep_first no label is counted
            "lengths": [3, {}, {"reader": None, "moments": None}],
            "negatives": [None, [], [1.0, 0.0, 0.0], [0.0, 0.0, 9.0], [NAN, 1.0, 0.0]],
            "met": [None, 3, [[1]], ["a", "a"], [NAN]],
            "classes": [None, [[1]], [["a", [0.0, 0.0]]], [["a", [0.0] * 3]] * 2, [[NAN, [0.0] * 3]]],
        },
    ),
    "UnderSampler": Case(
        lambda: sampling.UnderSampler(share=0.2),
        {
            "share": [None, 0.0, NAN, 1],
            "keep_rate": [0.5],
            "keep_first": [-1, 1.0, None],
            "labels_n": [-1, 1.0, None, 1],
            "met_false": [None, 1, "True"],
            "met": [None, 3, [[1]], ["a", "a"], [NAN]],
        },
    ),
    "OverSampler": Case(
        sampling.OverSampler,
        {
            "share": [None, 0.0, NAN, 1],
            "max_copies": [None, 0.0, NAN, 1e9],
            "met": [None, 3, [[1]], ["a", "a"], [NAN]],
        },
    ),
    "BothSampler": Case(
        sampling.BothSampler,
        {
            "share": [None, 0.0, NAN, 1],
            "budget": [None, 0.0, NAN, -1.0],
            "max_copies": [None, 0.0, NAN, 1e9],
            "met": [None, 3, [[1]], ["a", "a"], [NAN]],
        },
    ),
    "Product": Case(
        lambda: sampling.Product(sampling.UnderSampler(share=0.2), sampling.OverSampler()),
        {
            "first": [None, 3, "a", sampling.UnderSampler, sampling.ClassWeights()],
            "second": [None, 3, "a", {}, sampling.ClassWeights()],
        },
    ),
    "ClassWeights": Case(
        lambda: sampling.ClassWeights(((True, 2.0),)),
        {
            "weights": [(), ((True, NAN),), ((True, -1.0),), [[True, 2.0]], 1, None],
            "beta": [0.5, NAN, "a"],
            "met": [None, 3, [[1]], ["a", "a"], [NAN]],
            "n": [-1.0, NAN, 1e300, None],
        },
    ),
    "FrozenAnchor": Case(
        frozen,
        {
            "after": [0, -1, 1.5, None, 3],
            "prior": [0.0, 2.0, "a", None],
            "_seen": [-1, 21, 1.0, None, NAN],
            "_prior": [None, 0.5, stats.ClassPrior(prior=0.4)],
        },
    ),
    "PriorRatio": Case(
        ratio,
        {
            "draws": [None, 1, "True"],
            "given": [
                None,
                3,
                [["a"]],
                [[True, -1.0]],
                [[True, NAN]],
                [[True, INF]],
                [[True, "1"]],
                [[True, 1.0]] * 2,
            ],
            "seen": [-1, None, 1.5, NAN],
        },
    ),
    "RateRatio": Case(
        correction.RateRatio, {"draws": [None, 1], "seen": [-1, None, 1.5], "met_false": [None, 1, "True"]}
    ),
    "Weight": Case(correction.Weight, {"met_false": [None, 1, "True"]}),
    **{name: Case(*given) for name, given in metric_cases.CASES.items()},
    "Served": Case(
        served,
        {
            "half_life": HALF_LIFE,
            "metrics": [
                None,
                (),
                served()._metrics[:6],
                ServedMetrics(60)._metrics,
                (metrics.BaseRate(50),) * 7,
            ],
            "lost": [None, -1.0, NAN, INF, "1"],
        },
    ),
    "DecayedQuantiles": Case(
        lambda: measured(stats.DecayedQuantiles(50), 3.0),
        {"half_life": HALF_LIFE, "_counts": [None, {}, stats.DecayedQuantiles().__getstate__()["_counts"]]},
    ),
    "Measures": Case(
        measures,
        {
            "half_life": HALF_LIFE,
            "served": [None, ServedMetrics(), stats.DecayedQuantiles()],
            "delays": class_cases.DELAYS,
            "late_share": [None, 0.5, stats.DecayedMean(5), stats.DecayedCount(2_000)],
        },
    ),
    "ServedClasses": Case(class_cases.served, class_cases.SERVED),
    "ClassMeasures": Case(class_cases.measures, class_cases.MEASURES),
    "DegradedReasons": Case(
        degraded,
        {
            "reasons": [None, [], {1: "a"}, {"a": 1}, {"a": "x" * 20_000}],
            "shares": [None, {}, {"stale_events": [0.0, 0.0, 0, 0]}],
            "guard": [
                None,
                {},
                {"shares": {"a": 1}, "fields": [], "left_out": ""},
                {"shares": {}, "fields": 1, "left_out": ""},
                {"shares": {}, "fields": [], "left_out": None},
                {"shares": {"a": [2.0, 1.0, 1, 1]}, "fields": [], "left_out": ""},
                {"shares": {"a": [NAN, 1.0, 1, 1]}, "fields": [], "left_out": ""},
            ],
            "missing": [
                None,
                [],
                [1, 2, 3],
                [-1, 0, 0, 0.0],
                [0, 0, 0, 2.0],
                [0, 0, 0, NAN],
                [0.5, 0, 0, 0.1],
            ],
        },
    ),
}


def states(made: Any) -> str:
    return repr(dumps(made))


WRONG = [
    pytest.param(case, entry, value, id=f"{name} {entry} {i}")
    for name, case in CASES.items()
    for entry, values in case.wrong.items()
    for i, value in enumerate(values)
]


@pytest.mark.parametrize(("case", "entry", "value"), WRONG)
def test_a_wrong_entry_is_refused_and_changes_nothing(case: Case, entry: str, value: Any) -> None:
    made = case.used()
    state = made.__getstate__()
    assert entry in state
    before = states(made)
    with pytest.raises((ValueError, TypeError, LookupError, AttributeError)):
        made.__setstate__({**state, entry: value})
    assert states(made) == before


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_entry_is_needed_and_no_other_taken(case: Case) -> None:
    made = case.used()
    state, before = made.__getstate__(), states(made)
    lacking: list[Any] = [{k: v for k, v in state.items() if k != entry} for entry in state]
    for wrong in (*lacking, {**state, "more": 1}, None, []):
        with pytest.raises(ValueError, match="state"):
            made.__setstate__(wrong)
    assert states(made) == before


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_right_state_is_taken(case: Case) -> None:
    made = case.used()
    back = loads(dumps(made))
    assert type(back) is type(made)
    assert states(back) == states(made)


def evidence() -> InferredSchema:
    guard = GuardedClassifier(linear_model.LogisticRegression(), warm_up=10, max_features=50, max_text=100)
    for i in range(12):
        guard.admit_one({"a": float(i), 7: "b", f"once{i}": True, "c": None})
    guard.__getstate__()  # takes what was counted into the evidence
    assert guard._inferred is not None
    return guard._inferred


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("fields", None), ("fields", []), ("fields", {"a": ()}), ("fields", {"a": (9, True, 0, 0, 0, 0, 0)}),
        ("fields", {"a": (0, True, -1, 0, 0, 0, 0)}), ("fields", {"a": (0, 1, 0, 0, 0, 0, 0)}),
        ("fields", {"a": (0, True, 1.5, 0, 0, 0, 0)}), ("fields", {"\ud800": (0, True, 0, 0, 0, 0, 0)}),
        ("fields", {("a", 1): (0, True, 0, 0, 0, 0, 0)}), ("fields", {"x" * 300: (0, True, 0, 0, 0, 0, 0)}),
        ("fields", dict.fromkeys(range(51), (0, True, 0, 0, 0, 0, 0))), ("younger", {"a": 5}), ("younger", []),
        ("older", {"a": -1}), ("older", None), ("recent", -1), ("recent", 1.0), ("left", 0), ("left", 1_001),
        ("left", NAN), ("ready", 1), ("ready", None), ("revisions", -1), ("revisions", 2**63),
    ],
)  # fmt: skip
def test_a_damaged_inferred_schema_is_refused_whole(entry: str, value: Any) -> None:
    made = InferredSchema(10, 50, 100)
    before = made.state()
    with pytest.raises(ValueError, match="state"):
        made.load({**evidence().state(), entry: value})
    assert made.state() == before
    made.load(evidence().state())
    assert made.state() == evidence().state()


def test_a_snapshot_of_a_damaged_part_is_refused_in_words() -> None:
    part = metrics.NormalizedEntropy(50)
    vars(part)["_loss"] = 0.5
    with pytest.raises(SnapshotError, match="ValueError"):
        loads(dumps(part))
