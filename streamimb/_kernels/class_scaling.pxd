# Calibration of all classes of an event: the port, and its two kinds.
from streamimb._kernels.ports cimport Scaling
from streamimb._kernels.row cimport Row


cdef class ClassScaling:
    cdef Py_ssize_t memo_size  # floats in the memo while the classes are True and False

    cdef int spread(self, Row row) except -1
    cdef int calibrate(self, Row row) except -1
    cdef int learn(self, Row row, double corrected, mapping, y, double w, memo) except -1
    cdef tuple remember(self, Row row)
    cdef bint remembers(self, Py_ssize_t more) noexcept


cdef class SeparateScalings(ClassScaling):
    cdef Scaling _true
    cdef dict _scalings  # by class; at first only that of True
    cdef object _fresh  # the untrained calibrator, which each class gets a copy of
    cdef dict _copies  # calibrators of classes other than True; the wrapper saves them

    cdef Scaling _of(self, label)
    cdef int _learn_classes(self, Row row, dict mapping, y, double w, memo) except -1


cdef class JointScaling(ClassScaling):
    cdef object calibrator
