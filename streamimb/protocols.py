"""The protocols of parts: what a sampler, learner, correction, calibrator or metric must do.

A sampling policy is a rate: the expected number of copies of an event of class y at x that the learner gets. A
sampler returns the rates of all classes (`Sampler.rates_one`), and one correction removes their shift from the
probabilities.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal, NamedTuple, Protocol, runtime_checkable

import msgspec
from msgspec import Meta

Features = dict[Any, Any]
Label = bool | str | int  # what a state can hold; 1 and 0 are True and False, 2.0 is 2
Proba = Mapping[Any, float]
Probability = Annotated[float, Meta(ge=0.0, le=1.0)]  # checked where it is decoded


class Scores(msgspec.Struct, frozen=True, gc=False):
    """P(y = True) of one event at three stages: raw (sampled, without correction), corrected, and calibrated.

    All three are NaN where the classifier names other classes than True and False, and True is not among them, such as
    "a", "b" and "c": `predict_proba_one` has the probability of each class. An engine without classes by name serves
    P(True), and rejects such an event as poison.
    """

    raw: float
    corrected: float
    calibrated: float


class Checked(NamedTuple):
    """An event after the guard: cleaned, whether it may be learned, whether it may be scored, and the reasons.

    A reason is `code:field` with a field of the schema, or `code` alone. The codes missing, nan, inf, too_large, type,
    too_long, bounded, coerced and imputed name what is wrong with a value, or how it was repaired; unknown_field: a
    field is not in the schema; too_many_features and not_a_dict: the event is neither scored nor learned. Under an
    inferred schema inf, too_large, type and too_long are each followed by `left_out:field`: the event is learned as if
    the field were missing in it.
    """

    x: Features
    learnable: bool
    scorable: bool
    reasons: tuple[str, ...]


class ByClass(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was served of classes by name: raw, corrected and calibrated P of each; the decision, argmax P / prior."""

    decision: str
    p: dict[str, tuple[Probability, Probability, Probability]]


class Served(msgspec.Struct, frozen=True, gc=False):
    """An event as a guarded classifier has served it: the fields of `Checked`, P(y = True), and the memo.

    Where `by_class` is set, the probabilities are those of its decision. Those of an event not to be scored are 0.
    """

    x: Features
    learnable: bool
    scorable: bool
    reasons: tuple[str, ...]
    raw: float
    corrected: float
    calibrated: float
    memo: tuple[float, ...]
    by_class: ByClass | None = None


class LearningError(Exception):
    """A classifier raised while it learned an event that was served; `__cause__` is its exception."""

    def __init__(self, served: Served) -> None:
        super().__init__("the classifier raised while it learned; what it raised is the cause of this")
        self.served = served


class Reading(msgspec.Struct, frozen=True):
    """One number to export, or several under one name that differ in their label values.

    `name` is in lower case with underscores and ends in its unit where it has one; an exporter adds its own
    prefix and suffix. `value` is a number, nan where there is none yet; with one label, a mapping from the
    values of the label to numbers; with more, such mappings nested in the order of `labels`. For a number with its
    95 % interval the last label is "bound", with the values "value", "low" and "high". A label has at most 200 values,
    and no feature value among them.
    """

    name: str
    help: str  # one sentence
    value: float | Mapping[str, Any]
    kind: Literal["gauge", "counter"] = "gauge"
    labels: tuple[str, ...] = ()
    title: str = ""  # in the live table, which shows only readings with a title
    unit: Literal["", "share", "s"] = ""  # a share is shown in percent


Memo = tuple[float, ...]  # finite floats that parts get back when an event is learned


@runtime_checkable
class Sampler(Protocol):
    """Decides how much of an event the learner gets.
    A sampler that weighs events as a filter upstream has thinned them, with one rate for all classes and without draws,
    has `reweighs = True`: the class prior and the anchor then count an event with that weight too."""

    depends_on_x: bool  # whether rates depend on the features or on p
    draws: bool  # True: the wrapper draws copies at the rate; False: it learns one example of that weight

    def rates_one(self, x: Features, p: Proba, prior: Proba) -> Proba:
        """Return the rate of each class of p: pure, finite, > 0. Rates of other classes are ignored. p: the learner's
        probabilities before the draw; prior: the present prior of the same classes. Each sums to 1."""

    def learn_one(self, x: Features, y: Label, p: Proba, rates: Proba, prior: Proba, w: float = 1.0) -> None:
        """Learn from a labelled event, drawn or not, after its rates were used."""


