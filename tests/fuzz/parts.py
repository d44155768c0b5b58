"""Every part of the public rooms, trained a little; how each is asked and taught, and what its answers must be.

Parts are found by the rooms' `__all__` and built by River's `_unit_test_params`; arguments are found by the names of
parameters. A new part needs no line here.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import itertools
import math
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

import msgspec
from river import base, compose, linear_model, preprocessing

import streamimb
from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    calibration,
    ensemble,
    sampling,
)
from streamimb.engine.snapshot import dumps, loads
from streamimb.linear_model import LogisticGAM, LogisticRegression, SoftmaxGAM, SoftmaxRegression
from streamimb.tree import HoeffdingTreeClassifier, RollingBoostingClassifier
from tests.fuzz.calling import CallingCalibrator, CallingSampler, CallingTransformer

TEACHES = ("learn_one", "update", "observe_one", "step_one", "give_one")
ASKS = (
    "predict_proba_one", "predict_one", "scores_one", "calibrate_one", "rates_one", "correct_one", "raw_one",
    "pilot_one", "predict_offset_one", "logit_one", "examples_one", "get", "knows", "knows_bool", "check_one",
    "readings",
)  # fmt: skip
READS = ("rate", "logit", "kept_share", "last_rates", "weights", "mass", "counts", "share", "keep_rate")
TRAINED_ON = 45


class Part(NamedTuple):
    """A part that was trained, and the arguments that its methods take."""

    name: str
    kind: type
    foreign: bool  # whether its state needs a pickle
    saved: bytes
    arguments: dict[str, dict[str, Any]]  # by method: which of several good values of a parameter

    def made(self) -> Any:
        """A part like it."""
        return loads(self.saved, allow_pickle=True)

    def protocol(self) -> list[str]:
        """What every user of it calls; only wrappers call `give_one`, with numbers of their own."""
        return [name for name in (*TEACHES, *ASKS) if name in self.arguments and name != "give_one"] or [
            "clone"
        ]


def classes() -> Iterator[tuple[str, type]]:
    """Parts of River's kind that the rooms make public."""
    for module in pkgutil.iter_modules(streamimb.__path__):
        if not module.ispkg or module.name.startswith("_"):
            continue
        room = importlib.import_module(f"streamimb.{module.name}")
        for name in room.__all__:
            kind = getattr(room, name)
            if inspect.isclass(kind) and issubclass(kind, base.Base) and not inspect.isabstract(kind):
                yield f"{module.name}.{name}", kind


