"""The rate ratio: divide by the rates, computed at the learner's own probabilities."""

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.class_masses import divided_by_rates
from streamimb._kernels.saved import entries, switch, whole
from streamimb.parameters import Part
from streamimb.parameters import switch as checked_switch
from streamimb.protocols import Label, Proba

FEWEST = 5  # learned events of classes other than False before the learner's answer is used


class RateRatio(Part):
    r"""Serve $q_k \propto p_k / r_k(x)$, the rates computed at the learner's own p.

    Events were drawn at rates computed at that same p, so the correction removes exactly the shift of the draw, where
    the learner can represent it. A linear model cannot follow the logarithm of a cost that is a field: under
    `sampling.ExampleCosts` with two fields, mean p was 1.58 times the truth (standard error .05), and .98 (.04) behind
    a calibrator. A learner that takes an offset need not represent the shift. Until five events of classes other than
    False have been learned, the class prior is served.

    **Cost**: one division per class.

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
    >>> ratio = correction.RateRatio()
    >>> for y in [False, True, True, True, True, True]:
    ...     w = ratio.give_one(y, 1.0, 1.0, 1.0)
    >>> q = ratio.correct_one({False: 0.5, True: 0.5}, {False: 0.1, True: 1.0}, {False: 0.9, True: 0.1})
    >>> round(q[True], 3)
    0.091

    References
    ----------
    The fixed-rate form is Elkan (2001), The foundations of cost-sensitive learning, IJCAI.
    """

    needs_rates = True

    def __init__(self, draws: bool = True) -> None:
        checked_switch("draws", draws)
        self.draws = draws
        self._seen = 0
        self._met_false = False

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}

    def correct_one(self, p: Proba, rates: Proba, prior: Proba) -> dict[Any, float]:
        """Return the probabilities on the unsampled stream."""
        if self._seen < FEWEST or (False in p and not self._met_false and len(p) == 2):
            return dict(prior)
        corrected: dict[Any, float] = divided_by_rates(p, rates)
        return corrected

    def give_one(self, y: Label, rate: float, w: float, copies: float) -> float:
        """Count an event that the learner gets; return the weight of each copy."""
        self._met_false = self._met_false or y is False
        self._seen += y is not False
        return w if self.draws else w * copies

    def __getstate__(self) -> dict[str, Any]:
        return {"draws": self.draws, "seen": self._seen, "met_false": self._met_false}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "draws", "seen", "met_false")
        draws, seen, met_false = switch(saved, "draws"), whole(saved, "seen"), switch(saved, "met_false")
        vars(self).update(draws=draws, _seen=seen, _met_false=met_false)
