"""The runner: sources through one engine into sinks, with checkpoints in a state store.

It polls, merges, decodes, calls the engine, sends and flushes. At a checkpoint the state store commits, then the
sources get the positions. Clock and sleep are arguments.
"""

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Literal

import msgspec

from streamimb.connections import Record, Sink, Source, StateStore, Unavailable
from streamimb.engine import SnapshotError
from streamimb.events import AnyScore, DeadLetter, Event, Label, Rejection
from streamimb.serve.backoff import Backoff
from streamimb.serve.decode import Decoder
from streamimb.serve.drivable import Drivable
from streamimb.serve.in_memory import NullSink
from streamimb.serve.merge import Merge
from streamimb.serve.polling import Polling
from streamimb.serve.quiet import QuietTime
from streamimb.serve.resending_sink import ResendingSink
from streamimb.serve.retry import Retry
from streamimb.serve.status import Status

_log = logging.getLogger("streamimb.alarms")

Positions = Mapping[str, Mapping[int, int]]


class Runner:
    """Drives an engine from sources to sinks until the sources end or `stop()` is called.

    The state is as if each record were applied once, and outputs are sent at least once: every batch is flushed,
    and after that a checkpoint commits the engine's changes, its snapshot and the positions of all sources in one
    transaction. A crash at any line leaves the previous transaction; a restart continues from its positions.

    Records are merged by time while any input is behind its end. Once all are at their ends no record waits for
    another input, and engine time advances with the clock while no records come. With `merge_wait_s=None` neither
    clock nor ends matter: every input waits for every other, so the merged order, and every bit of the state,
    depends on the input alone.

    Cost: about 3 microseconds per record beside decoder and engine; memory of `buffer_n` records and one poll per
    source, or one record and one poll per partition where that is more.

    Parameters
    ----------
    engine
        An `engine.Engine`, fresh or restored from the store.
    sources
        Of records with equal times, those of the earlier source come first. Names must differ.
    decoders
        By source name.
    scores, dead_letters
        Sinks of `events.AnyScore` (key: the event's id) and `DeadLetter` (key: input/partition/offset), as JSON.
    alarms
        A sink of `events.AlarmRecord` (key: its number); None: alarms go to the log alone.
    store
        The store of checkpoints; the caller closes it. `run` closes sources and sinks.
    positions
        The positions from which sources continue, from `store.load()`; {} at the first start.
    checkpoint_s, checkpoint_events
        A checkpoint is due after so many seconds, or so many records (events, labels and rejected alike).
    identities
        The identities to which the positions belong, from `store.load()`.
    check
        Called with each source once it is open, before anything is read. What it raises ends the run;
        `Unavailable` is waited for.
    tells
        Whether the sources get the positions after each checkpoint (`Source.commit`).
    merge_wait_s
        Longest time for which others wait for an input that is behind its end and brings nothing, in seconds; 0: they
        do not. After it `status.degraded` has the reason `silent_input`. None: every input waits for every other.
    silence_s
        Seconds without records from any input after which an alarm is raised; no alarm with `merge_wait_s=None`.
    batch_n
        Records between two flushes.
    buffer_n
        Records of a source that may be buffered, divided among its partitions.
    poll_s
        Longest pause of a round without records, in seconds; an arriving record ends the pause.
    uncommitted_n
        Most changed rows kept in memory while the store cannot commit; above it the runner waits.
    grace_s
        After `stop()`, how long the runner still waits for an output or store that is unavailable.
    backoff
        Creates the back-off between attempts, one for each source, sink and store.
    status
        The status to keep up to date.
    tick
        Called after every round of polls and handling, and after every wait, on the runner's thread.
    clock, sleep
        Monotonic seconds; how to wait.

    Raises
    ------
    ValueError
        No sources, names not distinct, a source without decoder, a number out of range.

    Examples
    --------
    >>> from streamimb.engine import BothReported, Engine
    >>> from streamimb.linear_model import LogisticRegression
    >>> from streamimb.serve import EventDecoder, FieldMapping, MemorySink, MemorySource, MemoryStore, NullSink
    >>> value = b'{"id": "a", "time": 1600000000, "amount": 9.5, "label": 1}'
    >>> source = MemorySource("events", {0: [Record(0, 0, 1.6e9, None, value)]})
    >>> engine, decoders = Engine(LogisticRegression(), BothReported()), {"events": EventDecoder(FieldMapping())}
    >>> scores, store = MemorySink(), MemoryStore()
    >>> Runner(engine, [source], decoders, scores, NullSink(), store, {}).run()
    'ended'
    >>> store.load()[1], len(scores.written)
    ({'events': {0: 1}}, 1)
    """

    def __init__(
        self,
        engine: Drivable,
        sources: Sequence[Source],
        decoders: Mapping[str, Decoder],
        scores: Sink,
        dead_letters: Sink,
        store: StateStore,
        positions: Positions,
        *,
        alarms: Sink | None = None,
        checkpoint_s: float = 5.0,
        checkpoint_events: int = 50_000,
        identities: Mapping[str, bytes] = {},
        check: Callable[[Source], None] = lambda source: None,
        tells: bool = True,
        merge_wait_s: float | None = 30.0,
        silence_s: float = 300.0,
        batch_n: int = 500,
        buffer_n: int = 5_000,
        poll_s: float = 0.1,
        uncommitted_n: int = 1_000_000,
        grace_s: float = 10.0,
        backoff: Callable[[], Backoff] = Backoff,
        status: Status | None = None,
        tick: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        names = [source.name for source in sources]
        if not names:
            raise ValueError("sources=[]: give at least one")
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"sources: the name {name!r} occurs twice; positions are kept by name")
            if name not in decoders:
                raise ValueError(f"decoders: source {name!r} has none; there are {sorted(decoders)}")
        for what, count in (
            ("checkpoint_events", checkpoint_events),
            ("batch_n", batch_n),
        ):
            if count < 1:
                raise ValueError(f"{what}={count!r}: give at least 1")
        if not checkpoint_s >= 0:
            raise ValueError(f"checkpoint_s={checkpoint_s!r}: give seconds from 0")
        self.status = Status() if status is None else status
        self.checkpoint_s = checkpoint_s
        self.checkpoint_events = checkpoint_events
        self.batch_n = batch_n
        self.uncommitted_n = uncommitted_n
        self._engine = engine
        self._sources = list(sources)
        self._names = names
        self._decoders = [decoders[name] for name in names]
        self._scores = ResendingSink("sink.scores", scores)
        self._dead_letters = ResendingSink("sink.dead_letters", dead_letters)
        self._alarms = ResendingSink("sink.alarms", NullSink() if alarms is None else alarms)
        self._store = store
        self._positions = {name: dict(positions.get(name, {})) for name in names}
        self._identities = dict(identities)
        self._check, self._tells = check, tells
        self._backoff = backoff
        self._store_backoff = backoff()
        self._commit_at = -math.inf
        self._changes: dict[str, bytes | None] = {}
        self._unsaved: SnapshotError | None = None  # why the engine could not be saved, while it cannot
        self._since = 0  # records handled since the last checkpoint
        self._begun = False  # there are start positions that the store does not have yet
        self._tick = tick
        self._clock = clock
        self._retry = Retry(self.status, grace_s, tick, clock, sleep)
        self._merge = Merge(merge_wait_s, clock)
        self._polling = Polling(sources, self._merge, self._retry, buffer_n, poll_s, backoff)
        self._quiet = QuietTime(engine, clock, silence_s)
        self._encode = msgspec.json.Encoder().encode

    def stop(self) -> None:
        """Lets `run` finish its batch, checkpoint and return; safe in a signal handler, or on a thread."""
        self._retry.stopping = True

    def run(self) -> Literal["ended", "stopped"]:
        """Runs until every source has ended, or `stop`; then a last flush and checkpoint.

        Raises
        ------
        SnapshotError
            The model cannot be saved as it is now, and all records are handled, or more than `uncommitted_n`
            changes wait. Until then the runner scores, and the status shows that the state is unavailable, and why.
        Unavailable
            After `stop`, an output or the store did not come back within `grace_s`: what was not
            committed is processed again at the next start.
        """
        status, retry, polling = self.status, self._retry, self._polling
        with ExitStack() as closing:
            for sender in (self._scores, self._dead_letters, self._alarms):
                closing.callback(sender.sink.close)
            for source in self._sources:
                closing.callback(source.close)
            self._open()
            self._keep()
            self._quiet.start()
            checkpoint_at = self._clock()
            while not retry.stopping:
                started = self._clock()
                brought = polling.poll()
                handled = self._handle()
                now = self._clock()
                due = self._since >= self.checkpoint_events or now - checkpoint_at >= self.checkpoint_s
                if due and now >= self._commit_at and self._checkpoint():
                    checkpoint_at = self._clock()
                self._tick()
                if brought or handled:
                    polling.busy()
                elif self._merge.ended:
                    break
                else:
                    if self._merge.wait_s is not None and polling.all_at_ends:
                        self._quiet.go_on()
                    polling.wait(started + polling.poll_s - now)
            status.open = False
            self._flush_all()
            self._keep()
        return "stopped" if retry.stopping else "ended"

    def _open(self) -> None:
        self._polling.open(self._start)

    def _start(self, source: Source) -> None:
        """Opens a source and keeps the positions at which it starts, so that a restart starts there too."""
        positions = self._positions[source.name]
        begun = source.open(positions, self._identities.get(source.name, b""))
        self._check(source)
        if any(at < positions.get(partition, 0) for partition, at in begun.items()):
            self.status.started_over += 1
        positions.update(begun)
        self._begun = self._begun or bool(begun)

    def _keep(self) -> None:
        """Waits until all that was handled is committed."""
        while not self._checkpoint():
            self._give_up_unsaved()
            self._retry.wait("state", self._store_backoff)

    def _handle(self) -> int:
        """Takes one batch of the merged order through the engine, and flushes; returns its number of records."""
        left = self.checkpoint_events - self._since
        taken = self._merge.take(min(self.batch_n, left) if left > 0 else self.batch_n)
        if not taken:
            return 0
        engine, status, scores, encode = self._engine, self.status, self._scores, self._encode
        decode = [decoder.decode for decoder in self._decoders]
        next_offset = [self._positions[name] for name in self._names]
        count = [0] * len(self._names)
        answer: AnyScore | Rejection | None
        for i, record in taken:
            decoded = decode[i](record)
            if isinstance(decoded, Event):
                status.events += 1
                answer = engine.on_event(decoded)
                if isinstance(decoded.y, Rejection):
                    self._reject(i, record, decoded.y)
            elif isinstance(decoded, Label):
                status.labels += 1
                answer = engine.on_label(decoded)
            elif decoded is None:
                status.ignored += 1
                answer = None
            else:
                engine.on_rejection(decoded)
                answer = decoded
            if not isinstance(decoded, Event) and record.t > engine.time > -math.inf:
                engine.on_time(record.t)
            if isinstance(answer, Rejection):
                self._reject(i, record, answer)
            elif answer is not None:
                scores.send(answer.id.encode(), encode(answer))
                status.scores += 1
            next_offset[i][record.partition] = record.offset + 1
            count[i] += 1
        for name, n in zip(self._names, count, strict=True):
            status.read[name] = status.read.get(name, 0) + n
        self._since += len(taken)
        status.records += len(taken)
        status.last_record = self._clock()
        status.uncommitted = self._since
        status.merged_late = self._merge.late
        self._send_alarms()
        self._flush_all()
        self._quiet.start()
        return len(taken)

    def _reject(self, i: int, record: Record, why: Rejection) -> None:
        """Sends a dead letter with the place of a record, never its content."""
        name, partition, offset = self._names[i], record.partition, record.offset
        letter = DeadLetter(why.reason, name, partition, offset, record.t, why.field, why.id)
        self._dead_letters.send(f"{name}/{partition}/{offset}".encode(), self._encode(letter))
        self.status.dead_letter(why.reason, name)

    def _send_alarms(self) -> None:
        """Logs and sends the alarms of the engine; neither has a value of a feature."""
        for alarm in self._engine.take_alarms():
            _log.warning("alarm: %s", alarm.sentence)
            self._alarms.send(str(alarm.n).encode(), self._encode(alarm))
            self.status.alarms += 1

    def _flush_all(self) -> None:
        """Waits until every output is flushed."""
        for sender in (self._scores, self._dead_letters, self._alarms):
            if sender.kept:
                backoff = self._backoff()
                while not self._retry.reached(sender.name, partial(self._flush, sender)):
                    self._retry.wait(sender.name, backoff)

    def _flush(self, sender: ResendingSink) -> None:
        self.status.resent += sender.flush()

    def _checkpoint(self) -> bool:
        """Commits; returns whether it succeeded. While the store is unavailable, scoring continues for a while."""
        self._send_alarms()  # those of a pause, in which windows close
        self._flush_all()
        self._changes.update(self._engine.take_changes())
        if not self._since and not self._begun and not self._changes:
            return True  # also without records: windows that close in a pause change rows
        while not self._retry.reached("state", self._commit):
            if len(self._changes) <= self.uncommitted_n:
                self._commit_at = self._clock() + self._store_backoff.next_s()
                return False
            self._give_up_unsaved()
            self._retry.wait("state", self._store_backoff)
        self._store_backoff.reset()
        return True

    def _give_up_unsaved(self) -> None:
        """Raises where the model cannot be saved and there is nothing else to do, because waiting does not help."""
        if self._unsaved is not None:
            again = f"the last {self._since} records are not committed; they are read again at the next start"
            raise SnapshotError(f"{self._unsaved}; {again}") from self._unsaved

    def _commit(self) -> None:
        belonging = {source.name: source.identity(self._positions[source.name]) for source in self._sources}
        known = {name: identity for name, identity in belonging.items() if identity}
        try:
            snapshot, self._unsaved = self._engine.snapshot(), None
        except SnapshotError as error:
            self._unsaved = error
            raise Unavailable(f"the model cannot be saved as it is now: {error}") from error
        self._store.commit(snapshot, self._positions, self._changes, known)
        self._changes = {}
        self._since = 0
        self._begun = False
        status = self.status
        status.uncommitted = 0
        status.checkpoints += 1
        status.last_checkpoint = self._clock()
        for source in self._sources if self._tells else ():
            try:
                source.commit(self._positions[source.name])
            except Unavailable:
                status.commits_untold += 1  # only lag tools see old positions
