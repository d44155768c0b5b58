"""`[schema.<field>] role` from TOML to the engine: metrics and rules that read the column, and what is refused."""

from __future__ import annotations

import json

import pytest

from streamimb.cli import build
from streamimb.config import ConfigError, loads
from streamimb.connections import Record
from streamimb.engine import Engine
from streamimb.events import Event, Label

ENDS = """
[source.payments]
type = "files"
role = "both"
path = "in.jsonl"
[sink.scores]
type = "none"
[sink.dead_letters]
type = "none"
[state]
path = "state.db"
"""
ROLES = "[schema.amount]\nrole = 'cost'\n[schema.user]\nrole = 'group'\n"
SAVED = "[metric.saved]\ntype = 'Savings'\nmiss = 'amount'\n"
COSTS = "[decision]\ntype = 'CostThreshold'\nmiss = 'amount'\n"
LISTS = "[metric.lists]\ntype = 'Segmented'\nmetric = { type = 'metrics.ROCAUC' }\nby = 'user'\n"


def engine_of(tables: str) -> Engine:
    return build.engine(loads(tables + ENDS), replay=False)


def test_a_schema_of_roles_alone_leaves_the_features_inferred_and_feeds_metrics_and_rule() -> None:
    engine = engine_of(ROLES + SAVED + COSTS + LISTS)
    for i in range(100):
        said = engine.on_event(Event(f"e{i}", float(i), {"a": 1.0, "amount": 99.0, "user": "u"}, i % 5 == 0))
        assert said.threshold == pytest.approx(0.01)  # type: ignore[union-attr]
    assert engine.metrics.others.errors == {}
    assert engine.model.schema is None
    assert engine.model.inferred.keys() == {"a"}
    names = {reading.name for reading in engine.readings()}
    assert {"saved_savings", "lists_roc_auc"} <= names


def test_a_field_of_an_inferred_schema_may_be_read_too() -> None:
    engine = engine_of(SAVED)
    for i in range(100):
        engine.on_event(Event(f"e{i}", float(i), {"amount": 99.0}, i % 5 == 0))
    assert engine.metrics.others.failed == {"saved": 0}


WINDOW = "[metric.last]\ntype = 'Windowed'\nevents = 40\n"
SEGMENTED = "metric = { type = 'metrics.Segmented', by = 'user', metric = { type = 'metrics.BaseRate' } }\n"


def test_a_window_around_a_metric_that_reads_fields_is_fed_saved_and_restored() -> None:
    engine, again = (engine_of(ROLES + WINDOW + SEGMENTED) for _ in range(2))
    for i in range(100):
        engine.on_event(Event(f"e{i}", float(i), {"a": 1.0, "user": f"u{i % 2}"}, i >= 60))
    found = {reading.name: reading.value for reading in engine.metrics.others.readings()}
    assert found["last_base_rate"]["value"] == 1.0
    assert found["last_segments"] == 2.0
    again.restore(engine.snapshot(), {})
    assert again.snapshot() == engine.snapshot()
    assert {reading.name: reading.value for reading in again.metrics.others.readings()} == found
    with pytest.raises(ConfigError, match=r"reads 'user', which the schema does not have"):
        engine_of("[schema.a]\n" + WINDOW + SEGMENTED)
    with pytest.raises(ConfigError, match="PrecisionAtK cannot count every event alike"):
        engine_of(ROLES + WINDOW + "metric = { type = 'metrics.PrecisionAtK', time = 'amount' }\n")


SEGMENTS = "[calibrator]\ntype = 'Segmented'\ncalibrator = { type = 'calibration.Platt' }\nby = 'contry'\n"


def test_a_name_that_no_event_has_is_a_reason_to_be_degraded_and_an_alarm() -> None:
    typo = COSTS.replace("amount", "amuont")
    engine = engine_of("[guard]\nwarm_up = 500\n" + SAVED + SEGMENTS + typo)
    for i in range(1_000):
        engine.on_event(Event(f"e{i}", float(i), {"amount": 99.0, "country": "fr"}, i % 5 == 0))
        assert i > 500 or "unknown_field" not in engine.degraded  # the schema is not yet known
    told = engine.degraded["unknown_field"]
    assert told.startswith(
        "no event has the field 'amuont', which [decision] reads, 'contry', which [model] reads: see"
    )
    (alarm,) = [alarm for alarm in engine.take_alarms() if alarm.name == "unknown field"]
    assert alarm.evidence == {"fields": 2.0}
    for i in range(1_000, 2_000):
        x = {"amount": 99.0, "country": "fr", "contry": "fr", "amuont": 1.0}
        engine.on_event(Event(f"e{i}", float(i), x, i % 5 == 0))
    assert "unknown_field" not in engine.degraded


