# What other kernels may use of a LogitAdjustedLoss without going through Python.
from streamimb._kernels.loss cimport Loss


cdef class LogitAdjustedLoss(Loss):
    cdef double _tau
    cdef double[::1] s  # scratch: the adjusted score of each class
