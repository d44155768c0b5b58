# Other kernels hold a Route only; these fields are for the routes' own methods.
from streamimb._kernels.ports cimport Anchor, Learner, Route
from streamimb._kernels.prior_bank cimport PriorBank


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
    cdef object spare

    cdef dict _prior_of(self, object row, object p)