PAIRS = "[learner]\ninteractions = [['amount', 'contry'], ['amount', 'a']]\n"


def test_a_pair_of_fields_that_no_event_has_is_a_reason_to_be_degraded() -> None:
    boosted = "[learner]\ntype = 'RollingBoostingClassifier'\n[learner.companion]\ntype = 'linear_model.LogisticGAM'\n"
    for table in (PAIRS, boosted + PAIRS.removeprefix("[learner]\n")):
        engine = engine_of("[guard]\nwarm_up = 50\n" + table)
        for i in range(500):
            engine.on_event(Event(f"e{i}", float(i), {"amount": 99.0, "a": 1.0}, i % 5 == 0))
        assert engine.degraded["unknown_field"].startswith(
            "no event has the field 'contry', which [model] reads"
        )


def test_a_pair_of_fields_is_refused_where_the_schema_lacks_one_or_it_has_a_role() -> None:
    with pytest.raises(ConfigError, match=r"LogisticGAM reads 'contry', which the schema does not have"):
        engine_of("[schema.amount]\n[schema.a]\n" + PAIRS)
    with pytest.raises(ConfigError, match=r"LogisticGAM reads 'amount', which has a role"):
        engine_of(ROLES + PAIRS)


def test_columns_with_a_role_are_no_unknown_fields() -> None:
    engine = engine_of("[guard]\nwarm_up = 500\n" + ROLES + SAVED + COSTS + LISTS)
    for i in range(1_000):
        engine.on_event(Event(f"e{i}", float(i), {"a": 1.0, "amount": 99.0, "user": "u"}, i % 5 == 0))
    assert "unknown_field" not in engine.degraded


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        (
            SAVED,
            r"\[metric\] 'saved' reads 'amount', which the schema does not have: declare it, \[schema.amount\] role",
        ),
        (LISTS, r"\[metric\] 'lists' reads 'user', which the schema does not have"),
        (
            COSTS,
            r"\[decision\] the rule reads 'amount', which the schema does not have: declare it",
        ),
        (
            ROLES + "[sampler]\ntype = 'ExampleCosts'\nmiss = 'amount'\n",
            r"\[schema\] ExampleCosts reads 'amount', which has a role, and the model sees features",
        ),
        (
            SEGMENTS,
            r"^\[model\] Segmented reads 'contry', which the schema does not have",
        ),
    ],
)
def test_what_the_schema_does_not_provide_is_refused(tables: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        engine_of("[schema.a]\n" + tables)


def test_a_propensity_is_read_from_events_and_labels() -> None:
    config = loads("[schema.pi]\nrole = 'propensity'\n[engine]\nmax_label_weight = 8\n" + ENDS)
    engine = build.engine(config, replay=False)
    (decoder,) = build.decoders(config, replay=False).values()
    for i in range(200):
        event = {"type": "event", "id": f"e{i}", "time": 1.6e9 + i, "a": i % 3, "pi": 0.25}
        label = {"type": "label", "id": f"e{i}", "time": 1.6e9 + i, "label": i % 5 == 0}
        for fields in (event, label if i % 2 else {**label, "pi": 0.01}):
            noun = decoder.decode(Record(0, i, 1.6e9 + i, None, json.dumps(fields).encode()))
            if isinstance(noun, Event):
                engine.on_event(noun)
            else:
                assert isinstance(noun, Label)
                engine.on_label(noun)
    assert engine.counters["propensity_bounded"] == 100
    assert engine.counters["propensity_unusable"] == 0
    n, squares, *_ = engine.metrics.served.base_rate.sums()
    assert squares / n == pytest.approx((4.0**2 + 8.0**2) / (4.0 + 8.0), rel=0.02)
    assert engine.model.inferred.keys() == {"a"}
