"""Members that are watched for drift one by one, and replaced where theirs is found."""

from __future__ import annotations

from typing import Any

from streamimb._kernels.draw import Draw
from streamimb._kernels.saved import entries, listed, refused, row, whole
from streamimb.compose import SampledClassifier
from streamimb.drift import ClassConditionalDrift
from streamimb.ensemble.members import Maker, Members, check_alike
from streamimb.protocols import Features, Label
from streamimb.stats import ClassPrior

WARNING, DRIFT = (0.05, 1.2), (0.002, 1.5)  # delta and least ratio
WATCHED_BYTES = 30_000  # of the two detectors of a member
ENOUGH = 20.0  # events outside the commonest class that a successor sees before it takes over


class Watched:
    """The detectors of one member, and the successor that learns since a warning.

    Cost: .6 µs per event, and learning where there is a successor.
    """

    def __init__(self) -> None:
        self.warning, self.drift = (
            ClassConditionalDrift(delta, least_ratio=least) for delta, least in (WARNING, DRIFT)
        )
        self.successor: SampledClassifier | None = None
        self.seen = 0.0  # events outside the commonest class that the successor saw, up to `ENOUGH`
        self.due = False  # drift was found

    def look(self, rare: bool, p: float, w: float) -> bool:
        """Judge the member by one event; return whether a successor has to begin."""
        self.warning.update(rare, p, w)
        self.drift.update(rare, p, w)
        self.due = self.due or _of_concept(self.drift)
        return self.successor is None and (self.due or _of_concept(self.warning))

    def state(self) -> dict[str, Any]:
        """The state, for a snapshot."""
        return {name: getattr(self, name) for name in ("warning", "drift", "successor", "seen", "due")}

    @classmethod
    def of_state(cls, state: Any, own: SampledClassifier) -> Watched:
        """Return what `state` gave; its successor must be as this member."""
        saved = entries(state, "warning", "drift", "successor", "seen", "due")
        found = cls()
        for name in ("warning", "drift"):
            part, made = saved[name], getattr(found, name)
            if type(part) is not ClassConditionalDrift or part._get_params() != made._get_params():
                raise refused(name, "a ClassConditionalDrift with the parameters of a forest")
            setattr(found, name, part)
        if saved["successor"] is not None:
            check_alike(saved["successor"], own)
        if type(saved["due"]) is not bool:
            raise refused("due", "True or False")
        found.successor, found.due = saved["successor"], saved["due"]
        (found.seen,) = row({"seen": [saved["seen"]]}, "seen", 1, 0.0, ENOUGH)
        return found


def _of_concept(detector: ClassConditionalDrift) -> bool:
    """Whether the last update found that a class changed; the correction follows a prior that moves."""
    return detector.drift_detected and any(alarm.name != "prior" for alarm in detector.alarms)


class AdaptiveMembers:
    """Members, each with two detectors of its own: at a warning its successor begins to learn, at drift it takes over.

    A detector is `drift.ClassConditionalDrift`. Its windows hold the events of one class, so that it finds a rare class
    that changed, which an error rate hides. It takes the probability of all classes but the commonest, as the member
    gave it when the event was served; without a memo, before it learned the event. A successor takes over when it has
    seen 20 events outside the commonest class.

    Cost: that of `Members`, twice for a member with a successor; .6 µs per member beside.
    """

    judges = True

    def __init__(self, maker: Maker, n: int) -> None:
        self._maker, self._members = maker, Members(maker, n)
        self.watched = [Watched() for _ in range(n)]
        self._prior = ClassPrior(prior=maker.prior)

    @property
    def all(self) -> list[SampledClassifier]:
        """The members that answer."""
        return self._members.all

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event and member, decayed."""
        return self._members.kept_share

    @property
    def generations(self) -> list[int]:
        """How often each member was replaced."""
        return self._members.generations

    @property
    def replaced(self) -> int:
        """Members that a successor has replaced so far."""
        return sum(self.generations)

    def judge(
        self, x: Features, y: Label, w: float, kwargs: dict[str, Any], answers: list[dict[Any, float]]
    ) -> None:
        """Watch each member by what it answered, and teach the successors; the members have learned the event."""
        prior = self._prior.get()
        commonest = max(prior, key=prior.__getitem__)
        rare = y != commonest
        for i, (watched, answer) in enumerate(zip(self.watched, answers, strict=True)):
            if watched.successor is not None:
                watched.successor.learn_one(x, y, w, **kwargs)
                watched.seen = min(ENOUGH, watched.seen + rare)
            if watched.look(rare, min(1.0, max(0.0, 1.0 - answer.get(commonest, 0.0))), w):
                watched.successor = self._maker.make(i)
            if watched.due and watched.successor is not None and watched.seen >= ENOUGH:
                self._members.all[i], self.watched[i] = watched.successor, Watched()
                self.generations[i] += 1
        self._prior.update(y, w)

    def state(self) -> dict[str, Any]:
        """Everything, for a snapshot."""
        return {
            "members": self._members.state(),
            "watched": [watched.state() for watched in self.watched],
            "generations": self.generations,
            "draw": self._maker.draw.__getstate__(),
            "prior": self._prior,
        }

    def resume(self, state: Any) -> None:
        """Continue from what `state` gave; nothing changes where it is refused."""
        saved = entries(state, "members", "watched", "generations", "draw", "prior")
        own, n = self.all[0], len(self.all)
        watched = [Watched.of_state(one, own) for one in listed(saved, "watched", n)]
        generations = [whole({"generations": one}, "generations") for one in listed(saved, "generations", n)]
        draw = Draw(0)
        draw.__setstate__(saved["draw"])
        prior = saved["prior"]
        if type(prior) is not ClassPrior or prior._get_params() != self._prior._get_params():
            raise refused("prior", "a ClassPrior with these parameters")
        self._members.resume(saved["members"])
        self._members.generations = generations
        self.watched, self._prior, self._maker.draw = watched, prior, draw
