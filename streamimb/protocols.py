"""What a part must do: the protocols of samplers, learners, corrections, calibrators, sources, sinks and stores.

A policy is a rate: how much of an event of class y at x the learner is given. A sampler returns the rates of all
classes (`Sampler.rates_one`), and one correction removes their shift from the probabilities.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

import msgspec

Features = dict[Any, Any]
Label = bool | str | int
Proba = Mapping[Any, float]


class Scores(msgspec.Struct, frozen=True, gc=False):
    """P(y = True) of one event: as an uncorrected sampler would say, corrected, calibrated."""

    raw: float
    corrected: float
    calibrated: float


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


class Served(msgspec.Struct, frozen=True, gc=False):
    """An event as a guarded classifier has served it: what `Checked` says, P(y = True), and the memo for its label.

    The probabilities of an event that must not be scored are 0.
    """

    x: Features
    learnable: bool
    scorable: bool
    reasons: tuple[str, ...]
    raw: float
    corrected: float
    calibrated: float
    memo: tuple[float, ...]


class LearningError(Exception):
    """A classifier has raised while it learned an event that had been served; its cause is what was raised."""

    def __init__(self, served: Served) -> None:
        super().__init__("the classifier raised while it learned; what it raised is the cause of this")
        self.served = served


class Reading(msgspec.Struct, frozen=True):
    """One number to export, or several that differ in their labels: how exporters, tables and JSON get it.

    `name` is in lower case with underscores and ends in its unit where it has one; an exporter adds its own
    prefix and suffix. `value` is a number, nan where there is none yet; with one label, a mapping from the
    values of the label to numbers; with more, such mappings nested in the order of `labels`. A number with its
    95 % interval has the label "bound" last, of the values "value", "low" and "high". A label is never a value
    of a feature, and has 200 values at most.
    """

    name: str
    help: str  # one sentence
    value: float | Mapping[str, Any]
    kind: Literal["gauge", "counter"] = "gauge"
    labels: tuple[str, ...] = ()
    title: str = ""  # in the live table; without one it is not shown there
    unit: Literal["", "share", "s"] = ""  # a share is shown in percent


class Record(msgspec.Struct, frozen=True, gc=False):
    """One message as a source hands it over; `t` is the record time in seconds."""

    partition: int
    offset: int
    t: float
    key: bytes | None
    value: bytes | None


Memo = tuple[float, ...]  # what parts want back when an event is learned


@runtime_checkable
class Sampler(Protocol):
    """How much of an event the learner gets."""

    depends_on_x: bool  # through the features or the pilot
    draws: bool  # True: a rate is drawn as copies; False: it is one example of that weight

    def rates_one(self, x: Features, p: Proba, prior: Proba) -> Proba:
        """Return the rate of each class of p: pure, finite, > 0.

        p are the probabilities at which rates are asked for, prior the class prior of now over the same classes; each
        sums to 1."""

    def learn_one(self, x: Features, y: Label, p: Proba, rates: Proba, prior: Proba, w: float = 1.0) -> None:
        """Learn from a labelled event, kept or not, after its rates were used."""


@runtime_checkable
class Synthesizer(Protocol):
    """What is learned in place of further copies of an event: synthetic neighbours, hard events again."""

    def learn_one(self, x: Features, y: Label) -> None:
        """Learn from a labelled event, after examples were made of it; x is not kept, a copy may be."""

    def examples_one(
        self, x: Features, y: Label, copies: int, score: Callable[[Features], float]
    ) -> Iterable[tuple[Features, float]]:
        """Return examples of class y with weights above 0 that sum to `copies`; score(x) is the corrected P(True)."""


@runtime_checkable
class OffsetLearner(Protocol):
    """A learner whose log-odds are anchored from outside.

    One that wants floats back with the label has a `memo_size` > 0 and a method `memo_one(x, offset)` that returns that
    many; `observe_one` then takes them as `memo` (None: compute them from x now)."""

    def predict_offset_one(self, x: Features, offset: float) -> float:
        """Return P(True) = sigmoid(g(x) + offset); pure."""

    def observe_one(self, x: Features, y: bool, offset: float, w: float = 1.0) -> None:
        """Learn what every labelled event teaches: moments, mixtures."""

    def step_one(self, x: Features, y: bool, offset: float, w: float = 1.0) -> None:
        """Take a step of weight w on g + offset, of an event that is drawn, replayed or synthesised."""


@runtime_checkable
class Anchor(Protocol):
    """The log-odds to which a correction adds: a prior that stands still, a model that was trained elsewhere."""

    def logit_one(self, x: Features) -> float:
        """Return the log-odds of True; pure, finite."""

    def learn_one(self, x: Features, y: bool, p: float, w: float = 1.0) -> None:
        """Learn from a labelled event; p is the corrected P(True) before learning."""


@runtime_checkable
class Route(Protocol):
    """How the probabilities of a classifier that was sampled become those of the unsampled stream."""

    needs_rates: bool  # whether correct_one uses the rates

    def correct_one(self, p: Proba, rates: Proba, prior: Proba) -> Proba:
        """Return probabilities of the classes of p on the unsampled stream; pure."""

    def give_one(self, y: Label, rate: float, w: float, copies: float) -> float:
        """Take note that the learner is given copies of an event of weight w; return the weight of each."""


@runtime_checkable
class Scorer(Protocol):
    """What our classifiers are beside River's Classifier."""

    def scores_one(self, x: Features) -> tuple[Scores, Memo]:
        """Return P(True) at each stage, and what the parts want back with the label."""

    def score_learn_one(self, x: Features, y: bool) -> Scores:
        """Return the scores, then learn: the event is read once."""

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, decayed; 1 where nothing is sampled."""


@runtime_checkable
class Calibrator(Protocol):
    """What a score means.

    One that wants floats back with the label has a `memo_size` > 0 and a method `memo_one(p)` that returns that many;
    `learn_one` then takes them as a fourth argument `memo` (None: compute them now)."""

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        """Learn that an event scored p turned out to be y."""

    def calibrate_one(self, p: float) -> float:
        """Return the probability that a score means, in [0, 1]; pure."""


class Readable(Protocol):
    """What has something to export: a metric, an engine, the status of a runner."""

    def readings(self) -> Iterable[Reading]:
        """What is exported of it; pure, and of the same names whatever was seen."""


@runtime_checkable
class Metric(Protocol):
    """What was served against what came of it, like a metric of River's."""

    def update(self, y_true: bool, y_pred: float | Proba, w: float = 1.0) -> None:
        """One event: its class, and P(True) or the probabilities of both classes; of weight 0: none."""

    def get(self) -> Any:
        """A number, or several; nan where nothing can be said yet; pure."""

    def merge(self, other: Any) -> None:
        """As if the events of the other, of the same class and parameters, had come after these."""

    def readings(self) -> Iterable[Reading]:
        """What is exported of it; pure, and of the same names whatever was seen."""


