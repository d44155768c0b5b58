"""Strict TOML: typos name the nearest right key, secrets never come back, connectors stay unknown."""

import pytest

from streamimb import config
from streamimb.config import ConfigError, load, loads

MINIMAL = """
[source.payments]
type = "files"
role = "both"
path = "in.jsonl"
[sink.scores]
type = "files"
path = "scores.jsonl"
[sink.dead_letters]
type = "files"
path = "dead.jsonl"
[state]
path = "state.db"
"""


def test_minimal_has_the_defaults():
    read = loads(MINIMAL)
    assert read.model == config.Model()
    assert read.labels == config.BothLabels()
    assert read.schema == {}
    assert (read.metrics, read.exporters) == ({}, ())
    assert [source.connector.name for source in read.sources] == ["payments"]
    assert read.sources[0].connector.options == {"path": "in.jsonl"}
    assert read.sources[0].role == "both"


def test_everything_that_can_be_written():
    read = loads(
        """
        [model]
        recipe = "default"
        prior = 0.01
        seed = 7
        [learner]
        learning_rates = [0.1]
        hash_bits = 20
        [sampler]
        type = "UnderSampler"
        keep_rate = 0.02
        [calibrator]
        type = "calibration.Platt"
        [correction]
        type = "offset"
        anchor = "frozen"
        [guard]
        max_features = 50
        [schema.amount]
        type = "number"
        min = 0
        max = 1e6
        [schema.country]
        type = "string"
        nullable = true
        default = "??"
        [labels]
        regime = "positives"
        window_s = 86400
        [source.tx]
        type = "kafka"
        role = "events"
        topic = "payments"
        settings = { sasl_mechanism = "PLAIN" }
        [source.tx.fields]
        id = "tx"
        time = "at"
        time_unit = "ms"
        drop = ["note"]
        categorical = ["mcc"]
        [source.fraud]
        type = "kafka"
        role = "labels"
        topic = "fraud"
        [sink.scores]
        type = "kafka"
        topic = "scores"
        [sink.dead_letters]
        type = "kafka"
        topic = "dead"
        [state]
        path = "s.db"
        checkpoint_s = 1
        checkpoint_events = 10
        [run]
        merge_wait_s = 2.5
        [metric.short]
        type = "LogLoss"
        half_life = 100.0
        [exporter.page]
        type = "prometheus"
        port = 9109
        [exporter.second]
        type = "statsd"
        [log]
        level = "warning"
        """
    )
    assert isinstance(read.model, config.Model)
    assert (read.model.prior, read.model.seed) == (0.01, 7)
    assert read.model.learner == config.PartChoice(
        "learner", "linear_model.LogisticGAM", {"learning_rates": [0.1], "hash_bits": 20}
    )
    assert read.model.sampler == config.PartChoice("sampler", "sampling.UnderSampler", {"keep_rate": 0.02})
    assert read.model.calibrator == config.PartChoice("calibrator", "calibration.Platt", {})
    assert read.model.correction == config.Correction("offset", "frozen")
    assert isinstance(read.labels, config.PositiveLabels)
    assert read.labels.window_s == 86400
    assert read.sources[0].fields.drop == ("note",)
    assert read.sources[0].connector.options == {"topic": "payments", "settings": {"sasl_mechanism": "PLAIN"}}
    assert read.metrics == {
        "short": config.PartChoice("metric.short", "metrics.LogLoss", {"half_life": 100.0})
    }
    told = [(exporter.name, exporter.type, exporter.options) for exporter in read.exporters]
    assert told == [("page", "prometheus", {"port": 9109}), ("second", "statsd", {})]
    assert read.schema["country"].default == "??"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            "[labels]\nwindow = 1\nregime = 'positives'",
            r"\[labels\] 'window' is not a key: did you mean 'window_s'",
        ),
        ("[labls]", r"'labls' is not a table: did you mean 'labels'"),
        (
            "[metrics]\nport = 9464",
            r"'metrics' is not a table: did you mean \[exporter\.<name>\], or \[metric\.<name>\]\?",
        ),
        ("[exporter.page]\nport = 9464", r"\[exporter\.page\] type is missing"),
        ("[exporter]\nport = 9464", r"exporter\.port: is a value, but \[exporter\.port\] is a table"),
        ("[model]\ntaget = 1", r"\[model\] 'taget' is not a key"),
        ("[model]\nlerning_rates = [0.1]", r"did you mean 'learning_rates' of \[learner\]"),
        (
            "[schema.amount]\nnulable = true",
            r"\[schema.amount\] 'nulable' is not a key: did you mean 'nullable'",
        ),
        ("[sink.score]\ntype = 'files'", r"\[sink\] 'score' is not an output: did you mean 'scores'"),
        (
            "[source.x]\ntype = 'files'\n[source.x.field]\nid = 'a'",
            r"\[source.x\] 'field' is not a table: did you mean 'fields'",
        ),
        (
            "[source.x]\ntype = 'files'\n[source.x.fields]\nlable = 'a'",
            r"\[source.x.fields\] 'lable' is not a key: did you mean 'label'",
        ),
    ],
)
def test_fault_53_a_typo_names_the_nearest_right_key(wrong, message):
    with pytest.raises(ConfigError, match=message):
        loads(MINIMAL + wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("[model]\nseed = 'many'", r"\[model\] seed is 'many': give a whole number$"),
        ("[guard]\nwarm_up = 0", r"\[guard\] warm_up is 0: give a whole number >= 1$"),
        ("[labels]\nttl_s = 'x'", r"\[labels\] ttl_s is 'x': give a number$"),
        ("[log]\nlevel = 'verbose'", r"\[log\] level is 'verbose': .*there are debug, info, warning, error$"),
        ("[engine]\nhold_s = -1", r"\[engine\] hold_s=-1"),
        ("[engine]\nhlod_s = 1", r"\[engine\] 'hlod_s' is not a key: did you mean 'hold_s'"),
        ("[run]\nmerge_wait_s = -1", r"\[run\] merge_wait_s is -1"),
        ("[run]\npoll_s = 0", r"\[run\] poll_s is 0"),
        ("[schema.a]\nmin = 2\nmax = 1", r"\[schema.a\] min=2.0, max=1.0"),
        ("[schema.a]\nrole = 'costs'", r"\[schema.a\] role is 'costs': did you mean 'cost'"),
        (
            "[schema.a]\nrole = 'cost'\nmin = 0.0",
            r"\[schema.a\] 'min' is for features, and role = 'cost' makes",
        ),
        ("[schema.a]\ntype = 'numbr'", r"\[schema.a\] type is 'numbr': did you mean 'number'"),
        ("[labels]\nregime = 'postive'", r"\[labels\] regime is 'postive': did you mean 'positives'"),
        ("[labels]\nregime = 'positives'", r"window_s is missing: give it, such as window_s = 604_800"),
        ("[labels]\nwindow_s = 3", "window_s belongs to regime = 'positives'"),
        ("[source.x]\nrole = 'events'", r"\[source.x\] type is missing"),
        (
            "[source.x]\ntype = 'files'\nrole = 'event'",
            r"\[source.x\] role is 'event': did you mean 'events'",
        ),
        ("[source.x]\ntype = 'files'\n[source.x.fields]\nid = 'a'\nlabel = 'a'", "two roles"),
        ("[model]\nfactory = 'a:b'\nshare = 0.1", r"\[model\] 'share' is not a key"),
        ("log = 3", "not TOML|log"),
        ("[model", "not TOML"),
    ],
)
def test_wrong_values_are_named(wrong, message):
    with pytest.raises(ConfigError, match=message):
        loads(MINIMAL + wrong)


