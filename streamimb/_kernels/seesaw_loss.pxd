# What other kernels may use of a SeesawLoss without going through Python.
from streamimb._kernels.loss cimport Loss


cdef class SeesawLoss(Loss):
    cdef double _mitigation
    cdef double _compensation
    cdef double[::1] s  # scratch: the score of each class plus the log of its factor

    cdef void _press(self, double[::1] u, double[::1] n, Py_ssize_t y, Py_ssize_t classes) noexcept
