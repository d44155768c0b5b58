# What other kernels may use of LinearExperts without going through Python.
from streamimb._kernels.adagrad cimport AdaGrad
from streamimb._kernels.basis cimport Basis
from streamimb._kernels.binary_loss cimport BinaryLoss
from streamimb._kernels.expert_mixture cimport ExpertMixture
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.pair_weights cimport PairWeights
from streamimb._kernels.pairs cimport Pairs
from streamimb._kernels.row cimport Row
from streamimb._kernels.standardizer cimport Standardizer


cdef class LinearExperts:
    cdef Standardizer moments
    cdef AdaGrad linear
    cdef Basis basis  # of the additive experts; None: there are none
    cdef AdaGrad additive  # their weights; None: there are none
    cdef Pairs pairs  # of fields that act together, seen by the additive experts; None: there are none
    cdef ExpertMixture mixture
    cdef BinaryLoss loss  # None: cross-entropy

    cdef void _assemble(self, rates, hash_bits, basis_fields)
    cdef void _take_up(self, Pairs pairs, PairWeights cells)
    cdef LinearWork work_of(self, Row row)
    cdef void fit(self, Py_ssize_t capacity)
    cdef void prepare(self, Row row, LinearWork work)
    cdef double probability(self, LinearWork work, double offset) noexcept
    cdef int observe(self, Row row, LinearWork work, bint y, double offset, double w) except -1
    cdef void step(self, Row row, LinearWork work, bint y, double offset, double w)
    cdef double own(self, double p) except? -1.0
    cdef bint needs_table(self, Row row) noexcept
    cdef void open_table(self)
    cdef tuple parts(self, Row row, LinearWork work)
