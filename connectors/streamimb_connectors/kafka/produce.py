"""Outputs to one topic, at least once, acknowledged by all in-sync replicas.

`flush` returns when every record was acknowledged. Otherwise it discards the producer, so that an old producer does not
send what the caller sends again.
"""

import logging
import time
from typing import Any

from kafka import KafkaProducer
from kafka.errors import IllegalStateError, KafkaError, KafkaTimeoutError

from streamimb.connections import Unavailable
from streamimb_connectors.kafka.connection_health import ConnectionHealth, connection_settings
from streamimb_connectors.kafka.errors import meaning
from streamimb_connectors.kafka.options import ConnectionOptions, SinkOptions
from streamimb_connectors.kafka.partition import KeyPartitioner

_HEADERS = [("v", b"1")]  # the version of the records, which scores and dead letters contain too
_BULK = 500
_STEP_S = 0.25
log = logging.getLogger("streamimb.kafka")


class KafkaSink:
    """One topic as a sink, by an idempotent producer; connects when it has something to write.

    Cost: one future per record until the next flush; the client needs about 20 µs a record.

    Raises
    ------
    Unavailable
        From `send` and `flush`, while brokers cannot be reached, refuse the connection or do not acknowledge. The
        caller must send everything since the last successful flush again.
    ValueError
        From `send` and `flush`, where waiting cannot help: permissions refused, a record that is too large.

    """

    def __init__(self, connection: ConnectionOptions, options: SinkOptions, name: str) -> None:
        self.name = name
        self._where = f"sink '{name}' (kafka)"
        self._connection = connection
        self._options = options
        self._link = ConnectionHealth(options.topic)
        self._producer: Any = None
        self._taken: list[tuple[bytes, bytes]] = []  # not handed to the producer yet
        self._sent: list[Any] = []  # their futures, in order

    def __repr__(self) -> str:
        return f"KafkaSink(topic={self._options.topic!r}, name={self.name!r})"

    def send(self, key: bytes, value: bytes) -> None:
        """Takes one record; it is sent with `flush` or with the 500th record, and safe when `flush` returns."""
        self._taken.append((key, value))
        if len(self._taken) == _BULK:
            self._hand_over()

    def flush(self) -> None:
        """Returns when every record sent was acknowledged."""
        if self._taken:
            self._hand_over()
        if not self._sent:
            return
        until = time.monotonic() + self._options.flush_timeout_ms / 1000
        while not self._flushed():
            reason = self._link.alone()
            if reason is None and time.monotonic() > until:
                reason = f"not acknowledged within {self._options.flush_timeout_ms} ms"
            if reason is not None:
                self._give_up()
                raise Unavailable(f"{self._where}: {reason}")
        failed = next((future for future in self._sent if not future.succeeded()), None)
        if failed is not None:
            self._give_up()
            raise meaning(self._where, failed.exception, self._link.refused()) from failed.exception
        self._sent.clear()
        self._link.well()

    def close(self) -> None:
        """Disconnects; records that were not flushed are dropped. A second call does nothing."""
        self._give_up()

    def _hand_over(self) -> None:
        # All at once: record by record, the client's own threads would disturb the other work and cost a tenth of the
        # whole path.
        try:
            if self._producer is None:
                self._connect()
            for key, value in self._taken:
                sent = self._producer.send(self._options.topic, key=key, value=value, headers=_HEADERS)
                self._sent.append(sent)
        except (KafkaError, OSError) as error:
            absent = self._producer is not None and self._link.partitions() is None
            self._give_up()
            if absent and isinstance(error, KafkaTimeoutError):
                raise Unavailable(f"{self._where}: topic '{self._options.topic}' is not there") from error
            raise meaning(self._where, error, self._link.refused()) from error
        self._taken.clear()

    def _connect(self) -> None:
        self._link = ConnectionHealth(self._options.topic)
        options = self._options
        try:
            self._producer = KafkaProducer(
                **connection_settings(self._connection),
                kafka_client=self._link,
                acks="all",
                enable_idempotence=True,
                compression_type=None if options.compression == "none" else options.compression,
                partitioner=KeyPartitioner(),
                linger_ms=options.linger_ms,
                batch_size=options.batch_size,
                max_request_size=options.max_request_size,
                # The client must not give up a record before `flush` does.
                delivery_timeout_ms=2 * (options.flush_timeout_ms + self._connection.request_timeout_ms),
                max_block_ms=self._connection.bootstrap_timeout_ms,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
        except BaseException:
            self._link.close()
            raise

    def _flushed(self) -> bool:
        try:
            self._producer.flush(timeout=_STEP_S)
        except KafkaTimeoutError:
            return False
        return True

    def _give_up(self) -> None:
        producer, self._producer = self._producer, None
        waiting = any(not future.is_done for future in self._sent)
        self._sent.clear()
        self._taken.clear()
        if producer is None:
            return
        if waiting:
            # close() would first wait for records that cannot be delivered, and then leave its thread sending them.
            producer._sender.force_close()
            producer._sender.join(_STEP_S)
        try:
            producer.close(timeout=1.0)
        except (KafkaTimeoutError, IllegalStateError):
            log.warning("%s: an old producer is still closing", self._where)
