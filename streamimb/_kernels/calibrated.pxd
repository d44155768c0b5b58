# Fields of the compiled half of a CalibratedClassifier.
from streamimb._kernels.ports cimport Model, Scaling
from streamimb._kernels.row cimport Row


cdef class CalibratedModel(Model):
    cdef Model _inner
    cdef dict _scalings  # by class; at first only that of True
    cdef Scaling _true
    cdef bint _met_false  # a label other than True was learned

    cdef int _spread(self, Row row) except -1
    cdef Scaling _scaling_of(self, label)
    cdef int _learn_classes(self, dict mapping, y, double w, memo) except -1
