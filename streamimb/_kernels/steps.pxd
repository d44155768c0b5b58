# What other kernels may use of Steps without going through Python.
from streamimb._kernels.moments cimport Moments

cdef class Steps(Moments):
    cdef Py_ssize_t real  # rates asked for
    cdef Py_ssize_t lanes  # rates stored: the next multiple of three
    cdef double[::1] alpha
    cdef double[::1] share
    cdef double[::1] bias
    cdef double bias_g
    cdef double[::1] weight
    cdef double[::1] G
    cdef double[::1] gap
    cdef double[::1] table
    # one number per rate, of the event in hand
    cdef double[::1] g
    cdef double[::1] e
    cdef double[::1] E
    cdef double[::1] d
    cdef double judged  # the offset at which E holds the scores of the event in hand

    cdef void _lay_out(self, rates)
    cdef void _scratch(self)
    cdef void _say(self, double offset) noexcept
    cdef void _sum(self) noexcept
    cdef double _mixed(self, double offset) noexcept
    cdef void _judge(self, bint y, double offset, double w) noexcept
    cdef void _add(self, double c, double q) noexcept
    cdef void _step(self, bint y, double offset, double w) noexcept
    cdef double _kappa(self, double q) noexcept
    cdef void _flow(self, bint y, double offset, double h) noexcept
    cdef void _learn(self, bint y, double offset, double w) noexcept
    cdef double _part(self, double[::1] weights, Py_ssize_t at, Py_ssize_t step, double z) noexcept
