"""Experts at different class priors, weighted by how well each was right: for `PriorExpertsClassifier`."""

from __future__ import annotations

import math
from typing import Any

from streamimb._kernels.saved import entries, labels, listed, refused, row, whole
from streamimb.ensemble.combining import mean
from streamimb.protocols import Label, Proba
from streamimb.stats import ClassPrior

LEAST = 1e-9  # of the probability by which an expert is judged, so that one event does not end it
ENOUGH = 5  # labels of each of two classes, before which the prior says too little to tilt by it


def tilted(p: Proba, prior: Proba, tau: float) -> dict[Any, float]:
    """Return the probabilities where each class is as frequent as its prior to the power of 1 - tau.

    Cost: O(classes).

    Examples
    --------
    >>> round(tilted({False: 0.9, True: 0.1}, {False: 0.9, True: 0.1}, 1.0)[True], 9)
    0.5
    """
    parts = {label: q * max(LEAST, prior.get(label, LEAST)) ** -tau for label, q in p.items()}
    total = math.fsum(parts.values())
    return {label: part / total for label, part in parts.items()} if total > 0.0 else dict(p)


class FixedShare:
    r"""Weights of experts: $w_j \leftarrow (1 - \alpha) w_j e_j(y) / \sum_i w_i e_i(y) + \alpha / J$.

    Until five labels of each of two classes have come, the expert with $\tau$ nearest to 0 answers alone: the others
    tilt by a prior that is hardly known.

    Cost: O(experts × classes) per event.

    Parameters
    ----------
    taus
        Expert j assumes that class k is as frequent as $m_k^{1 - \tau_j}$, with m the live class prior.
    switch
        alpha: probability that another expert is the best at the next event.
    prior
        P(True) until the first negative has come; then it counts as one label.

    Examples
    --------
    >>> share = FixedShare((0.0, 1.0), 0.01, 0.1)
    >>> share.learn([{False: 0.9, True: 0.1}] * 2, True, 1.0)
    >>> [round(weight, 2) for weight in share.weights]
    [0.17, 0.83]
    """

    judges = True

    def __init__(self, taus: tuple[float, ...], switch: float, prior: float) -> None:
        self.taus, self.switch = taus, switch
        self.prior = ClassPrior(prior=prior)
        self.weights = [1.0 / len(taus)] * len(taus)
        self.met: dict[Any, int] = {}  # labels of each class, up to ENOUGH
        self._plain = min(range(len(taus)), key=lambda j: abs(taus[j]))

    def experts(self, answers: list[dict[Any, float]], prior: Proba | None = None) -> list[dict[Any, float]]:
        """Return what each expert says, from its corrected probabilities, at this class prior; None: that of now."""
        at: Proba = self.prior.get() if prior is None else prior
        return [tilted(p, at, tau) if tau else p for p, tau in zip(answers, self.taus, strict=True)]

    def answer(self, answers: list[dict[Any, float]]) -> dict[Any, float]:
        """Return the weighted mean of what the experts say, or at first what the plainest one says."""
        if sum(n >= ENOUGH for n in self.met.values()) < 2:
            return answers[self._plain]
        return mean(self.experts(answers), self.weights)

    def learn(self, answers: list[dict[Any, float]], y: Label, w: float, prior: Proba | None = None) -> None:
        """Judge the experts by an event of weight w, as of w events, and count its label."""
        experts = self.experts(answers, prior)
        right = [math.log(max(LEAST, expert.get(y, 0.0))) for expert in experts]
        best = max(right)
        judged = [
            weight * math.exp(max(-700.0, min(w, 1e6) * (loss - best)))
            for weight, loss in zip(self.weights, right, strict=True)
        ]
        total = math.fsum(judged)
        spread = self.switch / len(judged)
        self.weights = [(1.0 - self.switch) * each / total + spread for each in judged]
        self.prior.update(y, w)
        if self.met.get(y, 0) < ENOUGH:
            self.met[y] = self.met.get(y, 0) + 1

    def state(self) -> dict[str, Any]:
        """Its weights, its prior and how many labels of each class it has met, for a snapshot."""
        met = {"classes": list(self.met), "met": list(self.met.values())}
        return {"weights": self.weights, "prior": self.prior, **met}

    def resume(self, state: Any) -> None:
        """Continue from what `state` gave; nothing changes where it is refused."""
        saved = entries(state, "weights", "prior", "classes", "met")
        weights = row(saved, "weights", len(self.taus), 0.0, 1.000001)
        if not 0.999999 <= math.fsum(weights) <= 1.000001:
            raise refused("weights", "weights that sum to 1")
        prior = saved["prior"]
        if type(prior) is not ClassPrior or prior._get_params() != self.prior._get_params():
            raise refused("prior", "a ClassPrior with these parameters")
        classes = labels(saved, "classes")
        met = [whole({"met": n}, "met", 1, ENOUGH) for n in listed(saved, "met", len(classes))]
        self.weights, self.prior, self.met = list(weights), prior, dict(zip(classes, met, strict=True))
