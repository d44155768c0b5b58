# What other kernels may use of a ScoreRate without going through Python.
from streamimb._kernels.feature_norm cimport FeatureNorm
from streamimb._kernels.ports cimport Rates


cdef class ScoreRate(Rates):
    cdef double odds  # (1 - share) / share where a share is wanted, else 0
    cdef double fixed  # the mean rate of negatives where one is wanted, else 0
    cdef double blend
    cdef double kept_n  # labels until which every event is kept; of n labels then at least kept_n / n
    cdef double labels_n  # labels seen, counted where kept_n is above 0
    cdef double fade
    cdef double sum_p
    cdef double mass
    cdef double c
    cdef dict met  # labels, where there are other classes than True and False
    cdef dict classes  # label -> [sum_p, mass, c] of its own class, where there are more than two
    cdef FeatureNorm norm  # where the score is multiplied by the length of the event, else None

    cdef double _target(self, double m) noexcept
    cdef double _rate(self, double p, double m) noexcept
    cdef double _formula(self, double p, double omega, double target, double c) noexcept
    cdef double _controlled(self, double c, double target, double rate) noexcept
    cdef dict _targets(self, dict prior)
    cdef dict _rates_of(self, dict p, dict prior, targets, double length)
    cdef dict _rates_many(self, dict p, dict targets, double length)
    cdef int _learn(self, y, dict p, rates, dict prior, double w, targets, double length) except -1
    cdef int _learn_many(self, y, dict p, rates, double w, dict targets, double length) except -1
    cdef object _sums_of(self, label)
    cdef double _pilot(self, dict p) except? -2.0
    cdef void _negative(self, double p, double rate, double w, double m) noexcept


cdef double length_of(ScoreRate rate, x, bint learning) except? -1.0
