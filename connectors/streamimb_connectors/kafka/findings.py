"""The checks of `streamimb doctor` on one Kafka source or sink, without processing records.

They stop at the first finding after which the others make no sense.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streamimb_connectors.kafka.codec_probe import read_tails
from streamimb_connectors.kafka.connection_health import ConnectionHealth, connection_settings
from streamimb_connectors.kafka.errors import meaning
from streamimb_connectors.kafka.options import (
    ConnectionOptions,
    SinkOptions,
    SourceOptions,
    read_options,
)

Finding = tuple[str, bool, str]  # what was checked, whether it is in order, and details
_AHEAD_S = 5.0


def diagnose(options: Mapping[str, Any], name: str) -> list[Finding]:
    """Checks the options, brokers, topic, partitions, codec and clock of a source or sink.

    Parameters
    ----------
    options
        As for `source` or `sink`.
    name
        Its name in the configuration.

    Examples
    --------
    >>> diagnose({"bootstrap_servers": "localhost:9092", "topik": "payments"}, "events")
    [('options', False, "'events' (kafka): unknown option 'topik': did you mean 'topic'?")]
    """
    where = f"'{name}' (kafka)"
    sink_only = {field.name for field in msgspec.structs.fields(SinkOptions)} - {"topic"}
    try:
        if sink_only.intersection(options):
            connection, to = read_options(SinkOptions, options, where)
            topic = to.topic
        else:
            connection, of = read_options(SourceOptions, options, where)
            topic = of.topic
    except ValueError as error:
        return [("options", False, str(error))]
    return list(_look(connection, topic, where))


def _look(connection: ConnectionOptions, topic: str, where: str) -> Iterator[Finding]:
    health = ConnectionHealth(topic)
    consumer: Any = None
    what = "broker"
    try:
        consumer = KafkaConsumer(
            **connection_settings(connection),
            kafka_client=health,
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="none",
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
        yield "broker", True, f"reached ({connection.security_protocol})"
        what = "topic"
        numbers = sorted(consumer.partitions_for_topic(topic))
        if not numbers:
            yield "topic", False, f"{where}: topic '{topic}' does not exist: create it, or check topic"
            return
        yield "topic", True, f"'{topic}' exists"
        what = "partitions"
        partitions = [TopicPartition(topic, number) for number in numbers]
        consumer.assign(partitions)
        first = consumer.beginning_offsets(partitions, timeout_ms=connection.request_timeout_ms)
        end = consumer.end_offsets(partitions, timeout_ms=connection.request_timeout_ms)
        kept = sum(end[partition] - first[partition] for partition in partitions)
        yield "partitions", True, f"{len(numbers)}, {kept} offsets kept"
        what = "codec"
        last = read_tails(consumer, first, end, connection.request_timeout_ms / 1000)
        yield "codec", True, f"last records of {len(last)} partitions can be read"
        yield _clock(max((record.timestamp / 1000 for record in last), default=None))
    except (KafkaError, OSError) as error:
        yield what, False, str(meaning(where, error, health.refused()))
    finally:
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=1_000)
        health.close()


def _clock(last_t: float | None) -> Finding:
    if last_t is None:
        return "clock", True, "no record to compare with"
    age_s = time.time() - last_t
    if age_s < -_AHEAD_S:
        return (
            "clock",
            False,
            f"last record is {-age_s:.0f} s ahead of this machine's clock: set one of the two",
        )
    return "clock", True, f"last record is {max(age_s, 0.0):.0f} s old"
