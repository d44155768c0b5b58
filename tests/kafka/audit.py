"""What is in a topic, by a plain consumer that shares no code with the connector."""

from __future__ import annotations

import time

from kafka import KafkaConsumer, TopicPartition

from tests.kafka.kafka_server import KafkaServer


def read_topic(
    server: KafkaServer, topic: str, limit_s: float = 60.0
) -> list[tuple[bytes | None, bytes | None]]:
    """Every committed record of every partition: (key, value)."""
    reader = KafkaConsumer(
        bootstrap_servers=server.bootstrap,
        isolation_level="read_committed",
        max_poll_records=5_000,
        max_partition_fetch_bytes=8 << 20,
        metrics_enabled=False,
    )
    read: list[tuple[bytes | None, bytes | None]] = []
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(reader.partitions_for_topic(topic))]
        reader.assign(partitions)
        reader.seek_to_beginning()
        ends = reader.end_offsets(partitions)
        until = time.monotonic() + limit_s
        while any(reader.position(partition) < end for partition, end in ends.items()):
            read += [(record.key, record.value) for batch in reader.poll(200).values() for record in batch]
            assert time.monotonic() < until, f"topic {topic} was not read within {limit_s} s"
    finally:
        reader.close()
    return read
