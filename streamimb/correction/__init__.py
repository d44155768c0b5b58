"""Taking out, exactly once, what a rate put in: three routes, and the anchor they hang on.

A route is told the rates of an event and drives a learner by protocol. It must never know which sampler
made the rates, nor which wrapper asks.

| route | at training | at serving | needs |
|---|---|---|---|
| `Offset` | learner fits g in g + logit m + shift | σ(g + logit m) | an `OffsetLearner` |
| `PriorRatio` | nothing | odds × prior odds of now ÷ odds it was trained at | a rate that does not depend on x |
| `SelfPilot` | nothing | odds ÷ odds of the rates at the learner's own raw score | any learner |
| `Weight` | weight 1/r | nothing | a learner that honours `w` |
"""

from streamimb.correction.anchor import FrozenAnchor
from streamimb.correction.offset import Offset
from streamimb.correction.prior_ratio import PriorRatio
from streamimb.correction.route import Route
from streamimb.correction.self_pilot import SelfPilot
from streamimb.correction.weight import Weight

__all__ = ["FrozenAnchor", "Offset", "PriorRatio", "Route", "SelfPilot", "Weight"]
