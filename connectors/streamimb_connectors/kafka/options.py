"""The options of a Kafka source or sink.

Frozen, strict structs: an unknown or wrong option fails with its name and the nearest right one, and no
message contains a password.
"""

import difflib
import math
import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from streamimb_connectors.kafka.installed import codec_advice, codec_installed

Count = Annotated[int, msgspec.Meta(ge=1)]
Milliseconds = Annotated[int, msgspec.Meta(ge=1)]
_SECRET = frozenset({"sasl_plain_password", "ssl_password"})
_FILES = ("ssl_cafile", "ssl_certfile", "ssl_keyfile", "ssl_crlfile")


class ConnectionOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach the brokers; the same for sources and sinks, all handed to the client."""

    bootstrap_servers: str | list[str]
    client_id: str = "streamimb"
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "GSSAPI", "AWS_MSK_IAM"] | None = None
    sasl_plain_username: str | None = None
    sasl_plain_password: str | None = None
    sasl_kerberos_name: str | None = None
    sasl_kerberos_service_name: str = "kafka"
    sasl_kerberos_domain_name: str | None = None
    ssl_check_hostname: bool = True
    ssl_cafile: str | None = None
    ssl_certfile: str | None = None
    ssl_keyfile: str | None = None
    ssl_password: str | None = None
    ssl_crlfile: str | None = None
    ssl_ciphers: str | None = None
    request_timeout_ms: Milliseconds = 10_000
    bootstrap_timeout_ms: Milliseconds = 5_000
    # The client's own default of 30 s also delays metadata: up to 100 s of silence after a broker restart.
    reconnect_backoff_max_ms: Milliseconds = 1_000
    metadata_max_age_ms: Milliseconds = 60_000

    def __repr__(self) -> str:
        shown = (
            f"{field}={'***' if field in _SECRET and value else repr(value)}"
            for field, value in msgspec.structs.asdict(self).items()
        )
        return f"ConnectionOptions({', '.join(shown)})"


class SourceOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to read, and from where on."""

    topic: str
    partitions: list[Annotated[int, msgspec.Meta(ge=0)]] | None = None  # all, and those added later
    start: Literal["earliest", "latest"] = "earliest"  # where nothing was read before
    out_of_range: Literal["fail", "earliest"] = "fail"  # when a position is no longer kept
    closed: bool = False  # read to the end as of the start, then end
    group_id: str | None = None  # only for lag tools: positions are our own
    max_poll_records: Count = 500
    max_poll_interval_ms: Milliseconds = 300_000
    fetch_max_wait_ms: Milliseconds = 500
    fetch_min_bytes: Count = 1
    max_partition_fetch_bytes: Count = 1024 * 1024


class Times(msgspec.Struct, frozen=True):
    """Which time orders a record, and which times are valid; in seconds, as for the decoder and the engine."""

    time: str | None = None  # the field; None: the record's own time
    time_unit: str = "s"
    earliest_s: float = -math.inf
    latest_s: float = math.inf
    skew_s: float = math.inf


class SinkOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to write, and how."""

    topic: str
    compression: Literal["none", "gzip", "lz4", "zstd", "snappy"] = "none"
    linger_ms: Annotated[int, msgspec.Meta(ge=0)] = 5
    batch_size: Count = 256 * 1024
    max_request_size: Count = 1024 * 1024
    flush_timeout_ms: Milliseconds = 15_000


_Options = TypeVar("_Options", SourceOptions, SinkOptions)


def read_options(
    kind: type[_Options], options: Mapping[str, Any], where: str
) -> tuple[ConnectionOptions, _Options]:
    """The options as structs: how to reach the brokers, and the rest.

    Raises
    ------
    ValueError
        For an unknown option (naming the nearest right one), a missing one, a wrong type or value, a
        file that is not readable, a codec that is not installed, credentials that do not fit together.

    """
    to_connect: list[str] = [field.name for field in msgspec.structs.fields(ConnectionOptions)]
    known = [*(field.name for field in msgspec.structs.fields(kind)), *to_connect]
    for key in options:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"options are {', '.join(known)}"
            raise ValueError(f"{where}: unknown option '{key}': {hint}")
    try:
        connection = msgspec.convert({k: v for k, v in options.items() if k in to_connect}, ConnectionOptions)
        rest = msgspec.convert({k: v for k, v in options.items() if k not in to_connect}, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{where}: {error}") from error
    _check_connection(connection, where)
    _check_topic(rest.topic, where)
    if isinstance(rest, SinkOptions) and not codec_installed(rest.compression):
        raise ValueError(f"{where}: compression is '{rest.compression}': {codec_advice(rest.compression)}")
    if isinstance(rest, SourceOptions):
        _check_source(connection, rest, where)
    return connection, rest


def _check_source(connection: ConnectionOptions, source: SourceOptions, where: str) -> None:
    if source.partitions == []:
        raise ValueError(f"{where}: partitions is []: name some, or leave it out for all")
    if source.closed and source.start == "latest":
        raise ValueError(
            f"{where}: closed with start = 'latest' would read nothing: give start = 'earliest' beside closed"
        )
    if source.fetch_max_wait_ms >= connection.request_timeout_ms:
        raise ValueError(
            f"{where}: fetch_max_wait_ms is {source.fetch_max_wait_ms}: give less than request_timeout_ms "
            f"({connection.request_timeout_ms})"
        )


def _check_topic(topic: str, where: str) -> None:
    plain = topic.replace("-", "").replace("_", "").replace(".", "")
    if not plain.isascii() or not plain.isalnum() or len(topic) > 249:
        raise ValueError(f"{where}: topic is '{topic}': give up to 249 of letters, digits, '.', '_' and '-'")


def _check_connection(connection: ConnectionOptions, where: str) -> None:
    if not connection.bootstrap_servers:
        raise ValueError(f"{where}: bootstrap_servers is empty: give host:port, or a list of them")
    sasl, mechanism = connection.security_protocol.startswith("SASL_"), connection.sasl_mechanism
    if sasl and mechanism is None:
        raise ValueError(
            f"{where}: security_protocol is {connection.security_protocol}, which needs sasl_mechanism "
            "(PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, GSSAPI or AWS_MSK_IAM)"
        )
    if mechanism is not None and not sasl:
        raise ValueError(
            f"{where}: sasl_mechanism is {mechanism}, but security_protocol is "
            f"{connection.security_protocol}: give SASL_SSL (or SASL_PLAINTEXT)"
        )
    if mechanism in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"):
        for field in ("sasl_plain_username", "sasl_plain_password"):
            if not getattr(connection, field):
                raise ValueError(f"{where}: sasl_mechanism is {mechanism}, which needs {field}")
    if connection.ssl_keyfile and not connection.ssl_certfile:
        raise ValueError(f"{where}: ssl_keyfile is given without ssl_certfile: give both")
    for field in _FILES:
        path = getattr(connection, field)
        if path is not None and not (os.path.isfile(path) and os.access(path, os.R_OK)):
            raise ValueError(f"{where}: {field} is '{path}', which is not a readable file")
