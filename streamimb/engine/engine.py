"""The engine: guards, scores and remembers events, joins labels, learns and measures. It does no I/O.

It reads no clock: `event_clock` derives the time from the recent events.
"""

from collections.abc import Callable, Iterator, Mapping
from math import inf, isfinite
from typing import Any

from river import base

from streamimb.compose import GuardedClassifier
from streamimb.drift.protocol import DriftDetector
from streamimb.engine.deciding import Deciding
from streamimb.engine.degraded import EVERY
from streamimb.engine.errors import named
from streamimb.engine.event_clock import EventClock
from streamimb.engine.ids import bad_id
from streamimb.engine.label_policy import LabelPolicy
from streamimb.engine.learning import Learning
from streamimb.engine.lifecycle import Lifecycle
from streamimb.engine.measures import measuring
from streamimb.engine.other_metrics import OtherMetrics
from streamimb.engine.parameters import parameters
from streamimb.engine.readings import held, readings
from streamimb.engine.restoring import restored
from streamimb.engine.roles import roles_of, watched_of
from streamimb.engine.rows import REFUSED, Held, Pending
from streamimb.engine.serving import answering, guarded_of, is_label, served_after, serving
from streamimb.engine.settings import Settings
from streamimb.engine.snapshot import dumps
from streamimb.engine.state import fit, parts_of, parts_state, schema_digest, state_of
from streamimb.engine.watching import Watching
from streamimb.events import AlarmRecord, AnyScore, Event, Label, Rejection, Score
from streamimb.exportable import refuse_repeated
from streamimb.parameters import finite
from streamimb.protocols import Metric, Reading

LOOK = EVERY - 1
MOST_OF_REASON = 256  # bytes