@runtime_checkable
class Synthesizer(Protocol):
    """Makes the examples learned in place of further copies of an event: neighbours, or earlier hard events."""

    def learn_one(self, x: Features, y: Label) -> None:
        """Learn from a labelled event, after examples were made from it; keep a copy of x, never x itself."""

    def examples_one(
        self, x: Features, y: Label, copies: int, score: Callable[[Features], Proba]
    ) -> Iterable[tuple[Features, float]]:
        """Return examples of class y, with weights above 0 that sum to `copies`. `score(x)` returns the corrected
        probability of each class at x."""


@runtime_checkable
class OffsetLearner(Protocol):
    """A learner that adds its log-odds to an offset.

    Each method gets the keywords of a call that it declares; a keyword that no method gets is refused. A learner that
    needs floats back with the label has a `memo_size` > 0 and a method `memo_one(x, offset)` that returns that many;
    `observe_one` then gets them as `memo` (None: the learner computes them from x)."""

    def predict_offset_one(self, x: Features, offset: float) -> float:
        """Return P(True) = sigmoid(g(x) + offset); pure."""

    def observe_one(self, x: Features, y: bool, offset: float, w: float = 1.0) -> None:
        """Learn from every labelled event, drawn or not: moments, mixtures."""

    def step_one(self, x: Features, y: bool, offset: float, w: float = 1.0) -> None:
        """Take a step of weight w on g + offset, for an event that was drawn."""


@runtime_checkable
class ClassOffsetLearner(Protocol):
    """A learner of any number of classes that adds its log-odds of each class to an offset.

    `offsets` maps each class of the stream so far to a finite number. A class that the learner has not met has
    g_k(x) = 0; classes that it has met and `offsets` lacks are left out."""

    def predict_offsets_one(self, x: Features, offsets: Proba) -> Proba:
        """Return P of each class of `offsets`, proportional to exp(g_k(x) + offsets[k]); pure."""

    def observe_one(self, x: Features, y: Label, offsets: Proba, w: float = 1.0) -> None:
        """Learn from every labelled event, drawn or not; y is one of the classes of `offsets`."""

    def step_one(self, x: Features, y: Label, offsets: Proba, w: float = 1.0) -> None:
        """Take a step of weight w on g_k + offsets[k], for an event that was drawn."""


@runtime_checkable
class LinearHead(ClassOffsetLearner, Protocol):
    """A `ClassOffsetLearner` and classifier whose log-odds of a class are a sum over features."""

    def predict_proba_one(self, x: Features) -> dict[Any, float]:
        """Return the probability of each class; pure."""

    def learn_one(self, x: Features, y: Label, w: float = 1.0) -> None:
        """Learn from an event of weight w."""

    def parts_one(self, x: Features, label: Label) -> Iterable[tuple[Any, float]]:
        """Return (name of the feature, what it adds to the log-odds of the class); None names the intercept; pure."""

    def norms(self) -> dict[Any, float]:
        """Return the Euclidean norm of the weights of each class, without the intercept; pure."""


@runtime_checkable
class Loss(Protocol):
    """What a learner compares its scores with the label by; of any number of classes, by label.

    The learner keeps the log-odds of probabilities, and moves them by minus the gradient at the score that they have.
    So the gradient has to be 0 on average at the score of the true probabilities; where it is not, the loss says that
    it needs a calibrator. `counts` has the count of the labels of each class, at least 1; it halves in `half_life`
    labels where the loss has that attribute. The methods are pure, and are called for each learning rate of a step."""

    @property
    def needs_calibrator(self) -> bool:
        """Whether only a calibrator turns what is learned into probabilities."""

    def scores_one(self, p: Proba, counts: Proba) -> Proba:
        """Return the score of each class of p: a finite number."""

    def gradient_one(self, scores: Proba, y: Label, counts: Proba) -> Proba:
        """Return the derivative of the loss at label y by the score of each class."""


@runtime_checkable
class Anchor(Protocol):
    """The log-odds to which those of the learner are added: a frozen prior, or a model trained elsewhere."""

    def logit_one(self, x: Features) -> float:
        """Return the log-odds of True; pure, finite."""

    def learn_one(self, x: Features, y: bool, p: float, w: float = 1.0) -> None:
        """Learn from a labelled event; p is the corrected P(True) before learning."""


