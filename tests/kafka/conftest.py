"""A real broker for the session, one more for tests that stop it, and topics with names of their own."""

from __future__ import annotations

import gc
import itertools
import logging
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from tests.kafka.kafka_server import KafkaServer, Unavailable

_numbers = itertools.count(1)


def start_broker(extra: dict[str, str] | None = None) -> KafkaServer:
    """A running broker; without Java a skip, in CI a failure."""
    try:
        return KafkaServer(extra=extra).__enter__()
    except Unavailable as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs the real broker: {error}", pytrace=False)
        pytest.skip(f"no Kafka broker: {error}")


@pytest.fixture(scope="session")
def broker() -> Iterator[KafkaServer]:
    """One that runs all the time."""
    server = start_broker()
    yield server
    server.close()


@pytest.fixture(scope="session")
def second_broker() -> Iterator[KafkaServer]:
    server = start_broker()
    yield server
    server.close()


@pytest.fixture
def frail_broker(second_broker: KafkaServer) -> Iterator[KafkaServer]:
    """One that a test may stop, kill and pause."""
    yield second_broker
    second_broker.resume()
    if not second_broker.running():
        second_broker.start()


def create_topic(
    server: KafkaServer,
    name: str,
    partitions: int = 1,
    security: dict[str, Any] | None = None,
    **config: str,
) -> str:
    """A fresh topic, its name with a number.

    Kept for ever: record times of years ago would have its records deleted half a minute later.
    """
    topic = f"{name}-{next(_numbers)}"
    admin = KafkaAdminClient(bootstrap_servers=server.bootstrap, **(security or {}))
    try:
        settings = {"retention.ms": "-1", **{key.replace("_", "."): value for key, value in config.items()}}
        admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=settings)])
        admin.wait_for_topics([topic])
    finally:
        admin.close()
    return topic


@pytest.fixture
def topic(broker: KafkaServer) -> Callable[..., str]:
    """Makes topics on the broker of the session."""
    return lambda name="events", partitions=1, **config: create_topic(broker, name, partitions, **config)


@pytest.fixture
def outage() -> Iterator[None]:
    """For tests in which connecting fails: the client leaves those sockets to the garbage collector.

    Its log lines would keep them alive until pytest has shown them.
    """
    logger = logging.getLogger("kafka")
    logger.setLevel(logging.CRITICAL + 1)
    yield
    logger.setLevel(logging.NOTSET)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


Row = tuple[bytes | None, bytes | None, int]  # key, value, timestamp in ms


def produce(
    server: KafkaServer, topic: str, rows: Sequence[Row], partition: int = 0, **settings: object
) -> None:
    """Writes rows by a plain producer, and waits for every acknowledgement."""
    producer = KafkaProducer(
        bootstrap_servers=server.bootstrap,
        linger_ms=20,
        batch_size=1 << 17,
        metrics_enabled=False,
        **settings,
    )
    try:
        sent = [
            producer.send(topic, key=key, value=value, partition=partition, timestamp_ms=t)
            for key, value, t in rows
        ]
        producer.flush()
        assert all(future.succeeded() for future in sent)
    finally:
        producer.close()
