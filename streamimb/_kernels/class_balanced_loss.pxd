# What other kernels may use of a ClassBalancedLoss without going through Python.
from streamimb._kernels.loss cimport Loss


cdef class ClassBalancedLoss(Loss):
    cdef double log_beta  # 0: weights in proportion to 1 / n
    cdef double[::1] w  # scratch: the weight of each class

    cdef void _weigh(self, double[::1] n, Py_ssize_t classes) noexcept
