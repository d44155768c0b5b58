"""The wrapper before a classifier: what is not trusted is scored where that is safe, never learned.

It knows a schema, configured or inferred from the events; never what the classifier does.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from river import base, compose

from streamimb._kernels.gate import BOOL, NUMBER, STRING, Gate
from streamimb._kernels.guarded_lane import GuardedLane
from streamimb._kernels.lane import Lane
from streamimb.compose.capabilities import CLASSIFIER, declared, declared_keywords, refuse_stranger, teaches
from streamimb.compose.cleaning import Cleaning
from streamimb.compose.inferred_schema import Appraised, InferredSchema
from streamimb.compose.schema import Schema
from streamimb.compose.truth import canonical, other_classes, says_two_classes
from streamimb.correction.answer import true_of
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part, count
from streamimb.protocols import Features, Scorer, Scores

KINDS = {"number": NUMBER, "string": STRING, "bool": BOOL}


class Checked(NamedTuple):
    """An event after the guard: as it may be scored, whether it may be, whether it may be learned, and why not.

    A reason is `code:field` with a field of the schema, or `code` alone. The codes missing, nan, inf, too_large, type,
    too_long, bounded, coerced and imputed say what is wrong with a value or what was done about it; unknown_field,
    that a field is not in the schema; too_many_features and not_a_dict, that the event is refused. Under an inferred
    schema inf, too_large, type and too_long are each followed by `left_out:field`: the event is learned as if the field
    were missing in it.
    """

    x: Features
    learnable: bool
    scorable: bool
    reasons: tuple[str, ...]


class GuardedClassifier(GuardedLane, Part, base.Wrapper[base.Classifier], base.Classifier):
    r"""A classifier that bad events cannot poison.

    | value | with a configured schema | with an inferred one |
    |---|---|---|
    | absent or None | the default; else missing, **not learned** unless nullable | missing |
    | NaN | missing, **not learned** unless nullable | missing |
    | ±inf, beyond ±10^15 | missing, **not learned** | field left out |
    | a string longer than `max_text` | missing, **not learned** | field left out |
    | below `min`, above `max` | the bound, **not learned** | |
    | another type | converted where `coerce` says so and it can be; else missing, **not learned** | field left out |
    | a field the schema does not have | field left out | field left out |
    | more than `max_features`, or no dict | neither scored (the prior is the answer) nor learned | the same |

    After an event that was not learned every later probability is, bit for bit, what it would have been without
    it. An event with a field left out is learned as if that field were missing in it.

    Without a schema one is inferred from the events that are admitted (by `learn_one`, or by `admit_one` when they
    come, where an engine learns them later). Events are learned from the first one on, each field under the kind most
    of its values had so far. After `warm_up` events the schema is in force; later events revise it: a field that keeps
    appearing is added, and a field takes another kind when more than two thirds of its recent values have that kind
    (counts halve every 1,000 events). Where a field is a number, True and False are learned as 1 and 0, and where it is
    a bool, 1 and 0 as True and False. A numeric string in a field of numbers is left out: configure `coerce` to convert
    it. See `compose.inferred_schema` for how names become fields.

    **Cost**: one look at each value (about 5 ns) where nothing is wrong; .2 µs a value where something is, or the
    schema is not in force yet.

    Parameters
    ----------
    classifier
        Any River classifier; used as it is, not copied.
    schema
        What each field has to be; None infers it.
    warm_up
        Events admitted until an inferred schema is in force, > 0.
    max_features
        Most fields an event may have, and an inferred schema, > 0.
    max_text
        Most characters a string may have, > 0.

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
        refuse_stranger("classifier", classifier, base.Classifier, CLASSIFIER)
        if schema is not None:
            refuse_stranger("schema", schema, Schema, "Schema({name: Field(...), ...}), or None to infer it")
        self.classifier: Any = classifier  # what it can do beside is found out here, once
        self.schema = schema
        self.warm_up = count("warm_up", warm_up, "events")
        self.max_features = count("max_features", max_features, "fields")
        self.max_text = count("max_text", max_text, "characters")
        self._scores = isinstance(classifier, Scorer)
        self._forwards = tuple(sorted(declared_keywords(classifier)))
        self._asks = tuple(sorted(declared_keywords(classifier, "predict_proba_one")))
        self._inferred = self._nothing_inferred() if schema is None else None
        self._counts: dict[str, int] = {}
        self._gate: Gate | None = None
        self._connect()

    def _nothing_inferred(self) -> InferredSchema:
        return InferredSchema(self.warm_up, self.max_features, self.max_text)

    def _connect(self) -> None:
        """Sets up the gate once there is a schema, and the direct lane where the classifier is one of ours."""
        schema, inferred = self.schema_in_force, self._inferred
        if schema is not None:
            self._gate = gate_of(schema, self.max_text)
            if inferred is not None:
                inferred.moved = False
                self._gate.watch(inferred.left)
            if isinstance(self.classifier, Lane):
                self.connect(self.classifier, self._gate)
        if self.left or not says_two_classes(self.classifier):
            self.leave()

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"classifier": LogisticRegression()}

    @property
    def _wrapped_model(self) -> Any:
        return self.classifier

    @property
    def _raw_memory_usage(self) -> int:
        return int(self.classifier._raw_memory_usage) + 4096 + self._memory_of_names()

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, by the classifier inside; 1 where it does not sample."""
        return float(self.classifier.kept_share) if self._scores else 1.0

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
        """Fields so far where no schema is configured: kind, and share of recent events it is present in."""
        self._fold()
        return {} if self._inferred is None else self._inferred.described()

    @property
    def revisions(self) -> int:
        """Fields added, changed or given up since the warm-up ended."""
        return 0 if self._inferred is None else self._inferred.revisions

    def take_revisions(self) -> list[str]:
        """Sentences for a log: the schema that was inferred, once, and what was revised since the last call."""
        return [] if self._inferred is None else self._inferred.take_revisions()

    @property
    def counts(self) -> dict[str, int]:
        """How often each reason was given, of the events admitted."""
        return dict(self._counts)

    # ------------------------------------------------------------------ checking

    def check_one(self, x: Features) -> Checked:
        """The event as it may be scored, and whether it may be learned; changes nothing."""
        gate = self._gate
        if gate is not None and gate.passes(x):
            return Checked(x, True, True, ())
        refused = self._refused(x)
        if refused is not None:
            return refused
        return self._clean(x) if self._inferred is None else _checked(self._inferred.appraise(x))

    def admit_one(self, x: Features) -> Checked:
        """`check_one` of an event on its way in: counts its reasons, and takes it as evidence for the schema."""
        inferred, gate = self._inferred, self._gate
        if inferred is None:
            return self._counted(self.check_one(x))
        if gate is not None and gate.passes(x):
            if gate.note(x):
                self.turn_over()
            return Checked(x, True, True, ())
        refused = self._refused(x)
        if refused is not None:
            return self._counted(refused)
        appraised = inferred.appraise(x)
        checked = self._counted(_checked(appraised))
        inferred.observe(x, appraised.seen)
        if inferred.left <= 0 if gate is None else gate.watch(inferred.left):
            self.turn_over()
        return checked

    def turn_over(self) -> None:
        """Revises the inferred schema, and sets up another gate where that changes what passes."""
        inferred = self._inferred
        if inferred is None:
            return
        self._fold()
        given_up = set(map(str, inferred.turn()))
        for reason in list(self._counts) if given_up else []:  # as many counts as there are fields
            code, _, name = reason.partition(":")
            if name in given_up:
                self._counts[code] = self._counts.get(code, 0) + self._counts.pop(reason)
        if inferred.moved or self._gate is None:
            self._connect()
        else:
            self._gate.watch(inferred.left)

    def _fold(self) -> None:
        """Takes the events that the gate counted into the evidence; no outcome depends on when."""
        inferred, gate = self._inferred, self._gate
        if inferred is not None and gate is not None:
            inferred.fold(*gate.take())
            gate.watch(inferred.left)

    def _refused(self, x: Any) -> Checked | None:
        if not isinstance(x, dict):
            return Checked({}, False, False, ("not_a_dict",))
        if len(x) > self.max_features:
            return Checked({}, False, False, ("too_many_features",))
        return None

    def _clean(self, x: Features) -> Checked:
        fields = {} if self.schema is None else self.schema.fields
        cleaning = Cleaning(self.max_text)
        for name, raw in x.items():
            field = fields.get(name)
            if field is not None:
                cleaning.take(name, field, raw)
            else:
                cleaning.unknown()
        for name, field in fields.items():
            if name not in x:
                cleaning.take(name, field, None)
        return Checked(cleaning.x, cleaning.learnable, True, tuple(cleaning.reasons))

    def _counted(self, checked: Checked) -> Checked:
        for reason in checked.reasons:
            self._counts[reason] = self._counts.get(reason, 0) + 1
        return checked

    # ------------------------------------------------------------------ a classifier

    def say_apart(self, x: Features) -> float:
        """P(True) of the event as it may be scored."""
        return true_of(self.classifier.predict_proba_one(self.check_one(x).x))

    def scores_apart(self, x: Features) -> Scores:
        """P(True): raw, corrected and calibrated."""
        x = self.check_one(x).x
        if self._scores:
            scores: Scores = self.classifier.scores_one(x)
            return scores
        p = true_of(self.classifier.predict_proba_one(x))
        return Scores(p, p, p)

    def predict_apart(self, x: Features, kwargs: dict[str, Any]) -> dict[Any, float]:
        """Probability of each class, of the event as it may be scored."""
        p: dict[Any, float] = self.classifier.predict_proba_one(
            self.check_one(x).x, **declared(kwargs, self._asks)
        )
        if other_classes(p):
            return p
        q = true_of(p)
        return {False: 1.0 - q, True: q}

    def learn_apart(self, x: Features, y: Any, w: float, kwargs: dict[str, Any]) -> float:
        """Learns from an event that can be trusted; of any other, counts why not."""
        y = canonical(y)
        if w != 1.0 and not teaches(w, "w" in self._forwards, self.classifier):
            return float(self.predict_apart(x, {}).get(True, 0.0))
        checked = self.admit_one(x)
        two = y is True or y is False
        if checked.learnable and w == 1.0 and self._scores and not kwargs and two:
            return float(self.classifier.learn_scored_one(checked.x, y))
        said = self.classifier.predict_proba_one(checked.x)
        # A label may be the first of its class among others: then nothing is known of True.
        p = float(said.get(True, 0.0)) if other_classes(said) else true_of(said)
        if checked.learnable and w == 1.0:
            self.classifier.learn_one(checked.x, y, **declared(kwargs, self._forwards))
        elif checked.learnable:
            self.classifier.learn_one(checked.x, y, w=w, **declared(kwargs, self._forwards))
        if checked.learnable and not two:
            self.leave()
        return p

    def __getstate__(self) -> dict[str, Any]:
        self._fold()
        inferred = self._inferred
        state = {name: value for name, value in self.own_state().items() if name != "_gate"}
        return {**state, "_left": self.left, "_inferred": None if inferred is None else inferred.state()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update({name: value for name, value in state.items() if name != "_left"})
        self._gate = self._inferred = None
        if self.schema is None:
            self._inferred = self._nothing_inferred()
            self._inferred.load(state["_inferred"])
        if state["_left"]:
            self.leave()
        self._connect()


def _checked(appraised: Appraised) -> Checked:
    return Checked(appraised.x, True, True, appraised.reasons)


def gate_of(schema: Schema, max_text: int) -> Gate:
    """The quick look that a schema comes to."""
    return Gate(
        [
            (name, KINDS[field.type], field.low, field.high, not field.nullable)
            for name, field in schema.fields.items()
        ],
        max_text,
    )
