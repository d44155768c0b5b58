# Fields of the compiled half of a ThresholdedClassifier.
from streamimb._kernels.ports cimport Model


cdef class ThresholdedModel(Model):
    cdef Model _inner
