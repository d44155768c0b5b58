"""Online calibrators: they map a score to the probability it means, and learn from every labelled event.

They get the score of the current model, from before it learns the event.
"""

from streamimb.calibration.beta import Beta
from streamimb.calibration.calibeating import Calibeating
from streamimb.calibration.hedged import Hedged
from streamimb.calibration.histogram import Histogram
from streamimb.calibration.intercept import Intercept
from streamimb.calibration.isotonic import Isotonic
from streamimb.calibration.online_platt import OnlinePlatt
from streamimb.calibration.platt import Platt
from streamimb.calibration.platt_mixture import PlattMixture
from streamimb.calibration.segmented import Segmented
from streamimb.calibration.temperature import Temperature
from streamimb.calibration.vector_scaling import VectorScaling
from streamimb.calibration.venn_abers import VennAbers

__all__ = [
    "Beta",
    "Calibeating",
    "Hedged",
    "Histogram",
    "Intercept",
    "Isotonic",
    "OnlinePlatt",
    "Platt",
    "PlattMixture",
    "Segmented",
    "Temperature",
    "VectorScaling",
    "VennAbers",
]
