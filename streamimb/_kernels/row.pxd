# One event, shared by the kernels of one call. Of each buffer the first `n...` entries are valid.
cdef class Work:
    pass


cdef class Row:
    # the event
    cdef object event  # as the caller passed it
    cdef object given  # as a wrapper around a guard got it; else None
    cdef object reader  # the learner's reader, where it has read x as passed; else None
    cdef object x  # as the learner reads it: after the transformers of a pipeline
    cdef bint busy  # in use; a nested call of its owner gets another row
    cdef Py_ssize_t capacity
    # set by `feature_reader`
    cdef double[::1] xs  # numbers, in the order of the event
    cdef Py_ssize_t[::1] slots  # the number slot of each
    cdef Py_ssize_t n
    cdef bint dense  # the j-th number has slot j
    cdef Py_ssize_t[::1] bools  # positions, among the numbers, of those that are True or False
    cdef Py_ssize_t n_bools
    cdef unsigned long long[::1] hashes  # strings
    cdef Py_ssize_t[::1] owners  # the field of each, -1 where its name is unknown
    cdef Py_ssize_t[::1] lengths  # characters
    cdef Py_ssize_t n_texts
    cdef Py_ssize_t[::1] gaps  # number slots that are missing and expected
    cdef Py_ssize_t n_gaps
    cdef Py_ssize_t n_unknown  # names that the index does not have
    cdef Py_ssize_t n_missing  # values None or NaN
    cdef Py_ssize_t n_large  # numbers beyond 1e15
    cdef Py_ssize_t n_odd  # values that are neither number, string, bool nor None
    cdef Py_ssize_t n_converted  # names and values not of a built-in type, and subnormal numbers
    cdef str odd  # the message for the first odd value
    cdef bint strange  # a name or number is not in the index yet
    cdef Work work  # what the learner computes
    # strings to be hashed together
    cdef unsigned long long[::1] seeds
    cdef unsigned long long[::1] places
    cdef Py_ssize_t[::1] sizes
    cdef Py_ssize_t[::1] spots
    # what the guard found
    cdef bint learnable
    cdef bint scorable
    cdef tuple reasons
    cdef object cleaned  # the result of cleaning, for an event that breaks a rule; else None
    cdef Row inside  # the row of the model inside a guard that has its own reader
    # probabilities
    cdef dict more  # keywords of the call, or None
    cdef tuple memo  # of the parts that learn the event, or None
    cdef bint scored  # p, corrected and calibrated are set
    cdef bint rated  # r0 and r1 (or rates) are set
    cdef double offset
    cdef double p  # P(True) at which rates are computed
    cdef double r0
    cdef double r1
    cdef double raw
    cdef double corrected
    cdef double calibrated
    cdef object named  # the answer of a classifier under the mapping route, the offsets of the route of classes
    cdef dict pilot  # P of each class at which rates are computed; None under the offset route, which has p
    cdef dict prior  # of each class of `pilot`; None where that is None
    cdef dict targets  # mean rate of each class that is thinned, where the sampler has computed it
    cdef dict rates  # rate of each class; None where r0 and r1 are set instead
    cdef dict mapping  # corrected P of each class; None where there are True and False only
    cdef dict answer  # the same, calibrated
    cdef dict raws  # raw P of each class, set by `Route.uncorrect`; None where there are True and False only

    cdef void fit(self, Py_ssize_t capacity)
    cdef void begin(self, x) noexcept
    cdef void done(self) noexcept
    cdef void _empty(self) noexcept
