"""Temperature scaling: one number makes the probabilities of all classes bolder or more timid."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.saved import entries, number, refused
from streamimb.calibration.class_scores import centred, softmax
from streamimb.parameters import Part
from streamimb.parameters import number as checked_number
from streamimb.protocols import Label, Proba
from streamimb.stats import ClassPrior

RIDGE = 5.0  # prior information about the start
FLATTEST, STEEPEST = 0.1, 5.0
EXPECTED = "a finite number above 1, e.g. 200"


class Temperature(Part):
    r"""Temperature scaling of all classes together: one number, so a few labels of any class are enough.

    With $m_k$ the share of class k in the stream (`stats.ClassPrior`): $q_k \propto m_k (p_k / m_k)^a$, where a = 1/T.
    Taken about the shares, a bolder or more timid answer keeps the base rates of rare classes. After the label y, with
    $u_k = \log(p_k / m_k)$: $I = (1 - \sum q_k^2) / 2,\; \lambda = 1 - I / M,\; h \leftarrow \lambda h +
    \mathrm{Var}_q(u) + 5 (1 - \lambda)$, and $a \leftarrow a - (\sum q_k u_k - u_y) / h$, a step of at most 1, a in
    [.1, 5].

    Starts as the identity. A label that p does not name moves only the shares. An event of weight w counts w in error
    and information, at most one memory; one above 10^15 counts as 10^15.

    **Cost**: O(K) for K classes (36 µs to calibrate and learn, K = 5, in Python), 4 floats per class.

    Parameters
    ----------
    memory
        Information after which it forgets, about as many events that are not of the most frequent class; above 1.

    Raises
    ------
    ValueError
        Where `memory` is not a finite number above 1, p is no mapping of probabilities, or a weight is negative or not
        finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import calibration
    >>> rng, temperature = random.Random(1), calibration.Temperature()
    >>> for _ in range(5_000):  # the class with probability .96 is right half of the time
    ...     y, said = rng.choice("abc"), rng.choice("abc")
    ...     said = y if rng.random() < 0.5 else said
    ...     temperature.learn_one({k: 0.96 if k == said else 0.02 for k in "abc"}, y)
    >>> round(temperature.calibrate_one({"a": 0.96, "b": 0.02, "c": 0.02})["a"], 1)
    0.7

    References
    ----------
    Guo, C. et al. (2017). On Calibration of Modern Neural Networks. https://arxiv.org/abs/1706.04599. The anchor at the
    class shares and the memory are ours.
    """

    joint = True

    def __init__(self, memory: float = 200.0) -> None:
        self.memory = checked_number("memory", memory, lambda information: information > 1.0, EXPECTED)
        self._prior = ClassPrior()
        self._a, self._h = 1.0, RIDGE

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"memory": 100.0}

    @property
    def slope(self) -> float:
        """The number a = 1 / T."""
        return self._a

    def calibrate_one(self, p: Proba) -> dict[Any, float]:
        """Return the calibrated probability of each class of p."""
        u, c = centred(p, self._prior)
        return softmax({k: self._a * u[k] + c[k] for k in u})

    def learn_one(self, p: Proba, y: Label, w: float = 1.0) -> None:
        """Learn the label y of an event with these probabilities; w = 0 changes nothing."""
        u, c = centred(p, self._prior)
        w = checked_weight(w)
        if w == 0.0:
            return
        if y in u:
            q = softmax({k: self._a * u[k] + c[k] for k in u})
            mean = math.fsum(q[k] * u[k] for k in u)
            variance = math.fsum(q[k] * (u[k] - mean) ** 2 for k in u)
            information = max(1e-12, (1.0 - math.fsum(one * one for one in q.values())) / 2.0)
            # The information of one event is limited, so that it neither exceeds nor empties a memory.
            counted = min(w, self.memory / information)
            fade = max(0.5, 1.0 - counted * information / self.memory)
            self._h = fade * self._h + counted * variance + (1.0 - fade) * RIDGE
            step = min(1.0, max(-1.0, w * (mean - u[y]) / self._h))
            self._a = min(STEEPEST, max(FLATTEST, self._a - step))
        self._prior.update(y, w)

    def __getstate__(self) -> dict[str, Any]:
        return {"memory": self.memory, "prior": self._prior, "a": self._a, "h": self._h}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "memory", "prior", "a", "h")
        memory = Temperature(saved["memory"]).memory  # checks it
        a, h = number(saved, "a", FLATTEST, STEEPEST), number(saved, "h", 0.4 * RIDGE)
        prior = saved["prior"]
        if type(prior) is not ClassPrior or prior._get_params() != ClassPrior()._get_params():
            raise refused("prior", "a ClassPrior()")
        vars(self).update(memory=memory, _prior=prior, _a=a, _h=h)
