"""No event, label, rejection or time makes the engine raise, whatever its fields hold."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema, linear_model
from streamimb.engine import BothReported, Engine, LabelPolicy, PositivesReported
from streamimb.events import Event, Label, Rejection, Score
from streamimb.protocols import LearningError
from tests.compose.parts import WeightRecorder
from tests.engine.parts import balanced, event, refused, scored, until


class Bomb(Exception):
    """What nothing but a hostile object raises."""


class Raises:
    """Every method that a dict, a comparison or a conversion calls raises."""

    def _raise(self, *_: Any) -> Any:
        raise Bomb

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __float__ = __int__ = __index__ = __bool__ = __len__ = _raise
    __str__ = __repr__ = __iter__ = __getitem__ = __contains__ = __format__ = __array__ = _raise

    def __hash__(self) -> int:
        return 1


class RaisingStr(str):
    """A name that is equal to another, and raises when it is compared."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        raise Bomb


class RaisingDict(dict[Any, Any]):
    def __len__(self) -> int:
        raise Bomb

    def __iter__(self) -> Any:
        raise Bomb

    items = keys = values = __iter__


class RaisingFloat(float):
    def __le__(self, other: object) -> bool:
        raise Bomb

    __ge__ = __lt__ = __gt__ = __eq__ = __float__ = __le__  # type: ignore[assignment]
    __hash__ = float.__hash__


class Liar:
    """An object that raises when it is asked what it is."""

    @property  # type: ignore[misc]  # read only
    def __class__(self) -> Any:
        raise Bomb


class FalseNumber(np.float64):
    """A subclass of a number of numpy's that does not behave as one."""

    @property
    def dtype(self) -> Any:
        raise Bomb

    item = __float__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = dtype
    __hash__ = np.float64.__hash__


class Clears:
    """A value whose conversion empties the dict it is in."""

    def __init__(self, x: dict[Any, Any]) -> None:
        self.x = x

    def __float__(self) -> float:
        self.x.clear()
        return 1.0

    __int__ = __index__ = __str__ = __repr__ = __float__  # type: ignore[assignment]


def clearing() -> dict[Any, Any]:
    x: dict[Any, Any] = {"a": 1.0}
    x["amount"] = Clears(x)
    return x


HUGE = 10**400
FEATURES: list[Any] = [
    None, 1, "x", [], [("a", 1.0)], Raises(), RaisingDict(a=1.0), {"a": Raises()}, {Raises(): 1.0},
    {RaisingStr("a"): 1.0, "b": 0.5}, {"a": RaisingFloat(1.0)}, {"a": HUGE}, {HUGE: 1.0}, {"a": "\ud800"},
    {"\ud800": 1.0}, {("a", 1): 1.0}, {None: 1.0}, {math.nan: 1.0}, {"a": Decimal("NaN")}, {"a": Fraction(1, 3)},
    {"a": np.array([1.0, 2.0])}, {"a": np.float64("nan")}, {"a": {"b": 1}}, {b"a": b"a"}, {"a": 1j}, {},
    Liar(), {"a": Liar()}, {Liar(): 1.0}, {"a": FalseNumber(1.0)}, {"b": Liar(), "a": 1.0},
]  # fmt: skip
IDS: list[Any] = [
    None,
    "",
    1,
    1.5,
    b"a",
    Raises(),
    RaisingStr("a"),
    "\ud800",
    "x" * 300,
    ["a"],
    ("a",),
    Liar(),
]
TIMES: list[Any] = [
    None, "1", math.nan, math.inf, -math.inf, HUGE, -HUGE, True, Raises(), RaisingFloat(1.0), 1j, Decimal(1), [],
    1.7e308, -1.7e308, np.float64(5.0), np.int64(5), np.array([1.0]), np.float64("nan"), 5, Liar(), FalseNumber(1.0),
]  # fmt: skip
LABELS: list[Any] = [
    1,
    0,
    "True",
    Raises(),
    math.nan,
    np.bool_(True),
    np.array([True]),
    [],
    HUGE,
    RaisingStr("a"),
    Liar(),
    FalseNumber(1.0),
]


def configured() -> GuardedClassifier:
    """The model of which the engine scores and learns an event in one call, once it is warm."""
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    return GuardedClassifier(model, Schema({"a": Field(), "b": Field(nullable=True)}))


