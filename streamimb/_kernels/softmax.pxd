# What other kernels may use of a Softmax without going through Python.
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.ports cimport ClassLearner
from streamimb._kernels.prior_bank cimport PriorBank
from streamimb._kernels.row cimport Row
from streamimb._kernels.softmax_experts cimport SoftmaxExperts
from streamimb._kernels.softmax_work cimport SoftmaxWork


cdef class Softmax(ClassLearner):
    cdef Reader _reader
    cdef SoftmaxExperts _experts
    cdef PriorBank _prior  # the anchor where no offsets are given
    cdef dict _logs  # of its shares; None where they have changed

    cdef void _assemble(self, PriorBank prior, Reader reader, SoftmaxExperts experts)
    cdef SoftmaxWork _blank(self, Row row)
    cdef SoftmaxWork _work(self, Row row)
    cdef SoftmaxWork _met(self, Row row)
    cdef void _prepare(self, Row row, SoftmaxWork work)
    cdef dict _anchors(self)
