# What other kernels may use of a VSLoss without going through Python.
from streamimb._kernels.loss cimport Loss


cdef class VSLoss(Loss):
    cdef double _tau
    cdef double _gamma
    cdef double[::1] s  # scratch: the log-odds of each class
    cdef double[::1] factor  # scratch: Delta of each class

    cdef void _scale(self, double[::1] n, Py_ssize_t classes) noexcept
