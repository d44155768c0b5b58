# Fields of the randomised games.
from streamimb._kernels.draw cimport Draw
from streamimb._kernels.ports cimport Scaling


cdef class Hedging(Scaling):
    cdef Scaling inner
    cdef Draw draw
    cdef bint even  # bins and levels of equal width on [0, 1]; else in log-odds
    cdef int bins
    cdef int levels
    cdef double[::1] low  # of each level: its lower end, its upper end, the probability that it answers with
    cdef double[::1] high
    cdef double[::1] middle
    cdef double[::1] mean  # of the labels, for each bin and level
    cdef double[::1] mass
    cdef long long[::1] played  # the level that each bin answers with now

    cdef object _begin(self, bint even)
    cdef double _at(self, double i) noexcept
    cdef int _own(self, int b) noexcept
    cdef int _bin(self, double q) noexcept
    cdef void _play(self, int b) noexcept
