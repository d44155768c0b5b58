# What other kernels may use of an ExpertMixture without going through Python.
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.mixture cimport Mixture


cdef class ExpertMixture(Mixture):  # `share`: `level` parts of `slow`, the rest of `fast`
    cdef double[::1] slow  # shares that move with the probabilities to the power 1/16
    cdef double[::1] fast  # shares that move with the probabilities
    cdef double level
    cdef double[::1] q  # scratch

    cdef void _lay_out(self, Py_ssize_t real)
    cdef double probability(self, LinearWork work, double offset) noexcept
    cdef void _collect(self, LinearWork work) noexcept
    cdef void _blend(self) noexcept
