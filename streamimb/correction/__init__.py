"""Corrections: they turn probabilities learned from a sampled stream into those of the unsampled stream.

A correction gets rates and priors as numbers and knows no sampler. A learner that takes an offset needs no correction:
its offset contains the shift.

| correction | at training | at serving | needs |
|---|---|---|---|
| `PriorRatio` | nothing | p × present prior ÷ class shares of the learned events | rates that do not depend on x |
| `RateRatio` | nothing | p ÷ the rates at the learner's own p | nothing |
| `Weight` | weight 1/r | nothing | a learner that honours `w` |

`FrozenAnchor` takes the place of the live class prior where labels are very late.
"""

from streamimb.correction.frozen_anchor import FrozenAnchor
from streamimb.correction.prior_ratio import PriorRatio
from streamimb.correction.rate_ratio import RateRatio
from streamimb.correction.weight import Weight

__all__ = ["FrozenAnchor", "PriorRatio", "RateRatio", "Weight"]
