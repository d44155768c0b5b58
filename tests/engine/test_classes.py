"""An engine over classes by name: what it serves, decides, measures, refuses, and what becomes of each label."""

from __future__ import annotations

import math
from collections import Counter
from statistics import fmean, stdev
from typing import Any

import msgspec
import pytest
from river import base, multiclass, naive_bayes
from river import linear_model as river_linear

from streamimb import SampledClassifier, linear_model
from streamimb.engine import BothReported, PositivesReported
from streamimb.events import Event, Label, Rejection
from tests.engine.class_streams import (
    MODELS,
    NAMES,
    decided,
    drawn,
    engine_over,
    messy_classes,
    softmax,
    taught,
)
from tests.engine.parts import balanced, engine_of, event, feed, refused, scored, until


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_a_score_has_the_probability_of_each_class_and_those_of_its_decision(make: Any) -> None:
    engine = taught(engine_over(make()))
    for x, _, _ in drawn(2, 50):
        said = decided(engine.on_event(Event("e", 500.0, dict(x))))
        assert tuple(said.classes) == NAMES
        assert sum(said.classes.values()) == pytest.approx(1.0)
        assert said.classes == {
            name: pytest.approx(p) for name, p in engine.model.predict_proba_one(x).items()
        }
        assert said.p == said.calibrated == said.classes[said.decision]


def test_the_decision_is_the_class_of_the_highest_probability_in_proportion_to_the_live_prior() -> None:
    model = softmax()
    engine = engine_over(model)
    counted: Any = model.classifier  # type: ignore[attr-defined]
    pairs = set()
    for i, (x, y, _) in enumerate(drawn(3, 600)):
        prior = counted._prior.get()
        said = decided(engine.on_event(Event(f"e{i}", float(i), dict(x))))
        if len(prior) == 3 and y in prior:
            p = said.classes
            assert said.decision == max(NAMES, key=lambda name: p[name] / prior[name])
            pairs.add((said.decision, max(NAMES, key=p.__getitem__)))
        engine.on_label(Label(f"e{i}", float(i), y))
    assert {decision for decision, _ in pairs} == set(NAMES)
    assert any(decision != likeliest for decision, likeliest in pairs)  # it is not the likeliest class


def test_a_model_without_a_prior_is_judged_by_the_shares_that_were_measured() -> None:
    engine = taught(engine_over(naive_bayes.GaussianNB()))
    sums = {name: one.base_rate.sums() for name, one in engine.metrics.served.of.items()}
    shares = {name: (y + 1 / 3) / (n + 1) for name, (n, _, y, *_) in sums.items()}
    for i, (x, _, _) in enumerate(drawn(4, 100)):
        said = decided(engine.on_event(Event(f"e{i}", 500.0, dict(x))))
        p = said.classes
        assert said.decision == max(NAMES, key=lambda name: p[name] / shares[name])


def test_raw_is_what_the_sampled_learner_would_say() -> None:
    engine = taught(engine_over())
    model: Any = engine.model.classifier.classifier
    for x, _, _ in drawn(5, 20):
        served = engine._serve(dict(x))
        rates = model.sampler.rates_one(x, p := model.predict_proba_one(x), model._prior.over(p))
        total = sum(p[name] * rates[name] for name in NAMES)
        assert served.by_class is not None
        for name, (raw, corrected, _) in served.by_class.p.items():
            assert corrected == pytest.approx(p[name])
            assert raw == pytest.approx(p[name] * rates[name] / total)


def test_before_anything_was_learned_all_classes_are_equal() -> None:
    said = decided(engine_over().on_event(Event("e", 0.0, {"a": 1.0})))
    assert said.classes == dict.fromkeys(NAMES, 1 / 3)
    assert said.reasons == ("cold",)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_a_score_is_cold_until_five_labels_outside_the_commonest_class_were_learned(make: Any) -> None:
    engine = engine_over(make())
    labels = ["dos"] * 4 + ["normal"] * 30 + ["probe"]  # outside the commonest class five, with the last one
    for i, y in enumerate(labels):
        said = decided(engine.on_event(event(f"e{i}", float(i), y=y)))  # type: ignore[arg-type]
        assert said.reasons == ("cold",)
    assert engine.counters["learned_of"] == {"dos": 4, "normal": 30, "probe": 1}
    assert engine.counters["learned_positive"] == 5
    assert decided(engine.on_event(event("last", 40.0))).reasons == ()
    assert math.isnan(engine.metrics.served.log_loss.get())  # nothing of it was measured


