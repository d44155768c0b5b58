"""The prior ratio: the present class prior over the class shares that the learner was given."""

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.answer import is_label
from streamimb._kernels.class_masses import with_other_prior
from streamimb._kernels.saved import entries, listed, number, refused, switch, whole
from streamimb.parameters import Part
from streamimb.parameters import switch as checked_switch
from streamimb.protocols import Label, Proba

HALF_LIFE = 2_000  # learned copies
FEWEST = 5  # learned events of classes other than False before the learner's answer is used


class PriorRatio(Part):
    r"""Serve $q_k \propto p_k\, m_k / a_k$.

    $m$ is the present prior of the unsampled stream; $a$ are the shares of the classes among the events that the
    learner was given: $a_k \propto A_k + \frac12$, $A_k$ the mass of class k, decayed per learned copy (half-life
    2,000). The ratio removes the effect of sampling, and that of a base rate which the learner follows too slowly. It
    is exact where the rate is the same for all x, and the learner forgets as fast as the rate moves: under
    `sampling.ClassWeights("effective_number")`, with a ratio of weights that fell from 18 to 1.7 within 20,000 events,
    mean p of `LogisticRegression` was .78 times the truth (standard error .02), and .99 (.04) behind a calibrator;
    behind one, mean p of three classes of River's Hoeffding tree, which does not forget, was .98, 1.08 and 1.14 times.
    Until five events of classes other than False have been learned, $m$ is served.

    **Cost**: O(classes) time and memory.

    Parameters
    ----------
    draws
        Whether rates are drawn as copies (else an event is learned once, with its rate as a weight).

    Raises
    ------
    ValueError
        For a `draws` that is no bool.

    Examples
    --------
    >>> from streamimb import correction
    >>> ratio = correction.PriorRatio()
    >>> for i in range(2_000):  # the learner is given one positive for each negative
    ...     w = ratio.give_one(i % 2 == 0, 1.0, 1.0, 1.0)
    >>> q = ratio.correct_one({False: 0.5, True: 0.5}, {}, {False: 0.99, True: 0.01})
    >>> round(q[True], 4)
    0.01

    References
    ----------
    Elkan (2001), The foundations of cost-sensitive learning, IJCAI; Dal Pozzolo et al. (2015),
    doi:10.1109/SSCI.2015.33. Both assume one fixed prior; following both priors over time is ours.
    """

    needs_rates = False
    same_rate_for_all_x = True

    def __init__(self, draws: bool = True) -> None:
        checked_switch("draws", draws)
        self.draws = draws
        self._fade = 0.5 ** (1.0 / HALF_LIFE)
        self._given: dict[Any, float] = {}
        self._seen = 0

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"draws": False}

    def correct_one(self, p: Proba, rates: Proba, prior: Proba) -> dict[Any, float]:
        """Return the probabilities on the unsampled stream; the rates are not used."""
        if self._seen < FEWEST or len(self._given) < 2:
            return dict(prior)
        corrected: dict[Any, float] = with_other_prior(p, prior, self._given)
        return corrected

    def give_one(self, y: Label, rate: float, w: float, copies: float) -> float:
        """Count the copies of an event that the learner gets; return the weight of each copy."""
        # One decay per learned copy; a copy of weight w is one copy with more mass.
        fade = self._fade ** (copies if self.draws else 1.0)
        for k in self._given:
            self._given[k] *= fade
        self._given[y] = self._given.get(y, 0.0) + w * copies
        self._seen += y is not False
        return w if self.draws else w * copies

    def __getstate__(self) -> dict[str, Any]:
        return {
            "draws": self.draws,
            "given": [[k, mass] for k, mass in self._given.items()],
            "seen": self._seen,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "draws", "given", "seen")
        draws, seen = switch(saved, "draws"), whole(saved, "seen")
        given: dict[Any, float] = {}
        for one in listed(saved, "given"):
            label, mass = listed({"given": one}, "given", 2)
            if not is_label(label) or label in given:
                raise refused("given", "labels that differ, each with its mass")
            given[label] = number({"given": mass}, "given", 0.0)
        vars(self).update(draws=draws, _given=given, _seen=seen, _fade=0.5 ** (1.0 / HALF_LIFE))
