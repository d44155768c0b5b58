"""The wrapper that guards a classifier: an event with a fault is scored where that is safe, and not learned.

It holds a schema, configured or inferred from the events; the kernel `guarded` applies it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from river import base, compose

from streamimb._kernels.guarded import GuardedModel
from streamimb._kernels.saved import entries, refused
from streamimb._kernels.schema_check import KINDS, SchemaCheck
from streamimb.compose.capabilities import CLASSIFIER, model_of, refuse_stranger
from streamimb.compose.contributions import inner_contributions
from streamimb.compose.inferred_schema import InferredSchema, usable
from streamimb.compose.own_types import own_type
from streamimb.compose.schema import Schema
from streamimb.compose.tilting import refuse_tilt_around
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part, count
from streamimb.protocols import Features


class GuardedClassifier(GuardedModel, Part, base.Wrapper[base.Classifier], base.Classifier):
    r"""A classifier that bad events cannot poison.

    | value | with a configured schema | with an inferred one |
    |---|---|---|
    | absent or None | the default; else missing, **not learned** unless nullable | missing |
    | NaN | missing, **not learned** unless nullable | missing |
    | ±inf, beyond ±10^15 | missing, **not learned** | field left out |
    | a string longer than `max_text` | missing, **not learned** | field left out |
    | below `min`, above `max` | the bound, **not learned** | |
    | another type | converted where `coerce` is set and it can be; else missing, **not learned** | field left out |
    | a field the schema does not have | field left out | field left out |
    | more than `max_features`, or no dict | neither scored (the prior is the answer) nor learned | the same |

    After an event that was not learned every later probability is, bit for bit, what it would have been without
    it. An event with a field left out is learned as if that field were missing in it.

    Without a schema one is inferred from the admitted events (admitted by `learn_one`, or on arrival by `admit_one`
    and `serve_one`). Events are learned from the first one on, with the kind that most values of a field have had so
    far. After `warm_up` events the schema is in force; later events revise it: a field that keeps
    appearing is added, and a field takes another kind when more than two thirds of its recent values have that kind
    (counts halve every 1,000 events). Where a field is a number, True and False are learned as 1 and 0, and where it is
    a bool, 1 and 0 as True and False. A numeric string in a field of numbers is left out: configure `coerce` to convert
    it. See `compose.inferred_schema` for how names become fields.

    **Cost**: one comparison per value (about 1 ns) without faults; 1 µs for an event of 30 values with a fault.

    Parameters
    ----------
    classifier
        Any River classifier; it is used itself, not copied.
    schema
        The type and bounds of each field. None: inferred from the events.
    warm_up
        Events admitted until an inferred schema is in force, > 0.
    max_features
        Most fields of an event, and of an inferred schema, > 0.
    max_text
        Most characters of a string, > 0.

    Raises
    ------
    ValueError
        For a parameter out of range; for an argument that is no classifier or schema.

    Examples
    --------
    >>> from streamimb import Field, GuardedClassifier, Schema, linear_model
    >>> model = GuardedClassifier(linear_model.LogisticRegression(), Schema({"a": Field(min=0.0)}))
    >>> for i in range(1000):
    ...     model.learn_one({"a": float(i % 10)}, i % 10 == 9)
    >>> before = model.predict_proba_one({"a": 9.0})[True]
    >>> model.learn_one({"a": float("inf")}, True)
    >>> model.check_one({"a": float("inf")}).reasons, model.predict_proba_one({"a": 9.0})[True] - before
    (('inf:a',), 0.0)
    """

    def __init__(
        self,
        classifier: base.Classifier | compose.Pipeline,
        schema: Schema | None = None,
        warm_up: int = 1000,
        max_features: int = 10_000,
        max_text: int = 10_000,
    ) -> None:
        self.check_idle()
        refuse_stranger("classifier", classifier, base.Classifier, CLASSIFIER)
        refuse_tilt_around(classifier)
        if schema is not None:
            refuse_stranger("schema", schema, Schema, "Schema({name: Field(...), ...}), or None to infer it")
        self.classifier: Any = classifier  # typed Any: it has more methods than its base
        self.schema = schema
        self.warm_up = count("warm_up", warm_up, "events")
        self.max_features = count("max_features", max_features, "fields")
        self.max_text = count("max_text", max_text, "characters")
        self._inferred = (
            None if schema is not None else InferredSchema(self.warm_up, self.max_features, self.max_text)
        )
        self._set_up({})

    def _set_up(self, counts: dict[str, int]) -> None:
        inferred = self._inferred
        check = check_of(self.schema, self.max_text) if inferred is None else inferred.check()
        GuardedModel.__init__(self, model_of(self.classifier), check, self.max_features, counts)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classifier": LogisticRegression()}

    @property
    def _wrapped_model(self) -> Any:
        return self.classifier

    @property
    def _raw_memory_usage(self) -> int:
        return int(self.classifier._raw_memory_usage) + 4096 + self._memory_of_names()

    def _memory_of_names(self) -> int:
        return 0 if self._inferred is None else self._inferred.memory_usage

    @property
    def schema_in_force(self) -> Schema | None:
        """The configured schema, or the inferred one; None during the warm-up."""
        inferred = self._inferred
        if inferred is None:
            return self.schema
        return inferred.schema() if inferred.ready else None

    @property
    def inferred(self) -> dict[str, dict[str, Any]]:
        """Kind of each inferred field, and the share of recent events that have it; empty with a configured schema."""
        self._fold()
        return {} if self._inferred is None else self._inferred.described()

    def lacking(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of the names that a schema which was learned does not have; none before its warm-up ended."""
        inferred = self._inferred
        if inferred is None or not inferred.ready:
            return ()
        return tuple(name for name in names if name not in inferred.fields)

    @property
    def revisions(self) -> int:
        """Number of fields added, changed or removed since the warm-up ended."""
        return 0 if self._inferred is None else self._inferred.revisions

    def take_revisions(self) -> list[str]:
        """Return sentences for a log: once the inferred schema, then its revisions since the last call."""
        return [] if self._inferred is None else self._inferred.take_revisions()

    @property
    def counts(self) -> dict[str, int]:
        """How often each reason was given to an admitted event."""
        return self._guard_reasons()

    def contributions_one(self, x: Features) -> dict[Any, float]:
        """Return what each feature of the cleaned event adds to the log-odds: the classifier's entries.

        Raises
        ------
        ValueError
            Where the classifier cannot compute contributions.
        """
        return inner_contributions(self.classifier, self.check_one(x).x)

    # ------------------------------------------------------------------ an inferred schema

    def _guard_observe(self, strangers: list[tuple[Any, int]]) -> None:
        """Adds names and kinds to the evidence, which may change the rules."""
        if self._inferred is not None:
            self._inferred.observe(self._guard_rules(), strangers)

    def _guard_turn_over(self) -> None:
        """Revises the inferred schema, and replaces the rules where it changed."""
        inferred = self._inferred
        if inferred is None:
            return
        self._fold()
        self._guard_forget(set(map(str, inferred.revise())))
        if inferred.moved:
            self._guard_exchange(inferred.check())
        else:
            inferred.watch(self._guard_rules())

    def _fold(self) -> None:
        """Moves the counts of the check into the evidence; when it is called does not change the result."""
        if self._inferred is not None:
            self._inferred.fold(self._guard_rules())
            self._inferred.watch(self._guard_rules())

    # ------------------------------------------------------------------ state

    def __getstate__(self) -> dict[str, Any]:
        self._fold()
        return {
            "classifier": self.classifier,
            "schema": self.schema,
            "warm_up": self.warm_up,
            "max_features": self.max_features,
            "max_text": self.max_text,
            "counts": self.counts,
            "inferred": None if self._inferred is None else self._inferred.state(),
        }

    def __setstate__(self, state: Any) -> None:
        names = ("classifier", "schema", "warm_up", "max_features", "max_text")
        saved = entries(state, *names, "counts", "inferred")
        counts = saved["counts"]
        if type(counts) is not dict or not all(
            type(reason) is str and type(n) is int and 0 <= n < 2**63 for reason, n in counts.items()
        ):
            raise ValueError("state: the counts of a guard are whole numbers by reason")
        parameters = {name: saved[name] for name in names}
        made = GuardedClassifier(**parameters)  # refuses what the constructor refuses
        if made._inferred is not None:
            made._inferred.load(saved["inferred"])
        elif saved["inferred"] is not None:
            raise refused("inferred", "None beside a configured schema")
        self.check_idle()
        vars(self).update(parameters, _inferred=made._inferred)
        self._set_up(dict(counts))


def check_of(schema: Schema | None, max_text: int) -> SchemaCheck:
    """The rules of a configured schema."""
    check = SchemaCheck(max_text, False, own_type, usable)
    for name, field in {} if schema is None else schema.fields.items():
        check.add(
            name, KINDS.index(field.type), field.low, field.high, field.nullable, field.default, field.coerce
        )
    return check
