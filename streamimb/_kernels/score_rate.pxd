# What other kernels may use of a ScoreRate without going through Python.
from streamimb._kernels.ports cimport Rates


cdef class ScoreRate(Rates):
    cdef double odds  # (1 - share) / share where a share is wanted, else 0
    cdef double fixed  # the mean rate of negatives where one is wanted, else 0
    cdef double blend
    cdef double fade
    cdef double sum_p
    cdef double mass
    cdef double c

    cdef double _target(self, double m) noexcept
    cdef double _rate(self, double p, double m) noexcept
    cdef double _pilot(self, p) except? -2.0
    cdef void _negative(self, double p, double rate, double w, double m) noexcept
