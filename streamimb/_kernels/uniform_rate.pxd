# What other kernels may use of a UniformRate without going through Python.
from streamimb._kernels.ports cimport Rates


cdef class UniformRate(Rates):
    cdef double odds  # (1 - share) / share where a share is wanted, else 0
    cdef double fixed  # the rate of negatives where one is wanted, else 0
    cdef double kept_n  # labels until which every event is kept; of n labels then at least kept_n / n
    cdef double labels_n  # labels seen, counted where kept_n is above 0
    cdef bint met_false
    cdef dict met  # labels, where there are other classes than True and False

    cdef double _rate(self, double m) noexcept
    cdef dict _rates_of(self, dict prior)
    cdef dict _rates_many(self, dict prior)
