"""What a part must do to be a part: the whole idea in protocols.

A policy is a rate: how much of an event of class y at x the learner is given. Everything that tilts
what is learned says so through `Sampler.rates_one`, and a correction takes the tilt out once.
Knows no implementation.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
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


@runtime_checkable
class Sampler(Protocol):
    """How much of an event the learner gets."""

    depends_on_x: bool  # through the features or the pilot
    draws: bool  # True: a rate is drawn as copies; False: it is one example of that weight

    def rates_one(self, x: Features, p: Proba) -> Proba:
        """Rates of all classes of p, pure, finite, > 0; p are the pilot's probabilities."""

    def learn_one(self, x: Features, y: Label, p: Proba, rates: Proba, w: float = 1.0) -> None:
        """Called with every labelled event, kept or not, after its rates were used."""


@runtime_checkable
class OffsetLearner(Protocol):
    """A learner whose log-odds are anchored from outside."""

    def predict_offset_one(self, x: Features, offset: float) -> float:
        """P(True) = sigmoid(g(x) + offset); pure."""

    def learn_offset_one(
        self, x: Features, y: bool, offset: float, shift: float, w: float = 1.0, copies: float = 1.0
    ) -> float:
        """The score before learning; learns what every event may teach, of an event of weight w, and
        takes a step of weight w x copies on g + offset + shift (none where copies is 0)."""


@runtime_checkable
class Scorer(Protocol):
    """What our wrappers are beside River's Classifier, so that nesting costs one walk, not four."""

    def scores_one(self, x: Features) -> Scores: ...

    def learn_scored_one(self, x: Features, y: bool, w: float = 1.0) -> float:
        """Learns; gives the P(True) of now that it would have said before (not the one that was served)."""

    def score_learn_one(self, x: Features, y: bool) -> Scores:
        """`scores_one`, then learning, of the same event: one walk where that is cheaper."""

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, decayed; 1 where nothing is sampled."""


@runtime_checkable
class Calibrator(Protocol):
    """What a score means."""

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None: ...

    def calibrate_one(self, p: float) -> float:
        """Pure; in [0, 1]; the identity before anything was learned."""


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
