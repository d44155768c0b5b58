from __future__ import annotations

from typing import Any

from tests.twins.interpreted import compiled, interpreted


class Noted:
    """A detector that finds something where its last argument is above 1, and raises where it is above 2."""

    drift_detected = False

    def __init__(self, watches: str) -> None:
        self.watches = watches
        self.seen: list[Any] = []

    def update(self, *observed: Any) -> None:
        self.seen.append(observed)
        self.drift_detected = False
        size = len(observed[0]) if self.watches == "features" else observed[-1]
        if size > 2.0:
            raise ArithmeticError("odd")
        self.drift_detected = size > 1.0


def told_by(kernel: Any) -> tuple[list[Any], list[Any]]:
    kinds = ("features", "scores", "labelled scores", "delays")
    detectors = {kind.replace(" ", "_"): Noted(kind) for kind in kinds}
    told: list[Any] = []
    watch = kernel("watch").Watch(
        detectors, lambda name: told.append(name), lambda name, error: told.append((name, type(error)))
    )
    watch.event({"a": 1.0}, 1.5, False)  # a score of a cold model is left out
    watch.warm = True
    watch.event({"a": 1.0, "b": 2.0}, 1.5, False)
    watch.event({"a": 1.0, "b": 2.0, "c": 3.0}, 2.5, False)
    watch.delay(100.0, 1.5)
    watch.delay(100.0, 0.5)
    watch.labelled(True, 0.2)
    watch.labelled(True, 0.2, 1.5)
    watch.labelled(False, 0.2, 2.5)
    return told, [detector.seen for detector in detectors.values()]


def test_each_observation_reaches_those_that_watch_it() -> None:
    told, seen = told_by(compiled)
    assert (told, seen) == told_by(interpreted)
    assert told == [
        "features", "scores", ("features", ArithmeticError), ("scores", ArithmeticError), "delays",
        "labelled_scores", ("labelled_scores", ArithmeticError),
    ]  # fmt: skip
    assert [len(each) for each in seen] == [3, 2, 3, 2]


class Mapped(dict[Any, Any]):
    """A dict that is not exactly one."""


class Name(str):
    """A name that must not be compared: it may run code of its own."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared")


def features_told_by(kernel: Any) -> list[Any]:
    detector = Noted("features")
    watch = kernel("watch").Watch({"features": detector}, lambda name: None, lambda name, error: None)
    inside: dict[Any, Any] = {"a": 1.0}
    watch.event(Mapped(a=1.0, b=2.0), 0.5, True)  # no schema is configured
    watch.limit({"a": "a field", 7: "another"})
    watch.event(inside, 0.5, True)
    watch.event({"a": 1.0, "b": 2.0, 7: 3.0}, 0.5, True)
    watch.event(Mapped(a=1.0, b=2.0), 0.5, True)
    watch.event({Name("a"): 1.0, 7: 2.0}, 0.5, True)
    assert detector.seen[1][0] is inside  # not copied
    assert all(type(x) is dict for (x,) in detector.seen)
    return detector.seen


def test_features_outside_a_configured_schema_reach_no_detector() -> None:
    seen = features_told_by(compiled)
    assert seen == features_told_by(interpreted)
    assert seen == [
        ({"a": 1.0, "b": 2.0},),
        ({"a": 1.0},),
        ({"a": 1.0, 7: 3.0},),
        ({"a": 1.0},),
        ({7: 2.0},),
    ]
