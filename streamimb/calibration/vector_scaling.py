"""Vector scaling: a slope and an intercept for each class, learned together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.answer import is_label
from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.saved import entries, listed, number, refused
from streamimb.calibration.class_scores import centred, softmax
from streamimb.calibration.temperature import EXPECTED, FLATTEST, RIDGE, STEEPEST
from streamimb.parameters import Part
from streamimb.parameters import number as checked_number
from streamimb.protocols import Label, Proba
from streamimb.stats import ClassPrior

FARTHEST = 20.0  # bound of |intercept|
HALF = 0.5  # of a Newton step: the information between classes is left out, which is at most as much again
START = (1.0, 0.0, RIDGE, 0.0, RIDGE)  # slope, intercept, information about the two

Scaling = tuple[float, float, float, float, float]


class VectorScaling(Part):
    r"""Vector scaling of all classes together: a slope and an intercept for each class.

    With $m_k$ the share of class k in the stream (`stats.ClassPrior`) and $u_k = \log(p_k / m_k)$: $q_k \propto m_k
    \exp(a_k u_k + b_k)$. After the label the scaling of each class takes half the step that `Platt` takes, from the
    error $q_k - [y = k]$ and the information $q_k (1 - q_k)$: a class forgets after `memory` events of its own. The
    probabilities sum to 1 by the softmax, where one calibrator for each class is normalised afterwards.

    With `rho` > 0 it is fitted on balanced classes, as DisAlign fits a head: the weight of a label of class k is in
    proportion to $m_k^{-\rho}$, and its error is that of $\tilde q_k \propto m_k^{-\rho} q_k$, which such weights lead
    to. What is returned is q, so the weights are undone once. The errors of rare classes go sooner, and the answers
    are noisier: at 1 a single label of a rare class may count as dozens.

    Starts as the identity. A label that p does not name moves only the shares. An event of weight w counts w in error
    and information, at most one memory; one above 10^15 counts as 10^15.

    **Cost**: O(K) for K classes (44 µs to calibrate and learn, K = 5, in Python), 9 floats per class.

    Parameters
    ----------
    memory
        Information of a class after which it forgets, about as many events of the class; above 1.
    rho
        $\rho$, 0 to 1: 0 weighs every label alike, at 1 all classes count the same in sum.

    Raises
    ------
    ValueError
        Where `memory` is not a finite number above 1, `rho` is not in [0, 1], p is no mapping of probabilities, or a
        weight is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import calibration
    >>> rng, scaling = random.Random(1), calibration.VectorScaling()
    >>> for _ in range(10_000):  # class c is predicted too often
    ...     y = rng.choices("abc", (0.6, 0.3, 0.1))[0]
    ...     scaling.learn_one({"a": 0.4, "b": 0.2, "c": 0.4}, y)
    >>> round(scaling.calibrate_one({"a": 0.4, "b": 0.2, "c": 0.4})["c"], 1)
    0.1

    References
    ----------
    Guo, C. et al. (2017). On Calibration of Modern Neural Networks. https://arxiv.org/abs/1706.04599. Weights after
    Zhang, S. et al. (2021). Distribution alignment (DisAlign). https://arxiv.org/abs/2103.16370, without its gate,
    which says by the features how much of the scaling applies to an event. The anchor at the class shares and the
    memory are ours.
    """

    joint = True

    def __init__(self, memory: float = 100.0, rho: float = 0.0) -> None:
        self.memory = checked_number("memory", memory, lambda information: information > 1.0, EXPECTED)
        self.rho = checked_number("rho", rho, lambda power: 0.0 <= power <= 1.0, "a number from 0 to 1")
        self._prior = ClassPrior()
        self._scalings: dict[Any, Scaling] = {}

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"memory": 50.0}
        yield {"rho": 1.0}

    @property
    def scalings(self) -> dict[Any, tuple[float, float]]:
        """(slope, intercept) of each class that was learned."""
        return {k: one[:2] for k, one in self._scalings.items()}

    def calibrate_one(self, p: Proba) -> dict[Any, float]:
        """Return the calibrated probability of each class of p."""
        return self._said(*centred(p, self._prior))

    def learn_one(self, p: Proba, y: Label, w: float = 1.0) -> None:
        """Learn the label y of an event with these probabilities; w = 0 changes nothing."""
        u, c = centred(p, self._prior)
        w = checked_weight(w)
        if w == 0.0:
            return
        if y in u:
            rest = {k: (1.0 - self.rho) * share for k, share in c.items()}
            # The mean weight of a label is 1: the sum of m_k^(1 - rho) over the classes is what it is divided by.
            weight = (
                w * math.exp(-self.rho * c[y]) / math.fsum(map(math.exp, rest.values())) if self.rho else w
            )
            for k, q in self._said(u, rest).items():
                self._scalings[k] = self._stepped(self._scalings.get(k, START), u[k], q, q - (k == y), weight)
        self._prior.update(y, w)

    def _said(self, u: dict[Any, float], c: dict[Any, float]) -> dict[Any, float]:
        z = {}
        for k, value in u.items():
            a, b, *_ = self._scalings.get(k, START)
            z[k] = a * value + b + c[k]
        return softmax(z)

    def _stepped(self, scaling: Scaling, u: float, q: float, error: float, w: float) -> Scaling:
        """A scaling after half a Newton step."""
        a, b, h11, h12, h22 = scaling
        information = min(w * q * (1.0 - q), self.memory)
        fade = max(0.5, 1.0 - information / self.memory)
        h11 = fade * h11 + information * u * u + (1.0 - fade) * RIDGE
        h12 = fade * h12 + information * u
        h22 = fade * h22 + information + (1.0 - fade) * RIDGE
        det = max(RIDGE, h11 * h22 - h12 * h12)
        gradient = HALF * w * error
        da = gradient * (h12 - h22 * u) / det
        db = gradient * (h12 * u - h11) / det
        a = min(STEEPEST, max(FLATTEST, a + min(1.0, max(-1.0, da))))
        b = min(FARTHEST, max(-FARTHEST, b + min(1.0, max(-1.0, db))))
        return a, b, h11, h12, h22

    def __getstate__(self) -> dict[str, Any]:
        scalings = [[k, *one] for k, one in self._scalings.items()]
        return {"memory": self.memory, "rho": self.rho, "prior": self._prior, "scalings": scalings}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "memory", "rho", "prior", "scalings")
        fresh = VectorScaling(saved["memory"], saved["rho"])  # checks them
        prior = saved["prior"]
        if type(prior) is not ClassPrior or prior._get_params() != ClassPrior()._get_params():
            raise refused("prior", "a ClassPrior()")
        scalings: dict[Any, Scaling] = {}
        bounds = (
            (FLATTEST, STEEPEST),
            (-FARTHEST, FARTHEST),
            (0.4 * RIDGE, 1e30),
            (-1e30, 1e30),
            (0.4 * RIDGE, 1e30),
        )
        for one in listed(saved, "scalings"):
            label, *numbers = listed({"scalings": one}, "scalings", 6)
            if not is_label(label) or label in scalings:
                raise refused("scalings", "labels that differ, each with its scaling")
            a, b, h11, h12, h22 = (
                number({"scalings": given}, "scalings", *bound)
                for given, bound in zip(numbers, bounds, strict=True)
            )
            scalings[label] = (a, b, h11, h12, h22)
        vars(self).update(memory=fresh.memory, rho=fresh.rho, _prior=prior, _scalings=scalings)
