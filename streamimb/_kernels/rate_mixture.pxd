# What other kernels may use of a RateMixture without going through Python.
from streamimb._kernels.mixture cimport Mixture


cdef class RateMixture(Mixture):
    pass
