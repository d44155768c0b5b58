# Fields of the compiled half of a CalibratedClassifier.
from streamimb._kernels.class_scaling cimport ClassScaling
from streamimb._kernels.effective_weight cimport EffectiveWeight
from streamimb._kernels.ports cimport Model
from streamimb._kernels.row cimport Row


cdef class CalibratedModel(Model):
    cdef Model _inner
    cdef ClassScaling _calibration
    cdef EffectiveWeight _weight
    cdef bint _met_false  # a label other than True was learned
