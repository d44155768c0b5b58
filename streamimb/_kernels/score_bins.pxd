# Fields of decayed bins of a score.
from streamimb._kernels.ports cimport Scaling


cdef class ScoreBins(Scaling):
    cdef Scaling inner  # the calibrator whose answers are binned; None: the scores themselves
    cdef bint fixed  # ten bins of equal width on [0, 1]; else bins of equal information
    cdef bint shifts  # the log-odds of the calibrator inside; else the share of the bin is the answer
    cdef double memory  # half-life in information; 0: it never forgets
    cdef int cells  # of a fixed fine grid
    cdef int groups  # bins, each some cells in a row
    cdef double unit  # weight of a new event; it grows instead of all sums shrinking
    cdef double seen  # events
    cdef double due  # number of events at which the cells are grouped anew
    cdef double[::1] hits  # of each cell, decayed: mass of True, mass, information
    cdef double[::1] mass
    cdef double[::1] said  # of the binned score
    cdef double[::1] info
    cdef long long[::1] group  # of each cell
    cdef double[::1] group_hits  # of each bin
    cdef double[::1] group_mass
    cdef double[::1] group_said

    cdef object _begin(self, bint fixed, double half_life)
    cdef double _binned(self, double p, x) except? -1.0
    cdef int _cell(self, double q) noexcept
    cdef double _mean(self, double q) noexcept
    cdef void _add(self, double q, double y, double w) noexcept
    cdef void _regroup(self) noexcept
    cdef void _settle(self) noexcept
