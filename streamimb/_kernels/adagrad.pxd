# What other kernels may use of an AdaGrad without going through Python.
from streamimb._kernels.basis_weights cimport BasisWeights
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.row cimport Row


cdef class AdaGrad:
    cdef Py_ssize_t real  # learning rates of the constructor
    cdef Py_ssize_t padded  # `real`, padded to a multiple of three
    cdef Py_ssize_t stride  # entries per gap or string: the weights of all rates, then G
    cdef int bits  # 2^bits slots of strings
    cdef Py_ssize_t capacity  # number slots
    cdef double[::1] alpha
    cdef double[::1] bias
    cdef double bias_g
    cdef double[::1] weight
    cdef double[::1] G
    cdef double[::1] gap
    cdef double[::1] table  # of strings; one table where there are two kinds of experts
    cdef Py_ssize_t slot  # entries per string in the table
    cdef Py_ssize_t first  # of these, before the ones of this kind of experts
    cdef BasisWeights basis  # of an additive expert; else None

    cdef void _lay_out(self, rates, bits)
    cdef void fit(self, Py_ssize_t capacity)
    cdef void open_table(self)
    cdef void beside(self, AdaGrad other)
    cdef void place(self, Row row, LinearWork work) noexcept
    cdef void sum(self, Row row, LinearWork work) noexcept
    cdef void _add(self, Row row, LinearWork work, double c, double q) noexcept
    cdef void _step(self, Row row, LinearWork work, bint y, double offset, double w) noexcept
    cdef double _kappa(self, Row row, LinearWork work, double q) noexcept
    cdef void _flow(self, Row row, LinearWork work, bint y, double offset, double h) noexcept
    cdef void learn(self, Row row, LinearWork work, bint y, double offset, double w) noexcept
    cdef double _part(self, double[::1] weights, Py_ssize_t at, Py_ssize_t step, double[::1] share) noexcept
