"""The classes that a snapshot may name: every part of the catalogue, and the engine's own.

Loading looks names up here and nowhere else; it never imports a name from a snapshot.
"""

from streamimb._kernels.draw import Draw
from streamimb.catalogue import NotRegistered, class_of, name_of, register, state_version
from streamimb.engine.degraded import DegradedReasons
from streamimb.engine.measures import Measures
from streamimb.metrics.served import ServedMetrics

__all__ = ["NotRegistered", "class_of", "name_of", "register", "state_version"]

# Saved inside other states, but no parts: a configuration cannot choose them.
register(DegradedReasons, "engine.DegradedReasons")
register(Measures, "engine.Measures")
register(ServedMetrics, "engine.Served")
register(Draw, "kernels.Draw")
