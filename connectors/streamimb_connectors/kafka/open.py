"""The entry points of this connector: from the options of a configuration to a source or sink.

They do not connect; the runner decides when.
"""

from collections.abc import Mapping
from typing import Any

from streamimb_connectors.kafka.consume import KafkaSource
from streamimb_connectors.kafka.options import SinkOptions, SourceOptions, Times, read_options
from streamimb_connectors.kafka.produce import KafkaSink


def source(options: Mapping[str, Any], name: str, times: Mapping[str, Any] | None = None) -> KafkaSource:
    """A source of the records of one topic.

    Parameters
    ----------
    options
        `bootstrap_servers` and `topic`; how to connect as in `ConnectionOptions`, the rest as in
        `SourceOptions`.
    name
        The name of the source in the configuration.
    times
        `time`, `time_unit`: the field whose time orders the records; without it, and in a partition whose records
        lack the field, the record's own time does. `earliest_s`, `latest_s`, `skew_s`: which times are valid;
        any, where they are not given.

    Raises
    ------
    ValueError
        For an unknown or wrong option.

    Examples
    --------
    >>> source({"bootstrap_servers": "localhost:9092", "topic": "payments"}, "events")
    KafkaSource(topic='payments', name='events')
    """
    connection, rest = read_options(SourceOptions, options, f"source '{name}' (kafka)")
    return KafkaSource(connection, rest, name, Times(**(times or {})))


def sink(options: Mapping[str, Any], name: str) -> KafkaSink:
    """A sink that writes to one topic.

    Parameters
    ----------
    options
        `bootstrap_servers` and `topic`; how to connect as in `ConnectionOptions`, the rest as in
        `SinkOptions`.
    name
        The name of the sink in the configuration.

    Raises
    ------
    ValueError
        For an unknown or wrong option.

    Examples
    --------
    >>> sink({"bootstrap_servers": "localhost:9092", "topic": "scores"}, "scores")
    KafkaSink(topic='scores', name='scores')
    """
    connection, rest = read_options(SinkOptions, options, f"sink '{name}' (kafka)")
    return KafkaSink(connection, rest, name)