ENGINES: dict[str, Any] = {
    "configured": lambda labels: Engine(configured(), labels),
    "inferred": lambda labels: Engine(linear_model.LogisticRegression(), labels),
}
REGIMES: list[LabelPolicy] = [BothReported(ttl_s=50.0), PositivesReported(window_s=50.0)]


@pytest.fixture(params=REGIMES, ids=lambda labels: type(labels).__name__)
def labels(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=list(ENGINES.values()), ids=list(ENGINES))
def engine(request: pytest.FixtureRequest, labels: LabelPolicy) -> Engine:
    made: Engine = request.param(labels)
    for i in range(200):
        made.on_event(Event(f"w{i}", float(i), {"a": float(i % 7), "b": 0.5}, i % 5 == 0))
    return made


def still_well(engine: Engine) -> None:
    balanced(engine)
    for i in range(130):  # the engine looks at what is degraded
        assert isinstance(engine.on_event(Event(f"z{i}", 200.0, {"a": 1.0, "b": 0.5}, i % 9 == 0)), Score)
    balanced(engine)
    changes = engine.take_changes()
    other = Engine(engine.model.clone(), engine._labels)
    other.restore(engine.snapshot(), {key: row for key, row in changes.items() if row is not None})
    assert other.snapshot() == engine.snapshot()


@pytest.mark.parametrize("y", [None, True, False])
def test_features(engine: Engine, y: bool | None) -> None:
    for i, x in enumerate([*FEATURES, clearing()]):
        for again in range(2):
            assert isinstance(engine.on_event(Event(f"x{i}.{again}", 200.0, x, y)), Score | Rejection)
            engine.on_label(Label(f"x{i}.{again}", 201.0, True))
    still_well(engine)


def test_ids(engine: Engine) -> None:
    for id in IDS:
        said = engine.on_event(Event(id, 200.0, {"a": 1.0}))
        assert refused(said) in ("no_id", "id_too_long", "id_encoding")
        assert refused(engine.on_label(Label(id, 200.0, True))) in ("no_id", "id_too_long", "id_encoding")
        engine.on_rejection(Rejection("decode", "", id))
    still_well(engine)


def test_times(engine: Engine) -> None:
    for i, t in enumerate(TIMES):
        engine.on_event(Event(f"t{i}", t, {"a": 1.0}))
        engine.on_label(Label(f"t{i}", t, True))
        engine.on_time(t)
        engine.pass_time(t)
    assert math.isfinite(engine.time)
    still_well(engine)


@pytest.mark.parametrize("t", [1.7e308, -1.7e308])
def test_times_at_the_end_of_all_numbers(engine: Engine, t: float) -> None:
    for i in range(200):
        engine.on_event(Event(f"t{i}", t, {"a": 1.0, "b": 0.5}, i % 5 == 0))
        engine.on_event(Event(f"u{i}", t, {"a": 1.0, "b": 0.5}))
        engine.on_label(Label(f"u{i}", -t, True))
    for i in range(200):
        engine.on_event(Event(f"v{i}", -t, {"a": 1.0, "b": 0.5}))
    engine.pass_time(1e308)
    engine.pass_time(1e308)
    assert math.isfinite(engine.time)
    balanced(engine)
    rows = {key: row for key, row in engine.take_changes().items() if row is not None}
    Engine(engine.model.clone(), engine._labels).restore(engine.snapshot(), rows)


def test_labels(engine: Engine) -> None:
    for i, y in enumerate(LABELS):
        engine.on_event(Event(f"y{i}", 200.0, {"a": 1.0}, y))
        assert refused(engine.on_label(Label(f"y{i}", 200.0, y))) == "label_value"
    assert engine.counters["rejected"]["label_value"] == 2 * len(LABELS)
    still_well(engine)


@pytest.mark.parametrize(
    "reason", [None, 1, "", [], {}, Raises(), "\ud800", "x" * 10_000, RaisingStr("decode")]
)
def test_reasons_of_rejections(engine: Engine, reason: Any) -> None:
    engine.on_rejection(Rejection(reason, "", "r"))
    engine.on_label(Label("r", 1.0, True))
    assert engine.counters["rejected"]["unnamed"] == 1
    assert engine.counters["label_of_rejected"] == 1
    still_well(engine)