@runtime_checkable
class Route(Protocol):
    """A correction: turns the probabilities of a sampled classifier into those of the unsampled stream.

    It may declare what it needs of the sampler, and is then refused beside another one. `draws`: whether the sampler
    draws copies. `same_rate_for_all_x = True`: it is exact only where `depends_on_x` of the sampler is False.
    `gives_weights = True`: its weights undo the rates, so the sampler draws and the learner honours `w`."""

    needs_rates: bool  # whether correct_one uses the rates

    def correct_one(self, p: Proba, rates: Proba, prior: Proba) -> Proba:
        """Return probabilities of the classes of p on the unsampled stream; pure."""

    def give_one(self, y: Label, rate: float, w: float, copies: float) -> float:
        """Note that the learner gets copies of an event of weight w; return the weight of each copy."""


@runtime_checkable
class Scorer(Protocol):
    """The methods that our classifiers add to those of River's Classifier."""

    def scores_one(self, x: Features) -> tuple[Scores, Memo]:
        """Return P(True) at each stage, and the memo to pass back with the label."""

    def score_learn_one(self, x: Features, y: bool) -> Scores:
        """Return the scores, then learn; the event is read once."""

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, decayed; 1 where nothing is sampled."""


@runtime_checkable
class Calibrator(Protocol):
    """Maps a score to the probability that it means.

    A calibrator that needs floats back with the label has a `memo_size` > 0 and a method `memo_one(p)` that returns
    that many; `learn_one` then gets them as a fourth argument `memo` (None: the calibrator computes them
    from p). A calibrator whose
    answer depends on the features declares `needs_x = True`; `calibrate_one` and `learn_one` then get the features of
    the event as the keyword `x`, and work without it too."""

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        """Learn the label y of an event whose score is p."""

    def calibrate_one(self, p: float) -> float:
        """Return the probability that a score means, in [0, 1]; pure."""


@runtime_checkable
class DecisionRule(Protocol):
    """Decides which events are acted on: those whose calibrated P(True) is at or above a threshold.

    It may tell by `fields_read` the names of the fields of x that it reads.
    """

    def threshold_one(self, x: Features, t: float) -> float:
        """Return the threshold for an event of time t, in seconds; above 1: it is not acted on; pure."""

    def observe_one(self, p: float, x: Features, t: float) -> None:
        """Count an event that was scored p, after its threshold was used."""

    def readings(self) -> Iterable[Reading]:
        """Return the numbers to export; pure. Their names never change."""


@runtime_checkable
class ClassCalibrator(Protocol):
    """Maps the probabilities of all classes of an event to the probabilities that they mean, together."""

    joint: bool  # True; it tells this kind from a `Calibrator`, whose methods have the same names

    def learn_one(self, p: Proba, y: Label, w: float = 1.0) -> None:
        """Learn the label y of an event with these probabilities; p may lack y, and any class may be new."""

    def calibrate_one(self, p: Proba) -> Proba:
        """Return the probability of each class of p; pure. They sum to 1."""


class Readable(Protocol):
    """An object with numbers to export: a metric, an engine, the status of a runner."""

    def readings(self) -> Iterable[Reading]:
        """Return the numbers to export; pure. Their names never change."""


@runtime_checkable
class Metric(Protocol):
    """Compares what was served with the labels, like a metric of River.

    With `requires_labels = True`, as River has it, `y_pred` is a label. With `requires_x = True` `update` needs the
    features as a fourth argument, `x`; `fields_read`, where it has that, names those that it reads (None: any).
    With `multiclass = True` an engine over classes by name gives it the name of the class, and the probability of each
    name. Where it has `serve(p)` and the classes are True and False, an engine calls it with each P(True) that it
    serves, before the label.
    """

    def update(self, y_true: bool, y_pred: float | Proba, w: float = 1.0) -> None:
        """Add one event: its class, and P(True) or the probabilities of both classes; weight 0 changes nothing."""

    def get(self) -> Any:
        """Return a number, or several; nan where it is not known yet; pure."""

    def merge(self, other: Any) -> None:
        """Add a metric of the same class and parameters, as if its events had come after these."""

    def readings(self) -> Iterable[Reading]:
        """Return the numbers to export; pure. Their names never change."""


@runtime_checkable
class ProbabilityMetric(Metric, Protocol):
    """A metric with `update_p`, a faster method that the engine calls instead of `update`."""

    def update_p(self, y: bool, p: float, w: float = 1.0) -> None:
        """`update` without checks: p is in [0, 1], w > 0 and finite."""


class Statistic(Protocol):
    """A summary of a stream. Where it has `merge(other)`, the result is that of both streams, one after the other."""

    def update(self, value: Any, w: float = 1.0) -> None: ...

    def get(self) -> Any:
        """Return the summary; pure."""