class Engine:
    """Scores events, joins their labels whenever they come, learns, and measures what was served.

    The same records in the same order give the same state, to the last bit, wherever it was saved and restored
    in between. A bad record never raises: it is rejected with a reason, counted, never learned.

    Cost: about 1.5 µs per labelled event beside the guard and the model.

    Parameters
    ----------
    model
        Any River classifier; one that is not a `GuardedClassifier` is put into one.
    labels
        `BothReported(ttl_s)` or `PositivesReported(window_s)`.
    settings
        Limits and tolerances, see `Settings`.
    metrics
        Metrics of your own by name, fed with the calibrated probabilities; see `OtherMetrics`.
    detectors
        Drift detectors by name, fed with what was served; see `Detecting`. `take_alarms` returns what they found.
    classes
        Names of the classes, 2 to 100, where labels are not True and False: the classifier learns labels by name, and
        scores have the probability of each class (`events.ClassScore`).
    deciding
        A decision rule: scores then say whether the event is acted on (`events.DecidedScore`). Not beside `classes`.
    roles
        Fields that are no features, by name: for metrics and the rule, see `Roles`; to weigh labels, see `Propensity`.
    allow_pickle
        Whether snapshots may hold pickled foreign models. Load only what your own store wrote.

    Examples
    --------
    >>> from river import linear_model
    >>> from streamimb.engine import BothReported, Engine
    >>> from streamimb.events import Event, Label
    >>> engine = Engine(linear_model.LogisticRegression(), BothReported())
    >>> engine.on_event(Event("a", 1.0, {"amount": 9.5})).p
    0.5
    >>> engine.on_label(Label("a", 2.0, True))
    >>> engine.counters["joined"], engine.on_event(Event("b", 3.0, {"amount": 9.5})).p > 0.5
    (1, True)
    """

    __slots__ = (
        "_add_time", "_allow_pickle", "_answer", "_at_label", "_classes", "_clock", "_cold", "_cold_reason",
        "_decide", "_deciding", "_labels", "_learned", "_learning", "_life", "_max_id", "_measure", "_measure_more",
        "_model", "_move_time", "_roles", "_serve", "_serve_again", "_serve_learn", "_settings", "_skew_s",
        "_watch_event", "_watching", "built",
    )  # fmt: skip

    def __init__(
        self, model: base.Classifier, labels: LabelPolicy, settings: Settings | None = None, *,
        metrics: Mapping[str, Metric] | None = None, detectors: Mapping[str, DriftDetector] | None = None,
        classes: tuple[str, ...] = (), deciding: Deciding | None = None,
        roles: Mapping[str, str] | None = None, allow_pickle: bool = False,
    ) -> None:  # fmt: skip
        self._labels, self._settings = labels, Settings() if settings is None else settings
        guarded = guarded_of(model, labels, classes, deciding)
        self._allow_pickle, self._deciding = allow_pickle, deciding
        self._roles = roles_of(roles, guarded, metrics or {}, deciding and deciding.rule)
        self._life = Lifecycle(labels, self._settings, classes, self._roles)
        self._at_label = labels.learns_at_label and not self._life.propensity.name
        self._watching = Watching(self._life, detectors or {})
        self._learning = Learning(guarded, self._life.counts, self._watching.of.breaker, self._bind_learning)
        self._watching.follow(OtherMetrics(metrics or {}, classes, decides=deciding is not None))
        self._clock = EventClock(self._life, self._settings)
        self._skew_s, self._max_id = self._settings.skew_s, self._settings.max_id_bytes
        self._bind(guarded)
        self.built = parameters(self._model)  # as given: a model may change them while it learns
        refuse_repeated(self.readings())

    def _bind(self, model: GuardedClassifier) -> None:
        """Bind once the methods of model, metrics and clock that every event calls."""
        self._add_time, self._move_time = self._clock.add, self._clock.move
        self._model = model
        self._classes = frozenset(self._life.measures.classes)
        self._life.watch.limit(watched_of(model, self._roles))
        self._watching.bind(model, self._deciding and self._deciding.rule, self._roles)
        self._watch_event = self._life.watch.event
        life = self._life
        self._decide, self._answer = answering(life.measures, self._deciding, model, life.counts, life.watch)
        self._bind_learning()

    def _bind_learning(self) -> None:
        """Bind once what depends on whether the model is cold, and whether learning is paused."""
        life, learning, paused = self._life, self._learning, self._learning.breaker.is_open
        self._serve, self._serve_learn, self._serve_again = serving(self._model, life.measures, paused)
        self._learned = learning.passed if paused else learning.learned
        life.teach = learning.pass_over if paused else learning.teach
        self._cold = life.counts.cold
        self._cold_reason: tuple[str, ...] = ("cold",) if self._cold else ()
        served = life.measures.served
        self._measure: Callable[..., None] = served.leave_out if self._cold else served.add
        self._measure_more = measuring(life.measures, cold=self._cold)
        life.watch.warm = not self._cold

    @property
    def model(self) -> GuardedClassifier:
        """The guarded classifier."""
        return self._model

    @property
    def metrics(self) -> Any:
        """The metrics of what was served, and label delays: `Measures`, of classes by name `ClassMeasures`."""
        return self._life.measures

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; () where they are True and False."""
        return self._life.measures.classes

    @property
    def deciding(self) -> Deciding | None:
        """The decision rule and how its actions are explained; None where there is none."""
        return self._deciding

    @property
    def watching(self) -> Watching:
        """The drift detectors and the alarms."""
        return self._watching

    def take_alarms(self) -> list[AlarmRecord]:
        """Return the alarms since the last call; a snapshot does not have those that were not taken."""
        return self._watching.of.alarms.take()

    @property
    def model_version(self) -> int:
        """Labelled events learned from."""
        return self._life.counts.learned

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, decayed; taken from the model at every 16th label."""
        return self._learning.kept_share

    @property
    def last_error(self) -> str:
        """The last exception of the model, for the log: its class, and its message only where streamimb wrote it."""
        return self._learning.last_error

    @property
    def degraded(self) -> dict[str, str]:
        """The reasons that make the probabilities doubtful now: reason code to a sentence with the cure.

        Computed every 128 events and labels; other threads may read it.
        """
        return self._watching.degraded.reasons | self._life.measures.others.degraded

    @property
    def time(self) -> float:
        """Engine time, on which two thirds of the recent times agree; -inf before any."""
        return self._life.t

    @property
    def counters(self) -> dict[str, Any]:
        """All counts (see `Counters`), and how many rows of each kind there are now."""
        return {**self._life.counts.plain(), **held(self._life)}

    def readings(self) -> Iterator[Reading]:
        """Return all readings: of what is counted, held, learned and measured."""
        watched = self._watching.readings(self._clock.idle_n())
        return readings(self._life, self._model.counts, self._learning.kept_share, watched, self._deciding)

    def on_event(self, event: Event) -> AnyScore | Rejection:
        """Score an event and remember it; learn and measure it at once where its own label is sufficient.

        A repeated id is scored again by the present model, and counted; its label, if it has one, is treated as a
        label record. The engine keeps the features: do not change them.
        """
        life, counts = self._life, self._life.counts
        counts.events = n = counts.events + 1
        if not n & LOOK:
            self._watching.look(self._model.counts)
        id, t = event.id, event.t
        y: Any = event.y
        plain = y is None or (type(y) is bool and not self._classes)  # the common case, without a call
        if not plain and not is_label(y, self._classes):
            counts.reject("label_value")  # whatever happens to the event
            y = None
        if (
            type(t) is not float or t - t != 0.0
            or type(id) is not str or not 0 < len(id) <= self._max_id or not id.isascii()
        ):  # fmt: skip
            reason = bad_id(id, self._max_id) or ("" if finite(t) else "time")
            if reason:
                return self._reject(reason, "", id if reason == "time" else "")
            t = float(t)
        now = self._add_time(t)
        if now != life.t:
            self._move_time(now)
        ahead, stale = 0.0, False
        if not 0.0 <= t - now <= self._skew_s:
            t, ahead, stale = self._clock.date(t)
        version, kept_share = counts.learned, self._learning.kept_share
        known = life.memory.rows.get(id)
        inline = y if known is None and self._at_label and not stale else None
        x: Any = None  # until the columns with a role are taken out
        served: Any
        again, failure = False, None
        try:
            x, beside, told = (event.x, None, ()) if self._roles is None else self._roles.split(event.x, t)
            served = self._serve(x) if inline is None else self._serve_learn(x, inline)
        except Exception as error:  # noqa: BLE001  a user's model may raise anything: tried again, then rejected
            attempts = 0 if x is None else self._settings.attempts - 1
            served, again, failure = served_after(error, self._serve_again, x, inline, attempts)
            if isinstance(served, Exception):
                self._learning.last_error = named(served)
                return self._reject("poison", "", id)
        if not served.scorable:
            reason, _, field = served.reasons[0].partition(":")
            return self._reject(reason, field, id)
        raw, corrected, p, by_class = served.raw, served.corrected, served.calibrated, served.by_class
        reasons = served.reasons + told + self._cold_reason
        counts.scored += 1
        new = known is None or type(known) is Held  # once for each id
        first = new and not stale
        acts = self._decide and self._decide(p, served.x, beside, t, new, first)
        if first:
            self._watch_event(event.x, p, served.x is not event.x)
        if inline is not None and served.learnable:
            counts.inline += 1
            more = self._measure_more
            self._measure(raw, corrected, p, inline) if more is None else more(served, inline, beside, acts)
            if again:
                life.teach(served.x, inline, served.memo)
            elif failure is None:
                self._learned(inline)
            else:
                self._learning.failed(failure)
            life.end_at_once(id, inline)
        else:
            row = Pending(
                id, 0, t, 0.0, served.x, raw, corrected, p, served.learnable, self._cold, ahead, memo=served.memo,
                by_class=by_class, beside=beside, acted=acts and acts.acted,
            )  # fmt: skip
            why = life.meet(row, known, y, stale)
            if why:
                reasons = (*reasons, why)
        score = Score(id, t, p, raw, corrected, p, version, kept_share, reasons)
        return score if self._answer is None else self._answer(score, served, acts)

    def on_label(self, label: Label) -> Rejection | None:
        """Join a label with its event, or hold it; a `Rejection` where it has no usable id, time or value.

        A label of None takes back one that was not yet learned. Every other end of a label is counted, see
        `Lifecycle` and `label_identity`.
        """
        counts, id, t, y = self._life.counts, label.id, label.t, label.y
        counts.labels = n = counts.labels + 1
        if not n & LOOK:
            self._watching.look(self._model.counts)
        reason = bad_id(id, self._max_id)
        if not reason and y is not None and not is_label(y, self._classes):
            reason = "label_value"
        elif not reason and not finite(t):
            reason = "time"
        if reason:
            counts.label_rejected += 1
            counts.reject(reason)
            return Rejection(reason)
        self._life.label(id, float(t), y, label.propensity)
        return None

    def on_time(self, t: float) -> None:
        """Add a time that is not that of an event, such as that of a label record. Such calls are input, like records.

        It counts like the time of one event; one before engine time, or more than `skew_s` ahead, is ignored.
        """
        if (type(t) is float or finite(t)) and self._life.t < t < inf:
            self._clock.add_unless_ahead(float(t))

    def pass_time(self, seconds: float) -> None:
        """Advance engine time by the seconds of a pause of all inputs; the next records set it again."""
        life = self._life
        if finite(seconds) and seconds > 0.0 and life.t > -inf and isfinite(now := life.t + float(seconds)):
            life.advance(now)

    def on_silence(self, seconds: float) -> None:
        """Raise an alarm: all inputs are at their ends and brought nothing for so long."""
        self._watching.silence(seconds)

    def on_rejection(self, rejection: Rejection) -> None:
        """Count a record that was rejected before it came here; remember its id, so that its label is recognised."""
        reason = rejection.reason
        self._life.counts.reject("unnamed" if bad_id(reason, MOST_OF_REASON) else reason)
        if not bad_id(rejection.id, self._max_id):
            self._life.refuse(rejection.id, REFUSED)

    def _reject(self, reason: str, field: str, id: str) -> Rejection:
        self._life.counts.reject(reason)
        if id:
            self._life.refuse(id, REFUSED)
        return Rejection(reason, field, id)

    def take_changes(self) -> dict[str, bytes | None]:
        """Return the rows that changed since the last call, None for a deleted one; the first call returns all rows.

        Keys: p, h or f (pending events, held labels, ended events) and the id. No change is noted before that call.
        An event that can no longer be stored, because the caller changed its features, is counted as rejected
        (`unstorable`): take the snapshot after this call.
        """
        return self._life.take_changes()

    def snapshot(self) -> bytes:
        """Return the whole state except the rows, as bytes; changes nothing.

        Raises
        ------
        SnapshotError
            The model holds foreign objects, and `allow_pickle` is not set.
        """
        life = self._life
        state = {
            "labels": type(self._labels).__name__, "schema": schema_digest(self._model), "built": self.built,
            "t": life.t, "clock": self._clock.state(), "seq": life.memory.seq, "counts": life.counts.plain(),
            "kept_share": self._learning.kept_share, "measures": life.measures,
            "metrics": parts_state("metric", life.measures.others.metrics, allow_pickle=self._allow_pickle),
            **self._watching.state(allow_pickle=self._allow_pickle),
            "decision": b"" if self._deciding is None else self._deciding.state(self._allow_pickle),
            "model": self._model,
        }  # fmt: skip
        return dumps(state, allow_pickle=self._allow_pickle)

    def restore(self, snapshot: bytes, rows: Mapping[str, bytes], *, force: bool = False) -> tuple[str, ...]:
        """Take over a saved state: the snapshot, and the rows of `take_changes` that were not deleted since.

        The model is the saved one, with its own parameters; a configured schema replaces an inferred one. Classes of
        this engine that the state does not have are added, and returned.

        Raises
        ------
        SnapshotError
            The snapshot is damaged or foreign, or was made with another schema or label regime, or with a class that
            this engine does not have: unless `force` (then schema and classes are the snapshot's).
        """
        state = state_of(snapshot, allow_pickle=self._allow_pickle)
        if not force:
            fit(state, self._model, self.built, type(self._labels).__name__, self.classes)
        life = self._life
        pickles, others, watching = self._allow_pickle, life.measures.others, self._watching
        resumed = parts_of("metric", state["metrics"], others.metrics, allow_pickle=pickles)
        found = parts_of("detector", state["drift"], watching.detecting.detectors, allow_pickle=pickles)
        saved = restored(state, rows, EventClock(life, self._settings))
        deciding = self._deciding and self._deciding.resumed(state["decision"], self._allow_pickle)
        # All of the state was checked: nothing is refused from here on.
        added = () if force else state["measures"].extend_to(self.classes)
        saved.counts.parameter_changes += len(added)
        life.memory, self._clock, life.counts, life.t = saved.memory, saved.clock, saved.counts, saved.t
        life.waiting, life.measures = saved.memory.waiting_n(), state["measures"]
        others.resume(resumed)
        watching.resume(saved.watched, state["degraded"], found)
        watching.follow(others)
        self._deciding, self.built = deciding, state["built"]
        self._learning.bind(state["model"], saved.counts, saved.watched.breaker, saved.kept_share)
        self._bind(state["model"])
        return added
