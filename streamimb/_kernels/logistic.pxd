# What other kernels may use of a Logistic without going through Python.
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.linear_experts cimport LinearExperts
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.ports cimport Learner
from streamimb._kernels.row cimport Row
from streamimb._kernels.prior_bank cimport PriorBank


cdef class Logistic(Learner):
    cdef Reader _reader
    cdef LinearExperts _experts
    cdef PriorBank _prior  # the anchor where no offset is given

    cdef LinearWork _work(self, Row row)
    cdef Row _blank(self, x)
    cdef int _learn(self, Row row, bint label, object offset, double w) except -1
    cdef int _next(self, Row row, x) except -1
