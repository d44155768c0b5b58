"""TLS and credentials against a real broker that asks for both."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streamimb.connections import Record, Unavailable
from streamimb_connectors.kafka import diagnose, sink, source
from tests.kafka.conftest import create_topic, start_broker
from tests.kafka.kafka_server import KafkaServer
from tests.kafka.test_source import read_all

PASSWORD = "hunter2-is-secret"
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key store that signs for 127.0.0.1, and its certificate in ca.pem beside it."""
    folder = tmp_path_factory.mktemp("tls")
    store = ["-keystore", str(folder / "broker.p12"), "-storepass", "changeit", "-alias", "broker"]
    for more in (
        ["-genkeypair", "-keyalg", "RSA", "-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1"],
        ["-exportcert", "-rfc", "-file", str(folder / "ca.pem")],
    ):
        subprocess.run(["keytool", *more, *store], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def guarded_broker(certificate: Path) -> Iterator[KafkaServer]:
    server = start_broker(
        {
            "listeners": "SASL_SSL://127.0.0.1:@PORT@,CONTROLLER://127.0.0.1:@CONTROLLER_PORT@",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL",
            "inter.broker.listener.name": "SASL_SSL",
            "sasl.enabled.mechanisms": "PLAIN",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "listener.name.sasl_ssl.plain.sasl.jaas.config": (
                f'{LOGIN} required username="broker" password="b" user_broker="b" user_someone="{PASSWORD}";'
            ),
            "ssl.keystore.location": str(certificate / "broker.p12"),
            "ssl.keystore.password": "changeit",
            "ssl.truststore.location": str(certificate / "broker.p12"),
            "ssl.truststore.password": "changeit",
        }
    )
    yield server
    server.close()


def test_credentials_over_tls(
    guarded_broker: KafkaServer, certificate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    security: dict[str, Any] = {
        "security_protocol": "SASL_SSL", "sasl_mechanism": "PLAIN", "sasl_plain_username": "someone",
        "sasl_plain_password": PASSWORD, "ssl_cafile": str(certificate / "ca.pem"),
    }  # fmt: skip
    topic = create_topic(guarded_broker, "guarded", security=security)
    options = {"bootstrap_servers": guarded_broker.bootstrap, "topic": topic, **security}
    out = sink(options, "scores")
    out.send(b"k", b"v")
    out.flush()
    out.close()
    part = source({**options, "closed": True, "group_id": "guarded"}, "events")
    part.open({})
    (record,) = read_all(part)
    assert record == Record(0, 0, record.t, b"k", b"v")
    part.commit({0: 1})
    part.close()
    assert all(well for _, well, _ in diagnose(options, "events"))

    wrong = {**options, "sasl_plain_password": "wrong-" + PASSWORD, "bootstrap_timeout_ms": 5_000}
    # over TLS the client does not always hear why the connection was closed
    with pytest.raises(Unavailable, match=r"check .*sasl_\*") as refused:
        source(wrong, "events").open({})
    turned_away = sink(wrong, "scores")
    turned_away.send(b"k", b"v")
    with pytest.raises(Unavailable, match=r"check .*sasl_\*") as refused_too:
        turned_away.flush()
    plain = {"bootstrap_servers": guarded_broker.bootstrap, "topic": topic, "bootstrap_timeout_ms": 5_000}
    # the broker hangs up, or its TLS alert comes first and is no answer of Kafka's
    with pytest.raises(Unavailable, match=r"check .*security_protocol"):
        source(plain, "events").open({})
    stranger = {name: value for name, value in options.items() if name != "ssl_cafile"}
    with pytest.raises(Unavailable, match=r"TLS was not agreed on: check ssl_\*.*certificate verify failed"):
        source({**stranger, "bootstrap_timeout_ms": 1_500}, "events").open({})
    (finding,) = diagnose({**stranger, "bootstrap_timeout_ms": 1_500}, "events")
    assert "TLS was not agreed on" in finding[2]
    for said in (caplog.text, str(refused.value), str(refused_too.value)):
        assert PASSWORD not in said


@pytest.mark.usefixtures("outage")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_what_is_not_there_is_no_refusal(broker: KafkaServer) -> None:
    nowhere = {"bootstrap_servers": "127.0.0.1:1", "topic": "t", "bootstrap_timeout_ms": 300}
    with pytest.raises(Unavailable, match=r"bootstrap from 127.0.0.1:1$"):
        source(nowhere, "events").open({})
    sasl = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN"}
    login = {"sasl_plain_username": "someone", "sasl_plain_password": PASSWORD}
    with pytest.raises(Unavailable, match="expect another security_protocol"):
        source({**nowhere, "bootstrap_servers": broker.bootstrap, **sasl, **login}, "events").open({})
