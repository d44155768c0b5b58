# What other kernels may use of BasisWeights without going through Python.
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.pair_weights cimport PairWeights


cdef class BasisWeights:
    cdef Py_ssize_t padded  # learning rates, padded to a multiple of three
    cdef Py_ssize_t stride  # entries per coordinate: the weights of all rates, then G
    cdef Py_ssize_t blocks  # fields that have room
    cdef double[::1] table
    cdef PairWeights pairs  # of pairs of fields beside them; None: there are none

    cdef void _lay_out(self, Py_ssize_t padded)
    cdef void fit(self, Py_ssize_t blocks)
    cdef void clear(self, Py_ssize_t block) noexcept
    cdef void sum(self, LinearWork work) noexcept
    cdef void add(self, LinearWork work, double c, double q) noexcept
    cdef void add_parts(self, LinearWork work, double[::1] share, list numbers)
    cdef double kappa(self, LinearWork work, double q) noexcept
