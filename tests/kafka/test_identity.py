"""A topic is known by its id, and a group's committed offsets tell of a state that was lost."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from streamimb.cli.app import called
from streamimb.connections import Unavailable
from streamimb.serve import read_state
from streamimb_connectors.kafka import source
from tests.kafka.conftest import Row, produce
from tests.kafka.kafka_server import KafkaServer
from tests.kafka.test_source import offsets, poll_until_raised, read_all, read_some, rows
from tests.serve.configured import configured

Topic = Callable[..., str]


def make_again(broker: KafkaServer, name: str, records: list[Row], partitions: int = 1) -> None:
    """Deletes a topic and makes another one of the same name."""
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.delete_topics([name])
    while name in admin.list_topics():
        time.sleep(0.05)
    admin.create_topics([NewTopic(name, partitions, 1, topic_configs={"retention.ms": "-1"})])
    admin.wait_for_topics([name])
    admin.close()
    produce(broker, name, records)


@pytest.mark.parametrize("out_of_range", ["fail", "earliest"])
@pytest.mark.parametrize("kept", [10, 50])  # fewer records than the position, and more
def test_a_topic_made_again_between_two_runs_is_refused(
    broker: KafkaServer, topic: Topic, kept: int, out_of_range: str
) -> None:
    name = topic()
    produce(broker, name, rows(0, 30))
    options = {
        "bootstrap_servers": broker.bootstrap,
        "topic": name,
        "closed": True,
        "out_of_range": out_of_range,
    }
    part = source(options, "events")
    part.open({})
    read_all(part)
    identity = part.identity({0: 30})
    assert identity
    part.close()
    assert part.identity({0: 30}) == identity  # also where the connection is gone
    same = source(options, "events")
    same.open({0: 20}, identity)
    assert offsets(read_all(same)) == list(range(20, 30))
    same.close()
    make_again(broker, name, rows(0, kept))
    other = source(options, "events")
    with pytest.raises(ValueError, match=f"topic '{name}' was deleted and made again after it was read"):
        other.open({0: 20}, identity)
    other.open({}, identity)  # where nothing was read, nothing is wrong
    assert len(read_all(other)) == kept
    assert other.identity({0: kept}) not in (b"", identity)
    other.close()


def test_a_topic_made_again_while_the_source_was_cut_off_is_refused(
    broker: KafkaServer, topic: Topic
) -> None:
    name = topic()
    produce(broker, name, rows(0, 30))
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name}, "events")
    part.open({})
    read_some(part, 30)
    part._drop()  # as after any error: the next poll connects again
    make_again(broker, name, rows(0, 50))
    assert "was deleted and made again" in str(poll_until_raised(part, ValueError))
    part.close()


def test_a_source_reports_what_its_group_has_committed(broker: KafkaServer, topic: Topic) -> None:
    name = topic(partitions=3)
    produce(broker, name, rows(0, 20))
    common = {"bootstrap_servers": broker.bootstrap, "topic": name}
    part = source({**common, "group_id": f"group-{name}"}, "events")
    assert part.committed_outside() == {}
    part.open({})
    part.commit({0: 17, 2: 0})
    part.close()
    again = source({**common, "group_id": f"group-{name}"}, "events")
    assert again.committed_outside() == {0: 17, 2: 0}
    again.close()
    for options in (common, {**common, "group_id": "another"}):
        other = source(options, "events")
        assert other.committed_outside() == {}
        other.close()


@pytest.mark.usefixtures("outage")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_group_that_cannot_be_asked_is_unavailable() -> None:
    nowhere = {"bootstrap_servers": "127.0.0.1:1", "topic": "t", "group_id": "g", "bootstrap_timeout_ms": 300}
    part = source(nowhere, "events")
    with pytest.raises(Unavailable):
        part.committed_outside()
    part.close()


@pytest.fixture
def _logs() -> Iterator[None]:
    root, kafka = logging.getLogger(), logging.getLogger("kafka")
    before = root.handlers[:], root.level, kafka.level
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    kafka.setLevel(before[2])


@pytest.mark.usefixtures("_logs")
def test_a_lost_state_is_refused_until_new_and_a_topic_made_again_is_refused(
    broker: KafkaServer, topic: Topic, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    name = topic()
    events: list[Row] = [
        (b"%d" % i, json.dumps({"id": f"e{i}", "time": 1.6e9 + i, "amount": i % 7, "label": i % 5 == 0}).encode(),
         1_600_000_000_000 + 1000 * i)
        for i in range(200)
    ]  # fmt: skip
    produce(broker, name, events)
    config = tmp_path / "c.toml"
    payments = {
        "type": "kafka",
        "bootstrap_servers": broker.bootstrap,
        "topic": name,
        "role": "events",
        "group_id": f"group-{name}",
        "closed": True,
    }
    config.write_text(configured({"payments": payments}, {"type": "files", "path": "scores.jsonl"}))
    command = ["--config", str(config)]

    def scored() -> int:
        return len((tmp_path / "scores.jsonl").read_bytes().splitlines())

    def refused(*arguments: str) -> str:
        capfd.readouterr()
        assert called([*arguments, *command]) == 2
        said = capfd.readouterr()
        return said.err + said.out

    assert called(["replay", "--state", str(tmp_path / "backfill.db"), *command]) == 0
    (tmp_path / "scores.jsonl").unlink()
    assert called(["run", *command]) == 0  # a replay leaves no offsets
    assert called(["run", *command]) == 0
    assert scored() == 200
    (tmp_path / "state.db").rename(tmp_path / "moved.db")
    assert "its group has committed offsets (by partition 0: 200), but the state is new" in refused("run")
    assert "start anew with run --new" in refused("doctor", "--json")
    assert scored() == 200
    assert called(["run", "--new", *command]) == 0
    assert scored() == 400
    saved = read_state(tmp_path / "state.db")
    assert saved is not None
    assert saved.positions == {"payments": {0: 200}}
    make_again(broker, name, events[:50])
    for arguments in (("run",), ("doctor", "--json")):
        assert "was deleted and made again after it was read" in refused(*arguments)
    assert read_state(tmp_path / "state.db") == saved
