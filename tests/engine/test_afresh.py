"""What a restart drops of the saved metrics, detectors and rule is said, each with its reason."""

from __future__ import annotations

from streamimb import decision, drift, linear_model, metrics
from streamimb.engine import BothReported, Deciding, Engine
from streamimb.engine.afresh import named_parts_of, started_afresh


def engine_with(half_life: float, limit: float, share: float, *more: str) -> Engine:
    return Engine(
        linear_model.LogisticRegression(),
        BothReported(),
        metrics={"ece": metrics.ECE(half_life=half_life), **{name: metrics.ROCAUC() for name in more}},
        detectors={"lfr": drift.LFR(limit=limit), "delays": drift.LabelDelayDrift()},
        deciding=Deciding(decision.AlertBudget(share=share)),
    )


def test_equal_options_drop_nothing_and_what_is_new_is_no_loss() -> None:
    saved = engine_with(500.0, 8.0, 0.01).snapshot()
    assert started_afresh(saved, named_parts_of(engine_with(500.0, 8.0, 0.01, "roc"))) == []


def test_each_changed_option_and_each_part_that_is_left_out_is_named() -> None:
    saved = engine_with(500.0, 8.0, 0.01, "roc").snapshot()
    ends = "; it is reset"
    assert started_afresh(saved, named_parts_of(engine_with(100.0, 9.0, 0.02))) == [
        f"[metric.ece] half_life: 500.0, not 100.0{ends}",
        "[metric.roc] is left out: its state is dropped",
        f"[drift.lfr] limit: 8.0, not 9.0{ends}",
        f"[decision] share: 0.01, not 0.02{ends}",
    ]


def test_another_kind_of_part_under_the_same_name_is_named() -> None:
    saved = engine_with(500.0, 8.0, 0.01, "roc").snapshot()
    other = Engine(linear_model.LogisticRegression(), BothReported(), metrics={"roc": metrics.PRAUC()})
    (told,) = [each for each in started_afresh(saved, named_parts_of(other)) if "left out" not in each]
    assert told.startswith("[metric.roc] class: ")
