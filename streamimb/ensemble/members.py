"""Copies of one classifier that see one stream: each under a sampler and a draw of its own, each corrected."""

from __future__ import annotations

from collections.abc import Callable
from random import SystemRandom
from typing import Any

from river import base

from streamimb._kernels.draw import Draw
from streamimb._kernels.saved import listed, refused
from streamimb.compose import SampledClassifier
from streamimb.parameters import whole
from streamimb.protocols import Features, Label, Sampler

MOST_MODELS = 1_000


def checked_n_models(n_models: Any) -> int:
    """Return the number of members; raise ValueError where it is out of range."""
    return whole(
        "n_models", n_models, lambda n: 1 <= n <= MOST_MODELS, f"a whole number from 1 to {MOST_MODELS:,}"
    )


def seeds(seed: int | None, n: int) -> list[int]:
    """Return n seeds that follow from one; None takes it from the system's entropy."""
    draw = Draw(SystemRandom().getrandbits(64) if seed is None else seed)
    return [int(draw.uniform() * 2.0**31) for _ in range(n)]


def fresh(model: base.Classifier, seed: int) -> base.Classifier:
    """Return an untrained clone of a classifier; where it has a parameter `seed`, with another one for each member."""
    return model.clone({"seed": seed} if "seed" in model._get_params() else None)


class Members:
    """Sampled classifiers, of which each draws for itself and is corrected for itself.

    Every member sees every event, so that its prior is that of the stream. It learns a Poisson number of copies, whose
    mean is the rate of its sampler.

    Cost: n times that of a `SampledClassifier`.
    """

    def __init__(
        self,
        model: base.Classifier,
        samplers: Callable[[int], Sampler],
        n: int,
        correction: str,
        prior: float,
        seed: int | None,
    ) -> None:
        numbers = seeds(seed, 2 * n)
        self.all = [
            SampledClassifier(
                fresh(model, numbers[2 * i]),
                samplers(i),
                correction,
                prior=prior,
                seed=numbers[2 * i + 1],
                copies="poisson",
            )
            for i in range(n)
        ]

    def answers(self, x: Features, **kwargs: Any) -> list[dict[Any, float]]:
        """Return the corrected probabilities of each member."""
        return [member.predict_proba_one(x, **kwargs) for member in self.all]

    def learn(self, x: Features, y: Label, w: float, kwargs: dict[str, Any]) -> None:
        """Show an event to each member; the first refuses what any of them would refuse, before it has changed."""
        for member in self.all:
            member.learn_one(x, y, w, **kwargs)

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event and member, decayed."""
        return sum(member.kept_share for member in self.all) / len(self.all)

    def resume(self, state: dict[str, Any]) -> None:
        """Continue with saved members, of the classes and parameters of these; nothing changes where one is refused."""
        saved = listed(state, "members", len(self.all))
        for member, own in zip(saved, self.all, strict=True):
            if type(member) is not SampledClassifier or _told(member) != _told(own):
                raise refused("members", "sampled classifiers of the model and the sampler")
        self.all = saved


def _told(member: SampledClassifier) -> Any:
    """What a member was built with: the classes and parameters of its parts, as text, without what they learned."""
    sampler: Any = member.sampler
    return (
        type(member.classifier),
        type(sampler),
        repr(sampler._get_params()) if isinstance(sampler, base.Base) else "",
        member.correction,
        member.prior,
        member.copies,
    )