@runtime_checkable
class ProbabilityMetric(Metric, Protocol):
    """A metric with a faster way in, which the engine takes where there is one."""

    def update_p(self, y: bool, p: float, w: float = 1.0) -> None:
        """`update` of arguments that are known to be good: p in [0, 1], w > 0 and finite."""


class Statistic(Protocol):
    """What is remembered. Where the maths has one, `merge(other)` = having seen both streams."""

    def update(self, value: Any, w: float = 1.0) -> None: ...

    def get(self) -> Any:
        """Pure."""


class Source(Protocol):
    """Records of one input, in order within each partition; the runner merges partitions by time."""

    name: str

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Mapping[int, int]:
        """Starts each partition at its next offset; a partition without one starts as configured.

        Returns the partitions that start elsewhere than at the given offset, or than at their beginning
        where none was given; the runner saves these before it reads, so that a restart starts there too.
        `identity` is what `identity` returned for these positions, b"" where nothing was saved. Where the
        name now stands for something else, the source starts over at its beginning or raises `ValueError`."""

    def identity(self, positions: Mapping[int, int]) -> bytes:
        """What these positions belong to: a fingerprint of a file, the id of a topic. The state store saves it
        with them. b"" where the source cannot tell; an identity saved before stays then."""

    def committed_outside(self) -> Mapping[int, int]:
        """The positions that `commit` left outside, from any process; {} where the outside keeps none.
        Raises `Unavailable` while the outside is away."""

    def poll(self, timeout_s: float) -> Sequence[Record]:
        """What is there, or nothing after timeout_s. Raises `Unavailable` while the outside is away."""

    def waiting(self) -> Sequence[int]:
        """Partitions that may still bring records; a partition read to its closed end is not named."""

    def behind(self) -> Sequence[int]:
        """Those of `waiting` that have records now which poll has not brought, as far as the last poll could tell.
        In `run` such a partition holds the others until it brings them. What cannot be read yet does not count."""

    def hold(self, partitions: Collection[int]) -> None:
        """Until the next call, poll brings nothing of these partitions: the runner has enough of them."""

    def fileno(self) -> int | None:
        """A descriptor that is readable when poll may bring something, and not for ever after a poll; or None:
        then the runner polls every `poll_s`."""

    def commit(self, positions: Mapping[int, int]) -> None:
        """Tells the outside how far the state store has come (for lag tools); never needed for truth."""

    def close(self) -> None: ...


class Sink(Protocol):
    """Where one kind of output goes."""

    def send(self, key: bytes, value: bytes) -> None: ...

    def flush(self) -> None:
        """Returns when everything sent is safe; raises `Unavailable` where it is not."""

    def close(self) -> None: ...


class Unavailable(Exception):
    """The outside is away for now; the runner waits, says so, and comes back."""


class Saved(NamedTuple):
    """What a state store holds after a commit."""

    snapshot: bytes
    positions: dict[str, dict[int, int]]  # by source name and partition
    rows: dict[str, bytes]  # by key
    identities: dict[str, bytes]  # what the positions belong to, by source name (`Source.identity`)


class StateStore(Protocol):
    """One durable place where changes, positions and the snapshot become true together."""

    def load(self) -> Saved | None:
        """What the last commit left, or None before any commit."""

    def commit(
        self,
        snapshot: bytes,
        positions: Mapping[str, Mapping[int, int]],
        changes: Mapping[str, bytes | None],
        identities: Mapping[str, bytes] = {},
    ) -> None:
        """One transaction; a row of None is deleted; positions and identities not named stay."""

    def close(self) -> None: ...


class Exporter(Protocol):
    """Shows the readings of an engine and its runner to the outside; made by an entry point.

    The entry point, of the group `streamimb.exporters`, is a function of the options of its table
    `[exporter.<name>]`, the engine, the runner's status and the degraded reasons, all of which have
    `readings()`, and of a function that gives the figures of `--json`. It raises ValueError for wrong options.
    """

    @property
    def address(self) -> str:
        """Where it is listening, or where it sends to."""

    def start(self) -> None:
        """Begins to answer, or to send."""

    def tick(self) -> None:
        """Called each time the runner's loop has turned; returns at once."""

    def close(self) -> None:
        """Ends; twice is fine."""
