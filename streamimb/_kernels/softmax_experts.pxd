# What other kernels may use of SoftmaxExperts without going through Python.
from streamimb._kernels.basis cimport Basis
from streamimb._kernels.class_groups cimport ClassGroups
from streamimb._kernels.mixture cimport Mixture
from streamimb._kernels.pairs cimport Pairs
from streamimb._kernels.row cimport Row
from streamimb._kernels.softmax_weights cimport SoftmaxWeights
from streamimb._kernels.softmax_work cimport SoftmaxWork
from streamimb._kernels.standardizer cimport Standardizer


cdef class SoftmaxExperts:
    cdef Standardizer moments
    cdef SoftmaxWeights linear
    cdef Basis basis  # of the additive experts; None: there are none
    cdef SoftmaxWeights additive  # their weights; None: there are none
    cdef ClassGroups groups  # over which the edges of the basis are balanced
    cdef Pairs pairs  # of fields that act together, seen by the additive experts; None: there are none
    cdef Mixture mixture

    cdef void _assemble(self, rates, bits, basis_fields, loss, Pairs pairs)
    cdef void _take_up(self, basis, SoftmaxWeights additive, Pairs pairs)
    cdef SoftmaxWork work_of(self, Row row)
    cdef void fit(self, Py_ssize_t capacity)
    cdef void prepare(self, Row row, SoftmaxWork work)
    cdef dict probabilities(self, SoftmaxWork work, dict offsets)
    cdef void _said(self, SoftmaxWork work, Py_ssize_t c) noexcept
    cdef tuple remember(self, SoftmaxWork work)
    cdef Py_ssize_t length(self, memo) except -1
    cdef int _judge(self, SoftmaxWork work, y, Py_ssize_t c, memo, double w) except -1
    cdef int observe(self, Row row, SoftmaxWork work, y, dict offsets, double w) except -1
    cdef int _observe_curves(self, Row row, SoftmaxWork work, y) except -1
    cdef int admit(self, label) except -1
    cdef int step(self, Row row, SoftmaxWork work, y, dict offsets, double w) except -1
