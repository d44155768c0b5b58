# What other kernels may use of an ExpertMixture without going through Python.
from streamimb._kernels.linear_work cimport LinearWork


cdef class ExpertMixture:
    cdef Py_ssize_t real  # experts
    cdef double[::1] share  # what is served: `level` parts of `slow`, the rest of `fast`
    cdef double[::1] slow  # shares that move with the probabilities to the power 1/16
    cdef double[::1] fast  # shares that move with the probabilities
    cdef double level
    cdef double[::1] q  # scratch

    cdef void _lay_out(self, Py_ssize_t real)
    cdef double probability(self, LinearWork work, double offset) noexcept
    cdef tuple remember(self, LinearWork work)
    cdef int judge(self, LinearWork work, double offset, memo, bint y, double w) except -1
    cdef void _collect(self, LinearWork work) noexcept
    cdef void _blend(self) noexcept
