"""The records of one topic, from positions that our own state store keeps.

Every partition is assigned explicitly and read from its position, without a consumer group and independent of offsets
committed to the brokers. It does not wait for brokers: it raises `Unavailable`, and the runner waits.
"""

import difflib
import logging
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, LogTruncationError, OffsetOutOfRangeError

from streamimb.connections import Record, Unavailable
from streamimb.serve.record_time import time_reader
from streamimb_connectors.kafka.arrivals import Arrivals
from streamimb_connectors.kafka.codec_probe import read_tails
from streamimb_connectors.kafka.connection_health import ConnectionHealth, connection_settings
from streamimb_connectors.kafka.errors import meaning
from streamimb_connectors.kafka.group import GroupOffsets
from streamimb_connectors.kafka.options import ConnectionOptions, SourceOptions, Times
from streamimb_connectors.kafka.progress import BACK, Progress

_LOOK_S = 5.0  # how often it checks for new partitions and a recreated topic
_CLOSE_MS = 1_000
_ENDS_MS = 1_000  # longest wait of a poll for the ends of a topic after an outage
log = logging.getLogger("streamimb.kafka")


class KafkaSource:
    """One topic as a source: keys, values and times of the records of all its partitions.

    A partition starts at its position. Without a position it starts at `start` if the topic was never read, else at
    its beginning, because it was added since. Partitions added while
    reading are read from their beginning.

    The time that orders a record is that of the configured field where its partition has it, else its own; see
    `serve.record_time.Order` for invalid times.

    Cost: one tuple per record beside the client's own work (about 11 µs a record); memory of what the
    client fetches ahead, `max_partition_fetch_bytes` per partition.

    Raises
    ------
    Unavailable
        From `open` and `poll`, while brokers cannot be reached, or refuse the connection. The next `poll` continues
        where the last one ended, with or without `open`.
    ValueError
        From `open` and `poll`, where waiting cannot help: no such topic, a codec that is not installed,
        permissions refused, a position that is no longer kept (`out_of_range`), a topic
        that was deleted and made again.

    """

    def __init__(
        self, connection: ConnectionOptions, options: SourceOptions, name: str, times: Times | None = None
    ) -> None:
        self.name = name
        self._where = f"source '{name}' (kafka)"
        self._connection = connection
        self._options = options
        self._times = Times() if times is None else times
        self._seconds = (
            None if self._times.time is None else time_reader(self._times.time, self._times.time_unit)
        )
        self._group = GroupOffsets(connection, options, self._where) if options.group_id else None
        self._consumer: Any = None
        self._arrivals: Arrivals | None = None
        self._link = ConnectionHealth(options.topic)
        self._topic_id = b""  # of the topic to which the positions belong; b"" where brokers do not send it
        self._looked = 0.0
        self._parts: dict[int, Progress] = {}
        self._closed_ends: dict[int, int] = {}
        self._held: frozenset[int] = frozenset()
        self._ends_are_old = False  # from before an outage
        self._met_before = False  # a topic that existed may come back; one that never existed is an error

    def __repr__(self) -> str:
        return f"KafkaSource(topic={self._options.topic!r}, name={self.name!r})"

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Mapping[int, int]:
        """Connects, and starts each partition at its next offset; returns those that start at the present end."""
        self._drop()
        self._parts = {number: Progress(number, at, self._times) for number, at in positions.items()}
        self._topic_id = identity if positions else b""  # where nothing was read, any topic is accepted
        self._closed_ends = {}
        self._connect()
        if self._options.start == "earliest":
            return {}
        return {number: part.next for number, part in self._parts.items() if number not in positions}

    def identity(self, positions: Mapping[int, int]) -> bytes:
        """The id of the topic; a topic of the same name that is created later has another id."""
        return self._topic_id

    def committed_outside(self) -> Mapping[int, int]:
        """The offsets that the group has committed, where there is a group."""
        return {} if self._group is None else self._group.committed()

    def poll(self, timeout_s: float) -> Sequence[Record]:
        """Returns the records that are there, about `max_poll_records`; none after `timeout_s`."""
        if self._consumer is None:
            self._connect()
        if self._arrivals is not None:
            self._arrivals.clear()
        if self._ends_are_old and self._link.cut(self.waiting()) is None:
            self._read_ends()
        brought = self._ask(timeout_s)
        records: list[Record] = []
        for (_, number), batch in brought.items():
            records += self._parts[number].take(batch, self._seconds)
        for part in self._parts.values():
            records += part.settle()
        self._pause()
        if brought:
            self._link.well()
        elif self.waiting():
            reason = self._link.lost(self.waiting())
            if reason is not None and not records:
                self._ends_are_old = True
                raise Unavailable(f"{self._where}: {reason}")
        if time.monotonic() - self._looked > _LOOK_S:
            self._look_at_topic()
        return records

    def waiting(self) -> Sequence[int]:
        """Every partition, or where `closed`, those not yet read to their end."""
        return [number for number, part in self._parts.items() if not part.ended]

    def behind(self) -> Sequence[int]:
        """Partitions read less far than what is committed in them; all, while that is not known."""
        if self._consumer is None or self._ends_are_old:
            return self.waiting()
        return [number for number, part in self._parts.items() if part.behind]

    def hold(self, partitions: Collection[int]) -> None:
        """Pauses these partitions and resumes all others; the client keeps records that were fetched."""
        self._held = frozenset(partitions)
        if self._consumer is not None:
            self._pause()

    def fileno(self) -> int | None:
        """Readable when a fetch was answered."""
        return None if self._arrivals is None else self._arrivals.fileno()

    def commit(self, positions: Mapping[int, int]) -> None:
        """Writes the positions to the group, where there is one."""
        if self._group is not None:
            self._group.commit(positions)

    def close(self) -> None:
        """Disconnects. A second call does nothing."""
        self._drop()
        if self._arrivals is not None:
            self._arrivals.close()
            self._arrivals = None
        if self._group is not None:
            self._group.close()

    def _connect(self) -> None:
        if self._arrivals is None:
            self._arrivals = Arrivals()
        self._link = ConnectionHealth(self._options.topic, self._arrivals)
        try:
            self._consumer = KafkaConsumer(**self._settings())
            numbers = self._find_partitions()
            self._check_id()  # before positions are compared with the offsets of another topic
            self._start(numbers)
        except (KafkaError, OSError) as error:
            self._drop()
            raise meaning(self._where, error, self._link.refused()) from error
        except BaseException:
            self._drop()
            raise
        self._met_before = True
        self._ends_are_old = False
        self._looked = time.monotonic()

    def _settings(self) -> dict[str, Any]:
        options = self._options
        return {
            **connection_settings(self._connection),
            "kafka_client": self._link,
            "group_id": None,
            "enable_auto_commit": False,
            "isolation_level": "read_committed",
            "auto_offset_reset": "none",  # `out_of_range` decides, not the client
            "allow_auto_create_topics": False,
            "max_poll_records": options.max_poll_records,
            "max_poll_interval_ms": options.max_poll_interval_ms,
            "fetch_max_wait_ms": options.fetch_max_wait_ms,
            "fetch_min_bytes": options.fetch_min_bytes,
            "max_partition_fetch_bytes": options.max_partition_fetch_bytes,
            "metrics_enabled": False,
        }

    def _find_partitions(self) -> list[int]:
        topic = self._options.topic
        found: set[int] = self._consumer.partitions_for_topic(topic)
        if not found:
            if self._met_before:
                raise Unavailable(f"{self._where}: topic '{topic}' is not there")
            near = difflib.get_close_matches(topic, self._consumer.topics(), n=1)
            hint = f"did you mean '{near[0]}'?" if near else "create it, or check topic"
            raise ValueError(f"{self._where}: topic '{topic}' does not exist: {hint}")
        wanted = (
            sorted(self._closed_ends or found)
            if self._options.partitions is None
            else self._options.partitions
        )
        missing = [number for number in wanted if number not in found]
        if missing:
            raise ValueError(
                f"{self._where}: partitions has {missing[0]}, but the topic has {sorted(found)}: check both"
            )
        return wanted

    def _start(self, numbers: Sequence[int]) -> None:
        """Seeks every partition to its position, after the last batch of each was found readable."""
        consumer = self._consumer
        wait_ms = self._connection.request_timeout_ms
        partitions = [self._partition(number) for number in numbers]
        consumer.assign(partitions)
        first = consumer.beginning_offsets(partitions, timeout_ms=wait_ms)
        end = consumer.end_offsets(partitions, timeout_ms=wait_ms)
        self._note_ends(end)
        read_before = bool(self._parts)
        parts: dict[int, Progress] = {}
        for partition in partitions:
            number = partition.partition
            latest = self._options.start == "latest" and not read_before
            position = end[partition] if latest else first[partition]
            if number in self._parts:
                position = self._in_range(number, self._parts[number].next, first[partition], end[partition])
            parts[number] = part = Progress(number, position, self._times)
            if self._options.closed:
                part.closes_at = self._closed_ends.setdefault(number, end[partition])
        read_tails(consumer, first, end, wait_ms / 1000)
        for partition in partitions:
            part = parts[partition.partition]
            # Records read again before the position restore the state of the order, and are not handed over.
            at = part.next if part.ended else max(first[partition], part.next - BACK)
            part.start(at, end[partition])
            consumer.seek(partition, at)
        self._parts = parts
        self._pause()

    def _in_range(self, number: int, position: int, first: int, end: int) -> int:
        if first <= position <= end:
            return position
        topic = self._options.topic
        if position < first:
            story = f"{first - position} records from offset {position} on are no longer kept"
        else:
            story = f"it ends at offset {end}, before position {position}: it is not the topic it was"
        if self._options.out_of_range == "earliest":
            log.error(
                "%s: partition %d of topic '%s': %s; going on at %d", self._where, number, topic, story, first
            )
            return first
        raise ValueError(
            f"{self._where}: partition {number} of topic '{topic}': {story}. Set out_of_range = 'earliest' "
            "to go on at what is kept, or start with a new state"
        )

    def _ask(self, timeout_s: float) -> dict[TopicPartition, list[Any]]:
        consumer = self._consumer
        fetcher = consumer._fetcher
        if fetcher._paused_partition_records and not fetcher._next_partition_records:
            # The client (3.0) goes on with records of a partition that was paused only where this is None; what it
            # has after its last batch is an empty one, and then those records never come.
            fetcher._next_partition_records = None
        try:
            brought: dict[TopicPartition, list[Any]] = consumer.poll(timeout_ms=round(timeout_s * 1000))
            ends = {} if self._arrivals is None else self._arrivals.ends
            for number, part in self._parts.items():
                part.until = ends.get(number, part.until)
                partition = self._partition(number)
                if part.behind or partition in brought:
                    # The client's position, not the last record, because the mark of a transaction has an offset
                    # and is no record.
                    at = consumer.position(partition, timeout_ms=0)
                    part.at = part.at if at is None else at
            return brought
        except (OffsetOutOfRangeError, LogTruncationError) as error:
            # Connecting again compares all positions with the kept offsets, and applies `out_of_range`.
            self._drop()
            raise Unavailable(f"{self._where}: a position is out of range") from error
        except (KafkaError, OSError) as error:
            # The client must not be polled again after an error: its half-read batch never ends.
            self._drop()
            raise meaning(self._where, error, self._link.refused()) from error

    def _read_ends(self) -> None:
        """Asks the brokers for the ends of the partitions, because answers from before an outage are out of date."""
        partitions = [self._partition(number) for number in self.waiting()]
        try:
            ends = self._consumer.end_offsets(partitions, timeout_ms=_ENDS_MS)
        except (KafkaError, OSError) as error:
            raise meaning(self._where, error, self._link.refused()) from error
        self._note_ends(ends)
        self._ends_are_old = False

    def _note_ends(self, ends: Mapping[TopicPartition, int]) -> None:
        if self._arrivals is not None:
            self._arrivals.ends.update({partition.partition: end for partition, end in ends.items()})

    def _pause(self) -> None:
        """Pauses exactly the partitions that have ended or are held."""
        wanted = {
            self._partition(number)
            for number, part in self._parts.items()
            if part.ended or number in self._held
        }
        paused = self._consumer.paused()
        if wanted != paused:
            self._consumer.pause(*(wanted - paused))
            self._consumer.resume(*(paused - wanted))

    def _look_at_topic(self) -> None:
        self._looked = time.monotonic()
        topic = self._options.topic
        self._check_id()
        added = (self._link.partitions() or set()).difference(self._parts)
        if added and self._options.partitions is None and not self._options.closed:
            log.warning("%s: topic '%s' has %d new partitions", self._where, topic, len(added))
            self._drop()

    def _check_id(self) -> None:
        """Refuses a topic that was deleted and created again; notes the id the first time."""
        now = self._link.topic_id()
        if now and self._topic_id and now != self._topic_id:
            self._drop()
            raise ValueError(
                f"{self._where}: topic '{self._options.topic}' was deleted and made again after it was read, so "
                "positions mean other records now: start with a new state"
            )
        self._topic_id = self._topic_id or now

    def _partition(self, number: int) -> TopicPartition:
        return TopicPartition(self._options.topic, number)

    def _drop(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=_CLOSE_MS)
        self._link.close()