def stacks() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Wrappers around wrappers."""

    def native() -> Any:
        return SampledClassifier(LogisticRegression(hash_bits=6), seed=1)

    def foreign() -> Any:
        return SampledClassifier(
            compose.Select("a", "b") | preprocessing.StandardScaler() | linear_model.LogisticRegression(),
            sampling.UnderSampler(share=0.3),
            seed=1,
        )

    def boosted(companion: Any) -> Any:
        return RollingBoostingClassifier(
            companion, n_trees=4, max_leaves=4, ring_size=200, every=20, max_columns=8, hash_bits=6
        )

    def grown() -> Any:
        return HoeffdingTreeClassifier(grace_period=5.0, max_leaves=4, max_columns=8, hash_bits=6)

    schema = Schema({"a": Field(), "b": Field(nullable=True), "c": Field("string", nullable=True)})
    yield "whole", lambda: GuardedClassifier(CalibratedClassifier(native()), schema)
    yield "whole, inferred", lambda: GuardedClassifier(CalibratedClassifier(native()), warm_up=20)
    yield "sampled, hashed", native
    yield "curves", lambda: SampledClassifier(LogisticGAM(hash_bits=6, max_basis_fields=1), seed=1)
    yield "frozen", lambda: SampledClassifier(LogisticRegression(), anchor="frozen", seed=1)
    yield "classes", lambda: SampledClassifier(SoftmaxRegression(hash_bits=6), seed=1)
    yield (
        "curves of classes",
        lambda: SampledClassifier(SoftmaxGAM(hash_bits=6, max_basis_fields=1, interactions="pairs"), seed=1),
    )
    yield "weighted", lambda: SampledClassifier(LogisticRegression(), sampling.ClassWeights(), seed=1)
    yield "tree", lambda: CalibratedClassifier(SampledClassifier(grown(), seed=1))
    yield "boosted", lambda: CalibratedClassifier(SampledClassifier(boosted(None), seed=1))
    yield "companion", lambda: SampledClassifier(boosted(LogisticRegression(hash_bits=6)), seed=1)
    yield "bag", lambda: CalibratedClassifier(ensemble.UOBClassifier(grown(), n_models=2, seed=1))
    yield (
        "bag, boosted",
        lambda: ensemble.OOBClassifier(boosted(LogisticRegression(hash_bits=6)), n_models=2, seed=1),
    )
    yield "foreign", lambda: GuardedClassifier(CalibratedClassifier(foreign()), schema)

    def calling(learner: Any) -> Any:
        sampled = SampledClassifier(CallingTransformer() | learner, CallingSampler(), seed=1)
        return GuardedClassifier(CalibratedClassifier(sampled, CallingCalibrator()), warm_up=20)

    yield "foreign, calling", lambda: calling(LogisticRegression(hash_bits=6))
    yield "foreign, calling curves", lambda: calling(LogisticGAM(hash_bits=6, max_basis_fields=1))
    yield "foreign, calling classes", lambda: calling(SoftmaxRegression(hash_bits=6))
    yield "foreign, calling tree", lambda: calling(grown())
    yield "foreign, calling boosted", lambda: calling(boosted(LogisticRegression(hash_bits=6)))
    yield (
        "foreign, hedged",
        lambda: CalibratedClassifier(native(), calibration.Hedged(CallingCalibrator())),
    )
    yield (
        "foreign, product",
        lambda: SampledClassifier(
            LogisticRegression(hash_bits=6),
            sampling.Product(CallingSampler(), sampling.ScoreUnderSampler()),
            seed=1,
        ),
    )


def _built(kind: Any, parameters: dict[str, Any]) -> Any:
    """A part of its own: the parameters may hold parts too."""
    return kind(**parameters).clone()


def makers() -> list[tuple[str, Callable[[], Any]]]:
    """How to make each part anew."""
    found: list[tuple[str, Callable[[], Any]]] = []
    for name, kind in classes():
        for i, parameters in enumerate(kind._unit_test_params()):  # type: ignore[attr-defined]
            found.append((f"{name} {i}", functools.partial(_built, kind, parameters)))
    return [*found, *stacks()]


# ------------------------------------------------------------------ good arguments


def good(parameter: str, rng: Random, part: Any) -> list[Any]:
    """Values that a parameter of this name may have; more than one where parts differ."""
    y, p, a = rng.random() < 0.3, rng.random(), rng.gauss(0, 1)
    classes = {False: 1.0 - p, True: p}
    known: dict[str, list[Any]] = {
        "x": [{"a": a, "b": float(rng.randrange(3)), "c": rng.choice(["u", "v", "w"])}, p],
        "fields": [{"user": rng.choice(["u", "v", "w"]), "amount": 100.0 * p, "t": 1e6 * p}],
        "y": [y],
        "p": [p, classes],
        "rates": [{False: 0.5, True: 1.0}],
        "prior": [{False: 0.9, True: 0.1}],
        "value": [(p, y), (p, p, p, y), 5.0 * p],
        "y_true": [y],
        "y_pred": [p, classes],
        "offset": [-1.0],
        "offsets": [{False: -0.1, True: -2.0}, {False: -1.0, True: 0.0, "other": -3.0}],
        "label": [y],
        "kept": [y],
        "shift": [0.5],
        "t": [float(rng.randrange(10**6))],
        "rate": [0.5],
        "copies": [1.0, 2],
        "w": [rng.choice([1.0, 0.5, 2.0])],
        "learner": [LogisticRegression()],
        "more": [{}],
        "memo": [None],
        "score": [lambda x: p],
    }
    return known.get(parameter, [None])


def signature(method: Any) -> list[str] | None:
    """Names of the parameters without a default; None where they cannot be read."""
    try:
        parameters = inspect.signature(method).parameters.values()
    except (ValueError, TypeError):
        return None
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [one.name for one in parameters if one.default is one.empty and one.kind not in kinds]


def arguments_of(part: Any, methods: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Of each of these methods, which of several good values it takes; tried on a copy."""
    found: dict[str, dict[str, Any]] = {}
    for name in methods:
        names = signature(getattr(part, name, None))
        if names is None:
            continue
        if name == "update" and getattr(part, "requires_x", False):  # a metric that reads fields of the event
            names += ["w", "fields"]
        sizes = [range(len(good(one, Random(0), part))) for one in names]
        for choice in itertools.product(*sizes):
            chosen = dict(zip(names, choice, strict=True))
            try:
                call(part.clone(include_attributes=True), name, chosen, Random(1))
            except (ValueError, TypeError, KeyError, AttributeError):
                continue
            found[name] = chosen
            break
    return found