def test_the_scores_of_two_classes_have_no_trace_of_it() -> None:
    written = msgspec.json.encode(engine_of().on_event(event("e")))
    assert set(msgspec.json.decode(written)) == {
        "id", "t", "p", "raw", "corrected", "calibrated", "model_version", "kept_share", "reasons", "v",
    }  # fmt: skip
    with_classes = msgspec.json.decode(msgspec.json.encode(engine_over().on_event(event("e"))))
    assert {"decision", "classes"} <= set(with_classes)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("ttl_s", [None, 40.0])
def test_every_label_is_counted_once_whatever_its_order(make: Any, ttl_s: float | None) -> None:
    totals: Counter[str] = Counter()
    for seed in range(4):
        engine = engine_over(
            make(),
            labels=BothReported(ttl_s),
            hold_s=30.0,
            late_s=60.0,
            stale_s=200.0,
            max_pending=40,
            skew_n=3,
        )
        feed(engine, messy_classes(seed))
        counts = balanced(engine)
        assert counts["learn_failed"] == 0
        assert counts["rejected"]["label_value"] > 0
        assert sum(counts["learned_of"].values()) == counts["learned"]
        totals.update({name: n for name, n in counts.items() if type(n) is int})
    for end in ("joined", "early_joined", "orphaned", "duplicate", "conflict", "retraction_late", "inline"):
        assert totals[end] > 0, end


@pytest.mark.parametrize("y", [True, False, "unheard", "Dos", 1, "", ("dos",), ["dos"], 2.5])
def test_a_label_that_is_no_class_is_rejected_and_its_event_scored(y: Any) -> None:
    engine = engine_over()
    decided(engine.on_event(event("e", y=y)))
    assert refused(engine.on_label(Label("e", 1.0, y))) == "label_value"
    assert engine.counters["rejected"] == {"label_value": 2}
    assert engine.counters["learned"] == 0
    assert engine.on_label(Label("e", 1.0, "dos")) is None
    assert engine.counters["joined"] == 1


def test_a_name_is_no_label_where_classes_are_true_and_false() -> None:
    engine = engine_of()
    scored(engine.on_event(event("e")))
    assert refused(engine.on_label(Label("e", 1.0, "True"))) == "label_value"


def test_labels_come_early_late_twice_changed_and_are_taken_back() -> None:
    engine = engine_over(labels=BothReported(ttl_s=10.0), skew_n=1)
    engine.on_label(Label("early", 0.0, "dos"))
    engine.on_event(event("early", 1.0))
    engine.on_label(Label("early", 1.0, "d" + "os"))  # another object that is equal
    engine.on_label(Label("early", 1.0, "probe"))
    engine.on_label(Label("back", 1.0, "dos"))
    engine.on_label(Label("back", 1.0, None))
    engine.on_event(event("late", 2.0))
    until(engine, 50.0)
    engine.on_label(Label("late", 50.0, "normal"))
    counts = balanced(engine)
    ends = ("early_joined", "duplicate", "conflict", "retraction", "taken_back", "late_after_ttl")
    assert {end: counts[end] for end in ends} == dict.fromkeys(ends, 1)
    assert counts["learned_of"] == {"dos": 1}


@pytest.mark.parametrize("make", [softmax, MODELS["mapped"]], ids=["softmax", "mapped"])
def test_probabilities_of_each_class_are_true(make: Any) -> None:
    ratios: dict[str, list[float]] = {name: [] for name in NAMES}
    for seed in range(5):
        engine = engine_over(make())
        predicted, true = dict.fromkeys(NAMES, 0.0), dict.fromkeys(NAMES, 0.0)
        for i, (x, y, p) in enumerate(drawn(seed, 4_000)):
            said = decided(engine.on_event(Event(f"e{i}", float(i), x, y)))
            if i >= 1_000:
                for name in NAMES:
                    predicted[name] += said.classes[name]
                    true[name] += p[name]
        for name in NAMES:
            ratios[name].append(predicted[name] / true[name])
        measured = engine.metrics.served.of
        assert measured["normal"].raw.get() < 1.0 < measured["probe"].raw.get()  # it is thinned most
    for name, found in ratios.items():  # the error of one seed is about .15 for the rarest class
        mean, error = fmean(found), stdev(found) / math.sqrt(len(found))
        assert abs(mean - 1.0) < max(0.03, 3.0 * error), (name, mean, error)
        assert error < 0.1