class Odd(WeightRecorder):
    """Answers with probabilities of odd types."""

    answer: Any = None  # no parameter: the engine notes what a model was built with

    @classmethod
    def of(cls, answer: Any) -> Odd:
        made = cls()
        made.answer = answer
        return made

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return self.answer


def two(p: Any) -> dict[bool, Any]:
    return {False: 0.5, True: p}


NOT_PROBABILITIES: list[Any] = [
    None, 0.5, (0.5, 0.5), two(math.nan), two(2.0), two("a half"), two(None), two(Raises()), Raises(),
    {"0": 0.5, "1": 0.5},
]  # fmt: skip


@pytest.mark.parametrize("answer", NOT_PROBABILITIES)
def test_an_answer_without_a_probability_is_poison(answer: Any, labels: LabelPolicy) -> None:
    engine = Engine(Odd.of(answer), labels)
    for y in (None, True, False):
        assert refused(engine.on_event(event("a", 1.0, y))) == "poison"
    assert engine.counters["rejected"] == {"poison": 3}
    balanced(engine)


@pytest.mark.parametrize(
    "p", [np.float64(0.25), np.float32(0.25), Fraction(1, 4), Decimal("0.25"), np.array(0.25)]
)
def test_probabilities_of_another_type_are_served_as_floats(p: Any, labels: LabelPolicy) -> None:
    engine = Engine(Odd.of(two(p)), labels)
    said = scored(engine.on_event(event("a", 1.0)))
    assert [type(q) for q in (said.p, said.raw, said.corrected, said.calibrated)] == [float] * 4
    assert said.p == 0.25
    engine.on_label(Label("a", 2.0, True))
    balanced(engine)


class Raising(WeightRecorder):
    """Raises what it is told to when it scores or learns."""

    error: Any = None  # no parameter: the engine notes what a model was built with
    when = ""

    @classmethod
    def of(cls, error: Any, when: str) -> Raising:
        made = cls()
        made.error, made.when = error, when
        return made

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        if self.when == "score":
            raise self.error
        return super().predict_proba_one(x, **kwargs)

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        if self.when == "learn":
            raise self.error
        super().learn_one(x, y, w)


class LyingError(Exception):
    @property  # type: ignore[misc]  # read only
    def __class__(self) -> Any:
        raise Bomb


def emptied() -> LearningError:
    error = LearningError(None)  # type: ignore[arg-type]
    del error.served
    return error


@pytest.mark.parametrize("when", ["score", "learn"])
@pytest.mark.parametrize(
    "make",
    [lambda: LearningError(None), lambda: LearningError("served"), LyingError, emptied],  # type: ignore[arg-type]
    ids=["None", "text", "liar", "emptied"],
)
def test_what_a_model_raises_is_poison_or_counted(make: Any, when: str, labels: LabelPolicy) -> None:
    engine = Engine(Raising.of(make(), when), labels)
    for i, y in enumerate((None, True, False)):
        said = engine.on_event(event(f"e{i}", 1.0, y))
        assert refused(said) == "poison" if when == "score" else isinstance(said, Score)
        engine.on_label(Label(f"e{i}", 2.0, True))
    counters = balanced(engine)
    assert counters["learned"] == 0
    if when == "learn" and isinstance(labels, BothReported):
        assert counters["learn_failed"] == 3


class Bursts(WeightRecorder):
    """Learns half of an event, then raises."""

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, w)
        raise Bomb


def test_an_event_that_was_perhaps_learned_is_scored_and_not_learned_again() -> None:
    model = Bursts()
    engine = Engine(model, BothReported())
    said = scored(engine.on_event(Event("q", 200.0, {"a": 1.0, "b": 0.5}, True)))
    assert said.p == 0.3
    assert len(model._given) == 1
    counters = balanced(engine)
    assert counters["learned"] == 0
    assert counters["learn_failed"] == 1


def test_a_pause_of_all_inputs_does_not_end_time() -> None:
    engine = ENGINES["configured"](BothReported())
    engine.on_event(event("a", 5.0))
    until(engine, 5.0)
    for seconds in (math.inf, math.nan, -1.0, 0.0, 10**400):
        engine.pass_time(seconds)
        assert engine.time == 5.0
    engine.pass_time(np.float64(2.5))
    assert engine.time == 7.5
    assert type(engine.time) is float