def call(part: Any, name: str, chosen: Mapping[str, Any], rng: Random) -> Any:
    """Call a method with good values."""
    return getattr(part, name)(*(good(one, rng, part)[choice] for one, choice in chosen.items()))


def trained() -> list[Part]:
    """Every part after `TRAINED_ON` good calls."""
    found = []
    for label, maker in makers():
        arguments = arguments_of(maker(), TEACHES)
        assert arguments or not any(getattr(maker(), name, None) for name in TEACHES), label

        part, rng = maker(), Random(7)
        for _ in range(TRAINED_ON):
            teach(part, arguments, rng)
        arguments |= arguments_of(part, ASKS)  # of what was taught: a fresh one may take anything
        check(part, arguments, rng)
        saved = dumps(part, allow_pickle=True)
        found.append(Part(label, type(part), label.startswith("foreign"), saved, arguments))
    return found


def teach(part: Any, arguments: Mapping[str, Mapping[str, Any]], rng: Random) -> None:
    """One good lesson by every method that teaches; one event in four of a scorer is learned late, with its memo."""
    for name in TEACHES:
        if name == "learn_one" in arguments and hasattr(part, "scores_one") and rng.random() < 0.25:
            teach_late(part, arguments[name], rng)
        elif name in arguments:
            call(part, name, arguments[name], rng)


def teach_late(part: Any, chosen: Mapping[str, Any], rng: Random) -> None:
    """The label of an event comes after that of a later one."""
    served, later = (good("x", rng, part)[chosen["x"]] for _ in range(2))
    _, memo = part.scores_one(served)
    part.learn_one(later, *good("y", rng, part))
    part.learn_one(served, *good("y", rng, part), memo=memo)


# ------------------------------------------------------------------ answers


class WrongAnswer(AssertionError):
    """A part answered what it must not."""


def probability(p: Any) -> bool:
    return bool(0.0 <= p <= 1.000001)


def right(name: str, answer: Any) -> Any:
    """Whether an answer to a question, or a property, of this name may be given."""
    if name in ("predict_proba_one", "correct_one", "calibrate_one") and isinstance(answer, Mapping):
        return all(map(probability, answer.values())) and (
            not answer or abs(sum(answer.values()) - 1.0) < 1e-6
        )
    if name in ("calibrate_one", "raw_one", "pilot_one", "predict_offset_one", "correct_one", "rate"):
        return probability(answer)
    if name == "scores_one":
        scores = answer[0] if isinstance(answer, tuple) else answer
        return all(map(probability, msgspec.structs.astuple(scores)))
    if name in ("rates_one", "last_rates"):
        return all(0.0 < rate < math.inf for rate in answer.values())
    if name in ("logit_one", "logit"):
        return math.isfinite(answer)
    if name in ("kept_share", "mass"):
        return 0.0 <= answer < math.inf
    if name == "weights" and answer is not None and all(isinstance(one, float) for one in answer):
        return abs(sum(answer) - 1.0) < 1e-6
    if name == "counts" and isinstance(answer, Mapping):
        return all(type(n) is int and n >= 0 for n in answer.values())
    if name == "get":
        if isinstance(answer, Mapping):
            return all(map(probability, answer.values()))
        return not isinstance(answer, float) or not answer < -1e300
    return True


def classes_of(part: Any, arguments: Mapping[str, Mapping[str, Any]], rng: Random) -> Any:
    """The classes that a classifier answers with."""
    name = "predict_proba_one"
    return call(part, name, arguments[name], rng) if name in arguments else ()


def check(part: Any, arguments: Mapping[str, Mapping[str, Any]], rng: Random) -> None:
    """Raise `WrongAnswer` where a part answers good questions wrongly."""
    for name in ASKS:
        if name == "scores_one" and not {False, True}.issuperset(classes_of(part, arguments, rng)):
            continue  # other classes were learned or loaded, so there is no P(True)
        if name in arguments:
            answer = call(part, name, arguments[name], rng)
            if not right(name, list(answer) if name in ("readings", "examples_one") else answer):
                raise WrongAnswer(f"{name} answers {answer!r}")
    for name in READS:
        answer = getattr(part, name, None)
        if answer is not None and not callable(answer) and not right(name, answer):
            raise WrongAnswer(f"{name} is {answer!r}")
