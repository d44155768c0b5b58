# Fields of the compiled half of a SampledClassifier.
from streamimb._kernels.draw cimport Draw
from streamimb._kernels.ports cimport Model, Rates
from streamimb._kernels.route cimport Route
from streamimb._kernels.row cimport Row
from streamimb._kernels.prior_bank cimport PriorBank


cdef class SampledModel(Model):
    cdef Route _route
    cdef Rates _rates
    cdef PriorBank _class_prior
    cdef Draw _draw
    cdef object _synthesizer  # or None
    cdef bint _poisson  # the copies of an event are a Poisson number, else its rate rounded at random
    cdef double _copies  # copies learned, decayed per labelled event
    cdef double _events  # labelled events, decayed
    cdef double _last0  # rates of the last labelled event
    cdef double _last1
    cdef dict _last  # the same where there are other classes; None where _last0 and _last1 apply

    cdef int _pilot(self, Row row) except -1
    cdef int _share(self, Row row) except -1
    cdef int _ask(self, Row row) except -1
    cdef int _learn_synthesized(self, Row row, y, double w, double copies) except -1
