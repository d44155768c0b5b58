"""What the options refuse, what they hide, and what reaches the client."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kafka.partitioner.default import murmur2 as reference_murmur2

import streamimb_connectors.kafka
from streamimb_connectors.kafka import sink, source
from streamimb_connectors.kafka.connection_health import connection_settings
from streamimb_connectors.kafka.options import SinkOptions, SourceOptions, read_options
from streamimb_connectors.kafka.partition import murmur2

LEAST = {"bootstrap_servers": "localhost:9092", "topic": "payments"}
SASL = {"security_protocol": "SASL_SSL", "sasl_mechanism": "PLAIN"}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"topik": "x"}, "unknown option 'topik': did you mean 'topic'"),
        ({"sasl_plain_pasword": "hunter2"}, "did you mean 'sasl_plain_password'"),
        ({"zzz": 1}, "unknown option 'zzz': options are topic, partitions"),
        ({"max_poll_records": 0}, "max_poll_records"),
        ({"max_poll_records": "many"}, "max_poll_records"),
        ({"start": "middle"}, "middle"),
        ({"topic": "a b"}, "topic is 'a b': give up to 249"),
        ({"bootstrap_servers": ""}, "bootstrap_servers is empty"),
        ({"partitions": []}, r"partitions is \[\]"),
        ({"closed": True, "start": "latest"}, "would read nothing: give start = 'earliest'"),
        ({"fetch_max_wait_ms": 10_000}, "fetch_max_wait_ms is 10000: give less than request_timeout_ms"),
        ({"security_protocol": "SASL_SSL"}, "SASL_SSL, which needs sasl_mechanism"),
        ({"sasl_mechanism": "PLAIN"}, "security_protocol is PLAINTEXT: give SASL_SSL"),
        (SASL, "sasl_mechanism is PLAIN, which needs sasl_plain_username"),
        ({**SASL, "sasl_plain_username": "u"}, "sasl_mechanism is PLAIN, which needs sasl_plain_password"),
        ({"ssl_cafile": "/nowhere/ca.pem"}, "ssl_cafile is '/nowhere/ca.pem', which is not a readable file"),
        ({"ssl_keyfile": "k.pem"}, "ssl_keyfile is given without ssl_certfile"),
    ],
)
def test_fault_53_a_wrong_option_is_refused_by_name(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as said:
        source({**LEAST, **more}, "events")
    assert str(said.value).startswith("source 'events' (kafka): ")
    assert "hunter2" not in str(said.value)


@pytest.mark.parametrize("missing", ["bootstrap_servers", "topic"])
def test_fault_53_a_missing_option_is_named(missing: str) -> None:
    options = {key: value for key, value in LEAST.items() if key != missing}
    with pytest.raises(ValueError, match=f"sink 'scores' .*missing required field `{missing}`"):
        sink(options, "scores")


def test_a_codec_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kafka.codec.has_snappy", lambda: False)
    with pytest.raises(
        ValueError, match="compression is 'snappy': codec snappy is not installed: pip install"
    ):
        sink({**LEAST, "compression": "snappy"}, "scores")


def test_credentials_and_certificates_reach_the_client_and_are_not_printed(tmp_path: Path) -> None:
    for file in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / file).write_text("")
    given = {
        "security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": "someone",
        "sasl_plain_password": "hunter2", "ssl_cafile": str(tmp_path / "ca.pem"), "ssl_password": "hunter3",
        "ssl_certfile": str(tmp_path / "cert.pem"), "ssl_keyfile": str(tmp_path / "key.pem"),
        "ssl_check_hostname": False, "request_timeout_ms": 20_000, "bootstrap_timeout_ms": 7_000,
    }  # fmt: skip
    of_source = read_options(SourceOptions, {**LEAST, **given}, "here")
    of_sink = read_options(SinkOptions, {**LEAST, **given}, "here")
    for connection, rest in (of_source, of_sink):
        settings = connection_settings(connection)
        assert {key: settings[key] for key in given} == given
        for text in (repr(connection), str(connection), repr(rest), repr((connection, rest))):
            assert "hunter" not in text
        assert "someone" in repr(connection)
    for part in (source({**LEAST, **given}, "events"), sink({**LEAST, **given}, "scores")):
        assert "hunter" not in repr(part)


def test_the_settings_that_must_not_be_the_clients_own() -> None:
    settings = source({**LEAST, "max_poll_interval_ms": 60_000}, "events")._settings()
    assert settings["enable_auto_commit"] is False
    assert settings["isolation_level"] == "read_committed"
    assert settings["auto_offset_reset"] == "none"
    assert settings["max_poll_records"] == 500
    assert settings["max_poll_interval_ms"] == 60_000
    assert settings["reconnect_backoff_max_ms"] == 1_000
    assert settings["request_timeout_ms"] == 10_000
    assert settings["bootstrap_timeout_ms"] == 5_000


def test_keys_go_where_other_clients_put_them() -> None:
    random = Random(5)
    for size in [*range(40), *(random.randrange(2_000) for _ in range(200))]:
        key = random.randbytes(size)
        assert murmur2(key) == reference_murmur2(key)


def test_examples_in_the_docstrings() -> None:
    tried = 0
    for module in pkgutil.iter_modules(streamimb_connectors.kafka.__path__, "streamimb_connectors.kafka."):
        result = doctest.testmod(importlib.import_module(module.name))
        assert result.failed == 0, module.name
        tried += result.attempted
    assert tried >= 6
