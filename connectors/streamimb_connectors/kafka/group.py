"""The offsets of a consumer group, written for lag tools.

It uses a connection of its own, so that reading does not depend on the group's coordinator. Sources do not start at
these offsets: positions come from the state store.
"""

from collections.abc import Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from streamimb_connectors.kafka.connection_health import ConnectionHealth, connection_settings
from streamimb_connectors.kafka.errors import meaning
from streamimb_connectors.kafka.options import ConnectionOptions, SourceOptions

_COMMIT_MS = 1_000


class GroupOffsets:
    """Writes positions as a group's committed offsets; never joins the group.

    Cost: one request per commit; one connection and thread from the first commit on.
    """

    def __init__(self, connection: ConnectionOptions, options: SourceOptions, where: str) -> None:
        self._connection = connection
        self._options = options
        self._where = where
        self._consumer: Any = None
        self._link = ConnectionHealth(options.topic)

    def commit(self, positions: Mapping[int, int]) -> None:
        """Writes them, or raises `Unavailable` after a second at most once connected."""
        topic = self._options.topic
        offsets = {
            TopicPartition(topic, number): OffsetAndMetadata(offset, "", -1)
            for number, offset in positions.items()
        }
        try:
            self._connected().commit(offsets, timeout_ms=_COMMIT_MS)
        except (KafkaError, OSError) as error:
            self.close()
            raise meaning(self._where, error, self._link.refused()) from error

    def committed(self) -> dict[int, int]:
        """The committed offsets by partition, or raises `Unavailable`."""
        topic, timeout_ms = self._options.topic, self._connection.request_timeout_ms
        try:
            consumer = self._connected()
            found = {
                number: consumer.committed(TopicPartition(topic, number), timeout_ms=timeout_ms)
                for number in consumer.partitions_for_topic(topic) or ()
            }
        except (KafkaError, OSError) as error:
            self.close()
            raise meaning(self._where, error, self._link.refused()) from error
        return {number: offset for number, offset in found.items() if offset is not None}

    def _connected(self) -> Any:
        if self._consumer is None:
            self._link = ConnectionHealth(self._options.topic)
            self._consumer = KafkaConsumer(
                **connection_settings(self._connection),
                kafka_client=self._link,
                group_id=self._options.group_id,
                enable_auto_commit=False,
                auto_offset_reset="none",
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
        return self._consumer

    def close(self) -> None:
        """Disconnects. A second call does nothing."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=_COMMIT_MS)
        self._link.close()
