"""What watches one engine: drift detectors, the reasons to be degraded, and the alarms of both."""

from collections.abc import Iterator, Mapping
from typing import Any

from streamimb.compose import GuardedClassifier
from streamimb.drift.protocol import DriftDetector
from streamimb.engine.degraded import DegradedReasons
from streamimb.engine.detecting import Detecting
from streamimb.engine.findings import FROM_ALARMS, RECENT_N
from streamimb.engine.lifecycle import Lifecycle
from streamimb.engine.measures import Measures
from streamimb.engine.other_metrics import OtherMetrics
from streamimb.engine.roles import Roles
from streamimb.engine.state import parts_state
from streamimb.engine.unknown_fields import reads_of, unknown_fields
from streamimb.engine.watched import Watched
from streamimb.events import Alarm, AlarmRecord
from streamimb.protocols import Reading

ENGINE = "engine"  # the source of the alarms that no detector raises
SILENCE = Alarm(
    "silence",
    "silence",
    (),
    {},
    "No record came: ask the producers; estimates hold, and their intervals widen.",
)


class Watching:
    """Detectors, degraded reasons and alarms of the engine whose rows and counts are `life`.

    A degraded reason that is entered is an alarm too, unless it follows from alarms, so that one output has all that
    somebody may have to act on.

    Cost: see `Detecting`; about 20 µs per `look`.
    """

    __slots__ = ("_life", "_model", "_reads", "degraded", "detecting", "of")

    _model: GuardedClassifier  # set by `bind`, as what is read by name
    _reads: dict[str, str]

    def __init__(self, life: Lifecycle, detectors: Mapping[str, DriftDetector]) -> None:
        self._life = life
        self.of, self.degraded = Watched.new(), DegradedReasons()
        self.detecting = Detecting(detectors, self.alarm, self._count_failure)
        if life.measures.classes:
            self.detecting.check_classes()

    def follow(self, others: OtherMetrics) -> None:
        """Pass on from now on what is observed to these metrics and detectors, and to the estimates of the engine."""
        watch, measures = self.detecting.watch, self._life.measures
        self._life.watch = watch
        others.count_in(self._life.counts.metric_failed_of)
        self.detecting.count_in(self._life.counts.detector_failed_of)
        if isinstance(measures, Measures):
            of_served = (others.serve,) if others.of_served else ()
            expected = () if others.decides else (measures.expected.serve,)  # else the decision comes with it
            watch.follow(*expected, self.of.prior.free.update, *of_served)
        measures.follow(others, *((watch.labelled,) if self.detecting.of_labels else ()))
        self._life.follow()

    def bind(self, model: GuardedClassifier, rule: Any, roles: Roles | None) -> None:
        """Note the model, and which fields it, the metrics and the decision rule read by name."""
        metrics = self._life.measures.others.metrics
        self._model, self._reads = model, reads_of(model, metrics, rule, () if roles is None else roles.of)

    def resume(self, watched: Watched, degraded: DegradedReasons, detectors: Mapping[str, Any]) -> None:
        """Go on with a saved state; `follow` is called next."""
        self.detecting.resume(detectors)
        self.of, self.degraded = watched, degraded
        self._life.overdue = watched.findings.gaps.overdue

    @property
    def recent(self) -> list[AlarmRecord]:
        """The last alarms, the newest at the end; replaced, never changed in place, so other threads may read it."""
        return self.of.alarms.recent

    def alarm(self, source: str, alarm: Alarm) -> None:
        """Raise an alarm now."""
        self.of.alarms.add(source, alarm, max(self._life.t, 0.0), self._life.counts.events)

    def silence(self, seconds: float) -> None:
        """Raise the alarm that no record came for so long."""
        self.alarm(ENGINE, SILENCE._replace(evidence={"seconds": seconds}))

    def _count_failure(self) -> None:
        self._life.counts.detector_failed += 1

    def look(self, guard: dict[str, int]) -> None:
        """Compute the reasons to be degraded; `guard` has the guard's counts by reason."""
        life, before = self._life, self.degraded.reasons
        counts, measures, findings = life.counts, life.measures, self.of.findings
        findings.look(counts)
        self.of.sizes.look(counts)
        life.overdue = findings.gaps.overdue
        expected = None
        if isinstance(measures, Measures):
            expected = measures.expected
            self.of.prior.look(measures.served, overdue=life.overdue)
        changed = self.of.alarms.of_fields(counts.events, RECENT_N)
        self.degraded.look(
            counts, guard, measures=measures, pending=life.memory.pending_n, held=life.memory.held_n,
            waiting=life.waiting, learns_at_label=life.labels.learns_at_label, sampled=bool(life.propensity.name),
            found=findings.reasons(changed, self.of.breaker, expected) | unknown_fields(self._reads, self._model),
        )  # fmt: skip
        for code, sentence in self.degraded.reasons.items():
            if code not in before and code != FROM_ALARMS:
                name = code.replace("_", " ")
                self.alarm(
                    ENGINE, Alarm(f"degraded: {name}", name, (), self.degraded.evidence[code], f"{sentence}.")
                )

    def state(self, *, allow_pickle: bool) -> dict[str, Any]:
        """Return the entries of a snapshot."""
        return {
            "degraded": self.degraded,
            "drift": parts_state("detector", self.detecting.detectors, allow_pickle=allow_pickle),
            "watched": self.of.state(),
        }

    def readings(self, idle_n: float) -> Iterator[Reading]:
        """Return what is exported; `idle_n` is the number of events that a pause of all inputs has held up."""
        measures = self._life.measures
        if isinstance(measures, Measures):
            yield from self.of.prior.readings(measures.served, self.of.findings.gaps.silent_n + idle_n)
        yield from self.of.sizes.readings()
        yield from self.of.alarms.readings()
        yield from self.detecting.readings()
