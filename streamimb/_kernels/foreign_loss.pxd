# What other kernels may use of a ForeignLoss without going through Python.
from streamimb._kernels.loss cimport Loss


cdef class ForeignLoss(Loss):
    cdef object foreign
    cdef tuple labels

    cdef dict _counts(self, double[::1] n)
    cdef int _take(self, str method, tuple labels, answer, double sign, double[::1] into) except -1
