# What other kernels may use of a RollingBoosting without going through Python.
from streamimb._kernels.anchored_learner cimport AnchoredLearner
from streamimb._kernels.category_statistics cimport CategoryStatistics
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.ports cimport Learner
from streamimb._kernels.rolling_forest cimport RollingForest
from streamimb._kernels.row cimport Row
from streamimb._kernels.served_mixture cimport ServedMixture
from streamimb._kernels.tree_columns cimport TreeColumns
from streamimb._kernels.tree_work cimport TreeWork


cdef class RollingBoosting(AnchoredLearner):
    cdef Reader _reader
    cdef TreeColumns _columns
    cdef CategoryStatistics _categories
    cdef RollingForest _rolling
    cdef ServedMixture _mixture
    cdef Learner _beside  # the companion
    cdef bint _accompanied
    cdef double[::1] _served  # scratch

    cdef TreeWork _work(self, Row row)
    cdef int _prepare(self, Row row, TreeWork work) except -1
    cdef void _place(self, Row row, TreeWork work)
    cdef TreeWork _said(self, Row row, double offset)
    cdef Py_ssize_t _length_without_statistics(self, memo) except -1
    cdef list _names(self)
