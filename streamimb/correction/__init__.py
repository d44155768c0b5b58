"""Turns probabilities that were learned from a sampled stream into those of the unsampled one.

A correction gets rates and priors as numbers. A learner that takes an offset needs none: the offset carries the shift.

| correction | at training | at serving | needs |
|---|---|---|---|
| `PriorRatio` | nothing | p × prior of now ÷ prior it was trained at | rates that do not depend on x |
| `RateRatio` | nothing | p ÷ the rates at the learner's own p | nothing |
| `Weight` | weight 1/r | nothing | a learner that honours `w` |

`FrozenAnchor` stands in for the live class prior where labels are very late.
"""

from streamimb.correction.frozen_anchor import FrozenAnchor
from streamimb.correction.prior_ratio import PriorRatio
from streamimb.correction.rate_ratio import RateRatio
from streamimb.correction.weight import Weight

__all__ = ["FrozenAnchor", "PriorRatio", "RateRatio", "Weight"]
