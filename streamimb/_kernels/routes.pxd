# Other kernels hold a Route only; these fields are for the routes' own methods.
from streamimb._kernels.ports cimport Anchor, Learner
from streamimb._kernels.route cimport Route
from streamimb._kernels.prior_bank cimport PriorBank
from streamimb._kernels.row cimport Row


cdef class OffsetRoute(Route):
    cdef Learner learner
    cdef Anchor anchor


cdef class MappingRoute(Route):
    cdef object classifier
    cdef bint many  # whether the classifier learns labels other than True and False
    cdef object traits
    cdef object correction
    cdef Anchor anchor
    cdef bint live  # whether the anchor is the class prior
    cdef PriorBank prior
    cdef bint draws_copies
    cdef dict labels  # that were learned, in the order of their first event
    cdef Row spare

    cdef dict _prior_of(self, object row, object p)
    cdef double _weight(self, Row row, y, double w, double copies) except? -1.0
