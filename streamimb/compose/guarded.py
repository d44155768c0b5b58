"""The wrapper that stands before a classifier: what is not trusted is scored where that is safe, never learned.

It knows a schema, given or learned from a warm-up; never what the classifier does.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from river import base, compose

from streamimb._kernels.gate import BOOL, NUMBER, STRING, Gate
from streamimb._kernels.lane import GuardedLane, Lane
from streamimb.compose.capabilities import CLASSIFIER, declared, declared_keywords, refuse_stranger, teaches
from streamimb.compose.cleaning import NEW, Cleaning, kind_of
from streamimb.compose.schema import Field, Kind, Schema
from streamimb.compose.truth import canonical, other_classes, says_two_classes
from streamimb.correction.answer import true_of
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part, count
from streamimb.protocols import Features, Scorer, Scores

KINDS = {"number": NUMBER, "string": STRING, "bool": BOOL}


class Checked(NamedTuple):
    """An event after the guard: as it may be scored, whether it may be, whether it may be learned, and why not.

    Reasons are `code:field` with a field of the schema, or `code` alone: missing, nan, inf, too_large, type,
    too_long, coerced, bounded, imputed, unknown_field, too_many_features, not_a_dict.
    """

    x: Features
    learnable: bool
    scorable: bool
    reasons: tuple[str, ...]


class GuardedClassifier(GuardedLane, Part, base.Wrapper[base.Classifier], base.Classifier):
    r"""A classifier that bad events cannot poison.

    | value | done |
    |---|---|
    | absent or None | default where there is one; missing where nullable; else missing, **not learned** |
    | NaN | missing where nullable; else missing, **not learned** |
    | ±inf, beyond ±10^15, an integer a float cannot hold | missing, **not learned** |
    | below `min`, above `max` | the bound, **not learned** |
    | another type | converted where `coerce` says so and it can be; else missing, **not learned** |
    | a field the schema does not know | left out |
    | more than `max_features`, or no dict | neither scored (the prior is all that is said) nor learned |

    After an event that was not learned every later probability is, bit for bit, what it would have been without
    it. Without a schema one is learned from the first `warm_up` events admitted with nothing against them (by
    `learn_one`, or by `admit_one` when they come, where an engine learns them later): a field that was always there
    is required, one that was missing is nullable. Until then a value's type is that of the first one admitted, and
    from `max_features` field names on a new one is a field not known.

    **Cost**: one look at each value (about 5 ns) where nothing is wrong, .2 µs a value where something is.

    Parameters
    ----------
    classifier
        Any River classifier; used as it is, not copied.
    schema
        What each field has to be; None learns it.
    warm_up
        Events admitted from which a schema is learned, > 0.
    max_features
        Most fields an event may have, and a schema that is learned, > 0.
    max_text
        Most characters a string may have, > 0.

    Raises
    ------
    ValueError
        For a parameter out of range; for what is no classifier or schema.

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
            refuse_stranger("schema", schema, Schema, "Schema({name: Field(...), ...}), or None to learn it")
        self.classifier: Any = classifier  # what it can do beside is found out here, once
        self.schema = schema
        self.warm_up = count("warm_up", warm_up, "events")
        self.max_features = count("max_features", max_features, "fields")
        self.max_text = count("max_text", max_text, "characters")
        self._scores = isinstance(classifier, Scorer)
        self._forwards = tuple(sorted(declared_keywords(classifier)))
        self._asks = tuple(sorted(declared_keywords(classifier, "predict_proba_one")))
        self._learned: Schema | None = None
        self._kinds: dict[Any, Kind] = {}  # during the warm-up: the type of each field,
        self._met: dict[Any, int] = {}  # and in how many events it was there
        self._events = 0
        self._counts: dict[str, int] = {}
        self._gate: Gate | None = None
        self._connect()

    def _connect(self) -> None:
        """Sets up the gate once there is a schema, and the direct lane where the classifier is one of ours."""
        schema = self.schema_in_force
        if schema is not None:
            self._gate = gate_of(schema, self.max_text)
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
        return int(self.classifier._raw_memory_usage) + 4096 + 256 * len(self._kinds)

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, by the classifier inside; 1 where it does not sample."""
        return float(self.classifier.kept_share) if self._scores else 1.0

    @property
    def schema_in_force(self) -> Schema | None:
        """The schema given, or the one learned; None during the warm-up."""
        return self.schema if self.schema is not None else self._learned

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
        if not isinstance(x, dict):
            return Checked({}, False, False, ("not_a_dict",))
        if len(x) > self.max_features:
            return Checked({}, False, False, ("too_many_features",))
        schema = self.schema_in_force
        fields = {k: NEW[kind] for k, kind in self._kinds.items()} if schema is None else schema.fields
        cleaning = Cleaning(self.max_text)
        room = self.max_features - len(fields) if schema is None else 0
        for name, raw in x.items():
            field = fields.get(name)
            if field is not None:
                cleaning.take(name, field, raw)
            elif room > 0:
                cleaning.meet(name, raw)
                room -= name in cleaning.x
            else:
                cleaning.unknown()
        for name, field in fields.items():
            if name not in x:
                cleaning.take(name, field, None)
        return Checked(cleaning.x, cleaning.learnable, True, tuple(cleaning.reasons))

    def admit_one(self, x: Features) -> Checked:
        """`check_one` of an event on its way in: counts its reasons, and learns the schema from it."""
        checked = self.check_one(x)
        for reason in checked.reasons:
            self._counts[reason] = self._counts.get(reason, 0) + 1
        if self._gate is None and checked.learnable:
            self._warm(checked.x)
        return checked

    def _warm(self, x: Features) -> None:
        for name, value in x.items():
            self._kinds.setdefault(name, kind_of(value))
            self._met[name] = self._met.get(name, 0) + 1
        self._events += 1
        if self._events >= self.warm_up:
            always = {name for name, met in self._met.items() if met == self._events}
            self._learned = Schema(
                {k: Field(kind, nullable=k not in always) for k, kind in self._kinds.items()}
            )
            self._kinds, self._met = {}, {}
            self._connect()

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
        state = {name: value for name, value in self.own_state().items() if name != "_gate"}
        return {**state, "_left": self.left}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update({name: value for name, value in state.items() if name != "_left"})
        self._gate = None
        if state["_left"]:
            self.leave()
        self._connect()


def gate_of(schema: Schema, max_text: int) -> Gate:
    """The quick look that a schema comes to."""
    return Gate(
        [
            (name, KINDS[field.type], field.low, field.high, not field.nullable)
            for name, field in schema.fields.items()
        ],
        max_text,
    )
