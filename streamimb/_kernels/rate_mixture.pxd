# What other kernels may use of a RateMixture without going through Python.
from streamimb._kernels.linear_work cimport LinearWork


cdef class RateMixture:
    cdef Py_ssize_t real  # learning rates
    cdef double[::1] share  # of each

    cdef double probability(self, LinearWork work, double offset) noexcept
    cdef void judge(self, LinearWork work, bint y, double offset, double w) noexcept
