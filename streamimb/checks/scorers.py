"""The laws of a `Scorer`: all methods of a classifier with `scores_one` predict and learn the same."""

from __future__ import annotations

from typing import Any

from streamimb.checks.classifiers import event, says, teach
from streamimb.checks.parts import Law, require
from streamimb.checks.state_data import data_of

N = 400


def scores_are_what_is_predicted(classifier: Any) -> None:
    """Three probabilities, the calibrated one being that of `predict_proba_one`, and a memo of floats."""
    pupil = classifier.clone()
    sizes = set()
    for first in (0, 200):
        for i in range(10**6, 10**6 + 20):
            x = event(i)[0]
            scores, memo = pupil.scores_one(x)
            require(pupil.scores_one(x) == (scores, memo), "two equal calls returned different results")
            sizes.add(len(memo))
            require(
                isinstance(memo, tuple) and all(type(p) is float for p in memo),
                "a memo is a flat tuple of floats",
            )
            said = (scores.raw, scores.corrected, scores.calibrated)
            require(all(0.0 <= p <= 1.0 for p in said), "a score that is no probability")
            require(
                scores.calibrated == pupil.predict_proba_one(x)[True], "scores_one is not predict_proba_one"
            )
        teach(pupil, first, 200)
    require(len(sizes) == 1, f"memos of {sorted(sizes)} floats: one classifier has memos of one size")


def scoring_is_pure(classifier: Any) -> None:
    """Scoring, however often, changes neither predictions nor learning."""
    asked, silent = classifier.clone(), classifier.clone()
    for i in range(N):
        x, y, _ = event(i)
        for _ in range(2):
            asked.scores_one({**x, "never learned": 1.0})
        asked.learn_one(dict(x), y)
        silent.learn_one(dict(x), y)
    require(says(asked) == says(silent), "predicting changed later predictions")


def scoring_and_learning_at_once_is_both(classifier: Any) -> None:
    """`score_learn_one` returns the scores of `scores_one` and learns as `learn_one` does, bit for bit."""
    apart, at_once = classifier.clone(), classifier.clone()
    for i in range(N):
        x, y, _ = event(i)
        scores, _ = apart.scores_one(dict(x))
        apart.learn_one(dict(x), y)
        require(at_once.score_learn_one(dict(x), y) == scores, "score_learn_one and scores_one differ")
    require(data_of(apart) == data_of(at_once), "score_learn_one learned something else than learn_one")


def a_fresh_memo_changes_nothing(classifier: Any) -> None:
    """The memo of `scores_one`, passed back before anything else is learned, changes nothing."""
    plain, told = classifier.clone(), classifier.clone()
    for i in range(N):
        x, y, _ = event(i)
        _, memo = told.scores_one(dict(x))
        told.learn_one(dict(x), y, memo=memo)
        plain.learn_one(dict(x), y)
    require(data_of(plain) == data_of(told), "a fresh memo has another effect than no memo")


def a_late_memo_is_taken(classifier: Any) -> None:
    """A memo that is 50 labels old is accepted, and predictions stay probabilities."""
    pupil = classifier.clone()
    waiting: list[Any] = []
    for i in range(N):
        x, y, _ = event(i)
        scores, memo = pupil.scores_one(dict(x))
        require(0.0 <= scores.calibrated <= 1.0, "a score that is no probability")
        waiting.append((dict(x), y, memo))
        if len(waiting) > 50:
            late, label, old = waiting.pop(0)
            pupil.learn_one(late, label, memo=old)


def the_kept_share_is_a_share_of_copies(classifier: Any) -> None:
    """Copies learned per labelled event: a finite number, at least 0."""
    pupil = classifier.clone()
    for first in (0, 200):
        require(0.0 <= pupil.kept_share < float("inf"), f"kept_share is {pupil.kept_share}")
        teach(pupil, first, 200)


SCORER_LAWS: tuple[Law, ...] = (
    scores_are_what_is_predicted,
    scoring_is_pure,
    scoring_and_learning_at_once_is_both,
    a_fresh_memo_changes_nothing,
    a_late_memo_is_taken,
    the_kept_share_is_a_share_of_copies,
)
