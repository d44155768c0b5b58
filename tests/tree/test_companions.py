"""Every offset learner can be the companion of boosted trees, also where its memo depends on the event."""

from __future__ import annotations

import pytest

from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.engine import snapshot
from streamimb.tree import RollingBoostingClassifier
from tests.laws.table import OFFSET_LEARNERS
from tests.tree.test_rolling_boosting import SMALL, events

LATE = 30  # events until a label comes


@pytest.mark.parametrize("name", OFFSET_LEARNERS)
def test_a_companion_learns_late_labels_with_its_own_memo_also_after_a_restart(name: str) -> None:
    trees = RollingBoostingClassifier(OFFSET_LEARNERS[name](), **SMALL)
    model = CalibratedClassifier(SampledClassifier(trees, seed=1))
    loaded, waiting = model, []
    for i, (x, y, _) in enumerate(events(400)):
        scores, memo = model.scores_one(x)
        assert loaded.scores_one(x) == (scores, memo)
        waiting.append((x, y, memo))
        if i >= LATE:
            x, y, memo = waiting[i - LATE]
            for one in (model, loaded) if loaded is not model else (model,):
                one.learn_one(x, y, memo=memo)
        if i == 300:
            loaded = snapshot.loads(snapshot.dumps(model))
    assert snapshot.dumps(loaded) == snapshot.dumps(model)


@pytest.mark.parametrize("name", OFFSET_LEARNERS)
def test_a_memo_passed_back_at_once_changes_nothing(name: str) -> None:
    at_once, passed = (
        SampledClassifier(RollingBoostingClassifier(OFFSET_LEARNERS[name](), **SMALL), seed=1)
        for _ in range(2)
    )
    for x, y, _ in events(300):
        at_once.learn_one(x, y)
        passed.learn_one(x, y, memo=passed.scores_one(x)[1])
    assert snapshot.dumps(passed) == snapshot.dumps(at_once)


def test_a_companion_sees_a_category_as_it_was_when_the_event_was_served() -> None:
    """The memo of the outer trees has that of the companion, which has the statistics of the string."""
    outer = RollingBoostingClassifier(OFFSET_LEARNERS["HoeffdingTreeClassifier"](), **SMALL)
    x = {"word": "u"}
    memo = outer.memo_one(x, 0.0)
    for _ in range(50):
        outer.learn_one(x, True)
    now = outer.companion.memo_one(x, 0.0)
    assert memo[-6:] == (0.0,) * 6  # a string without labels, in the companion and in the trees
    assert now[-3:] != (0.0,) * 3
    for wrong in (memo[:-3], (*memo[:-6], *memo[-3:]), (*memo, 0.0)):
        with pytest.raises(ValueError, match=r"^memo: "):
            outer.learn_one(x, True, memo=wrong)
