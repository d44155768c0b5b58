# Other kernels hold a Route only; these fields are for its own methods.
from streamimb._kernels.ports cimport Anchor, ClassLearner
from streamimb._kernels.mixed_class_anchor cimport MixedClassAnchor
from streamimb._kernels.route cimport Route
from streamimb._kernels.prior_bank cimport PriorBank
from streamimb._kernels.row cimport Row


cdef class ClassOffsetRoute(Route):
    cdef ClassLearner learner
    cdef Anchor anchor
    cdef MixedClassAnchor mixed  # of live priors; None: `anchor` is of another kind
    cdef PriorBank prior
    cdef dict labels  # that were learned, in the order of their first event

    cdef dict _offsets(self, Row row, dict prior)
    cdef int _score(self, Row row, labels) except -1
