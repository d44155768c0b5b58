"""The last records of a topic: whether they can be unpacked here, and how old they are.

They are read at every start, so that a codec that is not installed is found before records are processed. The caller
seeks to its positions afterwards.
"""

import time
from collections.abc import Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError


def read_tails(
    consumer: KafkaConsumer,
    first: Mapping[TopicPartition, int],
    end: Mapping[TopicPartition, int],
    timeout_s: float,
) -> list[Any]:
    """Returns the last record of every assigned partition that has one.

    Raises
    ------
    KafkaError
        `UnsupportedCodecError` where one cannot be unpacked, `KafkaTimeoutError` where they do not come.

    """
    for partition in end:
        consumer.seek(partition, max(first[partition], end[partition] - 1))
    read: list[Any] = []
    until = time.monotonic() + timeout_s
    # By position, not by records, because the mark of a transaction has an offset and is no record.
    while any(consumer.position(partition, timeout_ms=0) < end[partition] for partition in end):
        read += [batch[-1] for batch in consumer.poll(timeout_ms=100).values()]
        if time.monotonic() > until:
            raise KafkaTimeoutError(f"the last records did not come within {timeout_s:g} s")
    return read
