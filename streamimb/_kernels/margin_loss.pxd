# What other kernels may use of a MarginLoss without going through Python.
from streamimb._kernels.loss cimport Loss


cdef class MarginLoss(Loss):
    cdef double _margin
    cdef double[::1] d  # scratch: the margin of each class
    cdef double[::1] s

    cdef void _part(self, double[::1] n, Py_ssize_t classes) noexcept