def test_each_class_is_measured_and_exported() -> None:
    engine = taught(engine_over(), n=200)
    for i in range(400):
        engine.on_event(event(f"l{i}", 500.0))
        engine.on_label(Label(f"l{i}", 530.0, "dos"))
    found = {reading.name: reading for reading in engine.readings()}
    for name, labels in {
        "calibration_ratio": ("class", "stage", "bound"),
        "calibration_ratio_recent": ("class", "bound"),
        "base_rate": ("class", "bound"),
        "pr_auc": ("class",),
        "recall": ("class",),
        "learned_of": ("class",),
        "label_delay_seconds": ("y",),
    }.items():
        value: Any = found[name].value
        assert found[name].labels == labels
        assert set(value) == set(NAMES)
    for name in ("log_loss", "measured", "measured_share", "macro_recall", "g_mean"):
        assert isinstance(found[name].value, float)
        assert found[name].labels == ()
    assert 20 < engine.metrics.delays.of["dos"].get() < 40


class Fails(naive_bayes.GaussianNB):
    """Raises as often as it is told, when it is asked or when it learns."""

    asked = learned = 0

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        self.asked -= 1
        if self.asked >= 0:
            raise RuntimeError("asked")
        return super().predict_proba_one(x)

    def learn_one(self, x: Any, y: Any) -> None:
        self.learned -= 1
        if self.learned >= 0:
            raise RuntimeError("taught")
        super().learn_one(x, y)


def test_a_model_that_raises_is_asked_again_and_not_taught_again() -> None:
    model = Fails()
    engine = taught(engine_over(model), n=30)
    model.asked = 2
    said = decided(engine.on_event(event("e1", 40.0, y="dos")))  # type: ignore[arg-type]
    model.asked = 3
    assert refused(engine.on_event(event("e2", 41.0))) == "poison"
    model.learned = 1
    said = decided(engine.on_event(event("e3", 42.0, y="dos")))  # type: ignore[arg-type]
    assert said.decision in NAMES
    assert engine.counters["learn_failed"] == 1
    assert engine.counters["learned"] == 31


BINARY: dict[str, Any] = {
    "ours": linear_model.LogisticRegression,
    "ours, sampled": lambda: SampledClassifier(linear_model.LogisticRegression(), seed=1),
    "River's": river_linear.LogisticRegression,
    "River's, sampled": lambda: SampledClassifier(river_linear.LogisticRegression(), seed=1),
    "a frozen anchor": lambda: SampledClassifier(linear_model.SoftmaxRegression(), anchor="frozen", seed=1),
}


@pytest.mark.parametrize("make", BINARY.values(), ids=BINARY)
def test_a_model_of_two_classes_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"classes: the model does not learn .*SoftmaxRegression.*OneVsRest"):
        engine_over(make())


def test_one_against_the_rest_is_a_way_out() -> None:
    model = multiclass.OneVsRestClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    engine = taught(engine_over(model))
    assert engine.counters["learn_failed"] == 0
    assert engine.metrics.served.macro_recall > 0.5


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (("dos",), "1 are given: name 2 to 100"),
        (tuple(f"c{i}" for i in range(1_000)), "1,000 are given: name 2 to 100"),
        (("dos", "probe", "dos"), "'dos' is given twice"),
        (("dos", ""), "'' is no name"),
        (("dos", "x" * 201), "is no name"),
        (("dos", 7), "7 is no name"),
        (("dos", True), "True is no name"),
        (("dos", chr(0xD800)), "is no name"),
    ],
)
def test_names_that_are_none(classes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"classes: .*{message}"):
        engine_over(classes=classes)


def test_a_hundred_classes_are_served() -> None:
    names = tuple(f"c{i}" for i in range(100))
    engine = engine_over(naive_bayes.GaussianNB(), names)
    for i in range(300):
        engine.on_event(event(f"e{i}", float(i), a=float(i % 100), y=names[i % 100]))  # type: ignore[arg-type]
    said = decided(engine.on_event(event("e", 300.0)))
    assert len(said.classes) == 100


def test_only_positives_reported_does_not_go_with_classes() -> None:
    with pytest.raises(ValueError, match="classes: where only positives are reported"):
        engine_over(labels=PositivesReported(10.0))


class Names(base.Classifier):
    """Names a class that is not configured, beside one that is."""

    @property
    def _multiclass(self) -> bool:
        return True

    def learn_one(self, x: Any, y: Any) -> None:
        pass

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return {"dos": 0.3, "worm": 0.6, True: 0.1}


def test_a_class_that_is_not_configured_is_left_out_of_what_is_served() -> None:
    said = decided(engine_over(Names()).on_event(event("e")))
    assert said.classes == {"normal": 0.0, "dos": 0.3, "probe": 0.0}
    assert said.decision == "dos"


def test_what_cannot_be_scored_is_rejected() -> None:
    said = engine_over().on_event(Event("e", 0.0, {f"f{i}": 1.0 for i in range(11_000)}))
    assert isinstance(said, Rejection)
    assert said.reason == "too_many_features"
