"""The status of the runner: plain attributes that /readyz, metrics and a live table read.

Times are those of the runner's monotonic clock. Other threads may read it: each value is right by itself, but not all
values are of the same moment.
"""

from collections.abc import Callable, Iterator

from streamimb.protocols import Reading


class Status:
    """What the runner is doing and has done since it started.

    Cost: attribute writes.

    Parameters
    ----------
    redact
        A function that removes secrets from a reason.

    Examples
    --------
    >>> status = Status()
    >>> status.wait("sink.scores", 12.5, "disk full")
    >>> status.ready, status.waiting_since, dict(status.away), dict(status.why)
    (False, 12.5, {'sink.scores': 12.5}, {'sink.scores': 'disk full'})
    """

    def __init__(self, redact: Callable[[str], str] = str) -> None:
        self._redact = redact
        self.open = False  # every source is open and nothing has ended yet
        self.away: dict[
            str, float
        ] = {}  # what cannot be reached, and since when: source.<name>, sink.<name>, state
        self.why: dict[str, str] = {}  # the last reason for each, kept after it is back
        # What the runner found that makes probabilities doubtful: reason code to a sentence that names the cure.
        # Replaced, never changed in place: other threads read it.
        self.degraded: dict[str, str] = {}
        self.waits = 0  # times something became unreachable
        self.last_record: float | None = None  # last time a record was handled
        self.last_checkpoint: float | None = None
        self.records = 0  # handled: events + labels + ignored + rejected by a decoder
        self.events = 0
        self.labels = 0
        self.ignored = 0  # empty values
        self.dead_letters: dict[str, int] = {}  # by reason
        self.read: dict[str, int] = {}  # records handled, by input
        self.rejected: dict[str, dict[str, int]] = {}  # dead letters, by input and reason
        self.scores = 0
        self.alarms = 0
        self.resent = 0  # outputs sent again after a failed flush
        self.buffered = 0  # records brought and not yet handled
        self.uncommitted = 0  # records handled since the last checkpoint
        self.started_over = 0  # inputs that were replaced since the last run, and are read from their start
        self.merged_late = 0
        self.checkpoints = 0
        self.commits_untold = 0  # commits of positions that a source could not pass on

    def wait(self, name: str, now: float, why: str) -> None:
        """Notes that `name` cannot be reached, and why; how long is counted from the first time."""
        self.why[name] = self._redact(why)
        if name not in self.away:
            self.away = {**self.away, name: now}
            self.waits += 1

    def back(self, name: str) -> None:
        """Notes that `name` can be reached."""
        if name in self.away:
            self.away = {other: since for other, since in self.away.items() if other != name}

    def dead_letter(self, reason: str, source: str = "") -> None:
        """Counts a rejection."""
        of = self.rejected.setdefault(source, {})
        for counts in (self.dead_letters, of):
            counts[reason] = counts.get(reason, 0) + 1

    @property
    def waiting_since(self) -> float | None:
        """Since when anything cannot be reached; None while all can."""
        return min(self.away.values(), default=None)

    @property
    def ready(self) -> bool:
        """Whether the sources are open and nothing is waited for."""
        return self.open and not self.away

    def readings(self) -> Iterator[Reading]:
        """Return the readings, without times, which need the runner's clock."""
        yield Reading("records", "Records handled.", self.records, "counter")
        yield Reading("records_ignored", "Empty records.", self.ignored, "counter")
        yield Reading(
            "rejected", "Records rejected, by reason.", self.dead_letters.copy(), "counter", ("reason",)
        )
        yield Reading("scores_sent", "Scores sent.", self.scores, "counter")
        yield Reading(
            "alarms_sent", "Alarms logged, and sent where there is an output.", self.alarms, "counter"
        )
        yield Reading("outputs_resent", "Outputs sent again after a flush failed.", self.resent, "counter")
        yield Reading(
            "merged_late", "Records that came later than the merge waits.", self.merged_late, "counter"
        )
        yield Reading(
            "inputs_started_over",
            "Inputs read from their start after they were replaced.",
            self.started_over,
            "counter",
        )
        yield Reading(
            "checkpoints", "Checkpoints committed.", self.checkpoints, "counter", title="checkpoints"
        )
        yield Reading(
            "positions_untold", "Positions a source could not be told of.", self.commits_untold, "counter"
        )
        yield Reading("waits", "Times something went away.", self.waits, "counter")
        yield Reading("buffered", "Records read and not yet handled.", self.buffered)
        yield Reading(
            "uncommitted",
            "Records handled since the last checkpoint.",
            self.uncommitted,
            title="records since the last checkpoint",
        )
        yield Reading(
            "unavailable",
            "1 for each input, output or state that is away.",
            dict.fromkeys(self.away, 1),
            labels=("part",),
        )
