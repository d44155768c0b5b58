"""Online calibrators: they map a score to the probability it means, and learn from every labelled event.

They get the score of the current model, from before it learns the event, and start as the identity.
"""

from streamimb.calibration.platt import Platt
from streamimb.calibration.platt_mixture import PlattMixture

__all__ = ["Platt", "PlattMixture"]
