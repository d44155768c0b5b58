# What other kernels may use of a Logistic without going through Python.
from streamimb._kernels.anchored_learner cimport AnchoredLearner
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.linear_experts cimport LinearExperts
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.row cimport Row


cdef class Logistic(AnchoredLearner):
    cdef Reader _reader
    cdef LinearExperts _experts

    cdef LinearWork _work(self, Row row)
