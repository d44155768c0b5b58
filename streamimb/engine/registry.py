"""The classes that a snapshot may name: every part of the catalogue, and the engine's own.

Loading looks names up here and nowhere else; it never imports a name from a snapshot.
"""

from streamimb._kernels.draw import Draw
from streamimb.catalogue import NotRegistered, class_of, name_of, register, state_version
from streamimb.engine.class_measures import ClassMeasures
from streamimb.engine.degraded import DegradedReasons
from streamimb.engine.each_class import EachClass
from streamimb.engine.measures import Measures
from streamimb.metrics.served import ServedMetrics
from streamimb.metrics.served_classes import ServedClasses

__all__ = ["NotRegistered", "class_of", "name_of", "register", "state_version"]

# Saved inside other states, but no parts: a configuration cannot choose them.
register(DegradedReasons, "engine.DegradedReasons")
register(Measures, "engine.Measures")
register(ClassMeasures, "engine.ClassMeasures")
register(EachClass, "engine.EachClass")
register(ServedMetrics, "engine.Served")
register(ServedClasses, "engine.ServedClasses")
register(Draw, "kernels.Draw")