@pytest.mark.parametrize("table", ["source.payments", "sink.scores", "sink.dead_letters", "state"])
def test_what_cannot_be_left_out(table):
    parts = ["[" + part for part in MINIMAL.split("[")[1:] if not part.startswith(table)]
    with pytest.raises(ConfigError, match=r"\[" + table.split(".")[0]):
        loads("\n".join(parts))


def test_replay_changes_some_options_or_the_connector():
    read = loads(
        MINIMAL
        + """
        [source.payments.replay]
        path = "history.jsonl"
        [sink.scores.replay]
        type = "kafka"
        topic = "again"
        """
    )
    (payments,) = read.sources
    assert payments.connector.options == {"path": "in.jsonl"}
    assert payments.connector.replayed() == config.Connector(
        "payments.replay", "files", {"path": "history.jsonl"}
    )
    assert read.scores.replayed() == config.Connector("scores.replay", "kafka", {"topic": "again"})
    assert read.dead_letters.replayed() == read.dead_letters


def test_labels_alone_are_nothing_to_score():
    with pytest.raises(ConfigError, match="labels only"):
        loads(MINIMAL.replace('"both"', '"labels"'))


SECRET = (
    MINIMAL
    + """
[source.tx]
type = "kafka"
user = "${KAFKA_USER}"
password = "${KAFKA_PASSWORD}"
[source.tx.settings]
sasl_plain_password = "in plain text"
brokers = ["${KAFKA_USER}.example:9092"]
old_tokens = ["token of May", "token of June"]
listeners = [{ name = "a", ssl_password = "in a list" }]
"""
)


def test_secrets_come_from_the_environment_and_are_never_printed():
    read = loads(SECRET, environment={"KAFKA_USER": "alice", "KAFKA_PASSWORD": "hunter22"})
    options = read.sources[1].connector.options
    assert options["password"] == "hunter22"
    assert options["settings"]["brokers"] == ["alice.example:9092"]
    shown = f"{read!r} {read.sources!r} {read.described()!r} {read.scores!r}"
    for secret in ("hunter22", "alice", "in plain text", "token of May", "token of June", "in a list"):
        assert secret not in shown
        assert secret not in read.redact(f"cannot log in as {secret}!")
    assert read.described()["source"]["tx"]["password"] == "${KAFKA_PASSWORD}"


def test_an_unset_variable_is_named_with_its_place():
    with pytest.raises(
        ConfigError,
        match=r"source.tx.user: the environment has no \$\{KAFKA_USER\}: did you mean \$\{KAFKA_USR\}",
    ):
        loads(SECRET, environment={"KAFKA_USR": "alice"})


def test_a_byte_order_mark_is_no_part_of_it(tmp_path):
    (tmp_path / "c.toml").write_text(MINIMAL, encoding="utf-8-sig")
    assert load(tmp_path / "c.toml").state.path == loads(MINIMAL).state.path


def test_files(tmp_path):
    path = tmp_path / "c.toml"
    with pytest.raises(ConfigError, match="No such file"):
        load(path)
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(path)
    path.write_text(MINIMAL)
    assert load(path).path == str(path)


@pytest.mark.parametrize("number", [1 << 63, -(1 << 63) - 1, 10**400])
def test_a_number_that_no_machine_has_is_named(number):
    with pytest.raises(ConfigError, match=r"^guard\.max_text: is a number of more than 64 bits"):
        loads(MINIMAL + f"[guard]\nmax_text = {number}\n")


@pytest.mark.parametrize("text", ["a =", "a = " + "9" * 5_000, "a = " + "[" * 100_000])
def test_what_python_cannot_read_is_no_toml(text):
    with pytest.raises(ConfigError, match="not TOML"):
        loads(text)
