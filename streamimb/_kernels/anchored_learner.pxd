# What other kernels may use of an AnchoredLearner without going through Python.
from streamimb._kernels.ports cimport Learner
from streamimb._kernels.prior_bank cimport PriorBank
from streamimb._kernels.row cimport Row


cdef class AnchoredLearner(Learner):
    cdef PriorBank _prior  # the anchor where no offset is given

    cdef bint unseen(self, Row row) except -1
    cdef int _learn(self, Row row, bint label, object offset, double w) except -1
