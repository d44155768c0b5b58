"""What a score means: online calibrators fed by every labelled event, sampled or not.

They see the score of the model of now, before it learns the event, and start as the identity.
"""

from streamimb.calibration.platt import Platt
from streamimb.calibration.platt_mixture import PlattMixture

__all__ = ["Platt", "PlattMixture"]
