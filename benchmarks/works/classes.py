"""Five classes: our K-class learner alone, and one learner of ours for each class, sampled as one classifier."""

from __future__ import annotations

from river import multiclass

from benchmarks.messages import five_classes, msgspec_decode
from benchmarks.river_models import ONE_VS_REST, SOFTMAX, one_vs_rest, scaled_softmax
from benchmarks.rounds import Case, Group, Side, times_faster
from benchmarks.works.late_labels import one_by_one
from streamimb import SampledClassifier
from streamimb.linear_model import LogisticRegression, SoftmaxGAM, SoftmaxRegression


def _sampled() -> Side:
    model = SampledClassifier(multiclass.OneVsRestClassifier(LogisticRegression()), seed=1)
    return one_by_one(model, five_classes(), msgspec_decode)


GROUPS = (
    Group(
        SOFTMAX,
        lambda: one_by_one(scaled_softmax(), five_classes(), msgspec_decode),
        (
            Case(
                "SoftmaxRegression, 30 floats, 5 classes",
                times_faster(20.0),
                lambda: one_by_one(SoftmaxRegression(), five_classes(), msgspec_decode),
            ),
            Case(
                "SoftmaxGAM, 30 floats, 5 classes",
                times_faster(8.0),
                lambda: one_by_one(SoftmaxGAM(), five_classes(), msgspec_decode),
            ),
        ),
    ),
    Group(
        ONE_VS_REST,
        lambda: one_by_one(one_vs_rest(), five_classes(), msgspec_decode),
        (Case("SampledClassifier(OneVsRest(ours)), 5 classes", times_faster(9.0), _sampled),),
    ),
)
