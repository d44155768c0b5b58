# Ports: a wrapper declares its fields with these types, never with subclasses.
from streamimb._kernels.row cimport Row
from streamimb._kernels.prior_bank cimport PriorBank


cdef class Port:
    pass


cdef class Anchor(Port):
    cdef double logit(self, Row row) except? -1e308
    cdef int note(self, Row row, bint y, double p, double w) except -1


cdef class Rates(Port):
    cdef bint by_event  # whether rates of one class differ from event to event
    cdef bint draws_copies  # whether a rate is drawn as copies; else it is the weight of one example

    cdef int ask(self, Row row, PriorBank prior) except -1
    cdef int note(self, Row row, y, double w, PriorBank prior) except -1
    cdef bint weighs_all(self) noexcept


cdef class Scaling(Port):
    cdef Py_ssize_t memo_size

    cdef double calibrated(self, double p, x) except? -1.0
    cdef int learn(self, double p, bint y, double w, x, memo) except -1
    cdef tuple remember(self, double p)


cdef class Model(Port):
    cdef bint ready  # False for an object made without __init__
    cdef Py_ssize_t memo_size  # floats in the memo of `scores_one`
    cdef Row spare  # lent to one call at a time; busy while that call goes on

    cdef Row lend(self, x)
    cdef bint in_hand(self) noexcept
    cdef int set_up(self, Py_ssize_t memo_size) except -1
    cdef bint reads_directly(self) noexcept
    cdef Row read(self, x)
    cdef int fill(self, Row row) except -1
    cdef int check_example(self, x) except -1
    cdef int score(self, Row row) except -1
    cdef int rate(self, Row row) except -1
    cdef int check(self, y, more) except -1
    cdef int learn(self, Row row, y, double w) except -1
    cdef bint takes(self, double w) except -1
    cdef tuple remember(self, Row row)
    cdef Py_ssize_t length(self, memo) except -1
    cdef tuple checked_memo(self, memo)
    cdef double kept(self) except? -1.0
    cdef object scores_of(self, Row row)
    cdef dict answer_of(self, Row row)
    cdef int check_ready(self) except -1
    cdef Row _begin(self, x, kwargs)


cdef class Learner(Model):
    cdef double probability(self, Row row, double offset) except? -1.0
    cdef double own(self, double p) except? -1.0
    cdef int observe(self, Row row, bint y, double offset, double w) except -1
    cdef int step(self, Row row, bint y, double offset, double w) except -1


cdef class ClassLearner(Model):
    cdef dict probabilities(self, Row row, dict offsets)
    cdef dict own_classes(self, dict p)
    cdef int observe_classes(self, Row row, y, dict offsets, double w) except -1
    cdef int step_classes(self, Row row, y, dict offsets, double w) except -1
