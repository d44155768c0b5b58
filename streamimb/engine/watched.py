"""The state of what watches an engine: alarms, findings, the circuit breaker, and the prior that is followed."""

from typing import Any, NamedTuple, Self

from streamimb._kernels.saved import entries, refused, switch
from streamimb.engine.alarms import Alarms
from streamimb.engine.breaker import Breaker
from streamimb.engine.class_sizes import ClassSizes
from streamimb.engine.findings import Findings
from streamimb.engine.followed_prior import FollowedPrior
from streamimb.stats import LabelFreePrior


class Watched(NamedTuple):
    """All of it, so that a state is checked as a whole before any of it is used."""

    alarms: Alarms
    findings: Findings
    breaker: Breaker
    prior: FollowedPrior
    sizes: ClassSizes

    @classmethod
    def new(cls) -> Self:
        """Return one that has seen nothing."""
        return cls(Alarms(), Findings(), Breaker(), FollowedPrior(), ClassSizes())

    def state(self) -> dict[str, Any]:
        """Return the state, for a snapshot."""
        return {name: part.state() for name, part in self._asdict().items()}

    @classmethod
    def of_state(cls, state: Any) -> Self:
        """Return one with the state that `state` gave.

        Raises
        ------
        ValueError
            It is not such a state.
        """
        saved = entries(state, *cls._fields)
        prior = entries(saved["prior"], "free", "provisional")
        if (
            type(prior["free"]) is not LabelFreePrior
            or prior["free"]._get_params() != LabelFreePrior()._get_params()
        ):
            raise refused("free", "a label-free prior with the default parameters")
        return cls(
            Alarms.of_state(saved["alarms"]),
            Findings.of_state(saved["findings"]),
            Breaker.of_state(saved["breaker"]),
            FollowedPrior(prior["free"], provisional=switch(prior, "provisional")),
            ClassSizes.of_state(saved["sizes"]),
        )
