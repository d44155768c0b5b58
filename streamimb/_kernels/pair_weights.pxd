# What other kernels may use of PairWeights without going through Python.
from streamimb._kernels.linear_work cimport LinearWork


cdef class PairWeights:
    cdef Py_ssize_t padded  # learning rates, padded to a multiple of three
    cdef Py_ssize_t stride  # entries per cell: the weights of all rates, then G
    cdef int bits  # 2^bits cells
    cdef double[::1] table  # empty before the first event is learned

    cdef void open(self)
    cdef void sum(self, LinearWork work) noexcept
    cdef void add(self, LinearWork work, double c, double q) noexcept
    cdef double kappa(self, LinearWork work, double q) noexcept
    cdef list parts(self, LinearWork work, double[::1] share)


cdef double part_of(Py_ssize_t cells) noexcept
