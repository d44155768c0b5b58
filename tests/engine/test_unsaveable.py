"""The part of a model that cannot be saved is named by its place and kind, never by a value it holds."""

from __future__ import annotations

import functools
import io
import threading
from collections import defaultdict
from typing import Any

import pytest
from river import base, compose, feature_extraction, linear_model, preprocessing

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, sampling
from streamimb.engine import BothReported, Engine, SnapshotError
from streamimb.engine.unsaveable import CURE, fault_of

SECRET = "4539578763621486"


class Holds(base.Classifier):
    """A classifier with something in it."""

    def __init__(self, held: Any = None) -> None:
        self.held = held

    def learn_one(self, x: Any, y: Any) -> None:
        pass

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        return {False: 0.5, True: 0.5}


class Slotted:
    __slots__ = ("inner",)

    def __init__(self, inner: Any) -> None:
        self.inner = inner


class Unloadable(Exception):
    """Pickles, and does not load: it is built with one argument too few."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__(a)


class Cache(dict[Any, Any]):
    def __init__(self) -> None:
        self.lock = threading.Lock()


class Refusing:
    def __getstate__(self) -> Any:
        raise RuntimeError(SECRET)


class Ring:
    """Refers to itself, and to what cannot be saved."""

    def __init__(self, held: Any) -> None:
        self.me = self
        self.held = held


def local() -> Any:
    class Local:
        pass

    return Local()


def nested(depth: int) -> Any:
    inner: Any = None
    for _ in range(depth):
        inner = [inner]
    return inner


PARTS: dict[str, tuple[Any, str]] = {
    "a generator": (lambda: (i for i in "abc"), r"Holds\.held is a generator"),
    "a lambda": (lambda: lambda x: x, r"Holds\.held is a lambda"),
    "a lock": (threading.Lock, r"Holds\.held is a lock"),
    "an open file": (io.BytesIO().getbuffer, r"Holds\.held is a memoryview"),
    "a function of a function": (
        lambda: functools.wraps(local)(lambda: 1) and _inner(),
        r"a function that no module",
    ),
    "in a list": (lambda: [1, [2, threading.Lock()]], r"Holds\.held\[1\]\[1\] is a lock"),
    "in a dict by a value": (
        lambda: {SECRET: {SECRET: threading.Lock()}},
        r"held\[\.\.\.\]\[\.\.\.\] is a lock",
    ),
    "a default": (lambda: defaultdict(lambda: 0), r"held\.default_factory is a lambda"),
    "in a dict by a key": (lambda: {(lambda: 0): 1}, r"held\[\.\.\.\] is a lambda"),
    "of a dict": (Cache, r"held\.lock is a lock"),
    "a partial": (lambda: functools.partial(lambda x: x), r"held\(\.\.\.\) is a lambda"),
    "in slots": (lambda: Slotted(threading.Lock()), r"held\.inner is a lock"),
    "of a local class": (local, r"held\.__class__ is Local, a class that no module"),
    "in a ring": (lambda: Ring(threading.Lock()), r"held\.held is a lock"),
    "not loading": (
        lambda: Unloadable(1, 2),
        r"Holds\.held is a Unloadable, which pickle cannot save and load",
    ),
    "refusing": (Refusing, r"Holds\.held is a Refusing"),
    "a model in a model": (lambda: Holds(threading.Lock()), r"Holds\.held\.held is a lock"),
    "too deep": (lambda: nested(100_000), r"Holds\.held"),
}


def _inner() -> Any:
    def inside() -> None: ...

    return inside


@pytest.mark.parametrize(("make", "words"), PARTS.values(), ids=PARTS)
def test_the_part_is_named(make: Any, words: str) -> None:
    told = fault_of(Holds(make()))
    assert told == f"{told.partition(': ')[0]}: {CURE}"
    assert SECRET not in told
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(told)


AROUND: dict[str, Any] = {
    "bare": lambda model: model,
    "guarded": GuardedClassifier,
    "calibrated": CalibratedClassifier,
    "sampled": lambda model: SampledClassifier(model, sampling.UnderSampler(share=0.2), seed=1),
    "all": lambda model: GuardedClassifier(
        CalibratedClassifier(SampledClassifier(model, sampling.UnderSampler(share=0.2), seed=1))
    ),
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_an_engine_names_it_however_deep_it_is_wrapped(around: Any) -> None:
    pipeline = (
        preprocessing.StandardScaler()
        | compose.FuncTransformer(lambda x: x)
        | linear_model.LogisticRegression()
    )
    engine = Engine(around(pipeline), BothReported(), allow_pickle=True)
    with pytest.raises(SnapshotError, match=r"Pipeline\.steps\['<lambda>'\]\.func is a lambda"):
        engine.snapshot()


def test_steps_of_unions_are_named() -> None:
    union = compose.TransformerUnion(preprocessing.StandardScaler(), compose.FuncTransformer(lambda x: x))
    assert "TransformerUnion.transformers['<lambda>'].func is a lambda" in fault_of(union)
    bag = feature_extraction.BagOfWords(on="text", preprocessor=lambda text: text)
    assert "BagOfWords." in fault_of(bag)
    assert "is a lambda" in fault_of(bag)


class Keyed:
    """Its state has keys that are no attributes, as a table of what was seen."""

    def __getstate__(self) -> Any:
        return {SECRET: lambda: 0}


def test_a_key_of_a_state_that_is_no_attribute_is_not_named() -> None:
    fault = fault_of(Holds(Keyed()))
    assert fault.startswith("Holds.held[...] is a lambda")
    assert SECRET not in fault


def test_a_registered_part_that_gives_no_state_says_so(monkeypatch: Any) -> None:
    def fails(self: Any) -> Any:
        raise KeyError(SECRET)

    engine = Engine(
        CalibratedClassifier(linear_model.LogisticRegression()), BothReported(), allow_pickle=True
    )
    monkeypatch.setattr(CalibratedClassifier, "__getstate__", fails)
    with pytest.raises(
        SnapshotError, match=r"CalibratedClassifier does not give its state \(KeyError\)"
    ) as refused:
        engine.snapshot()
    assert SECRET not in str(refused.value)
