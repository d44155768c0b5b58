# What kernels share of one event. Buffers hold what `n...` counts; the rest of them is scratch.
cdef class Work:
    pass


cdef class Row:
    # the event
    cdef object event  # as the caller gave it
    cdef object reader  # that read it, where that is the reader of the learner; else None
    cdef object x  # as the learner reads it: after transformers, where there are some
    cdef bint busy  # in use; its owner takes another row meanwhile
    cdef Py_ssize_t capacity
    # what was read of it (`feature_reader`)
    cdef double[::1] xs  # numbers, in the order of the event
    cdef Py_ssize_t[::1] slots  # the number slot of each
    cdef Py_ssize_t n
    cdef bint dense  # the j-th number has slot j
    cdef Py_ssize_t[::1] bools  # places among the numbers of those that are True or False
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
    cdef Py_ssize_t n_converted  # of another type than Python's own, or subnormal: read as something else
    cdef str odd  # what is wrong with the first of these
    cdef bint strange  # something in it is not in the index yet
    cdef Work work  # of the learner
    # strings to be hashed together
    cdef unsigned long long[::1] seeds
    cdef unsigned long long[::1] places
    cdef Py_ssize_t[::1] sizes
    cdef Py_ssize_t[::1] spots
    # what the guard found
    cdef bint learnable
    cdef bint scorable
    cdef tuple reasons
    cdef object cleaned  # what its cleaning came to, of an event that breaks a rule; else None
    cdef Row inside  # that of the model in a guard that reads events itself
    # what is known of its probability
    cdef dict more  # keywords of the call, or None
    cdef tuple memo  # of the parts that learn it, or None
    cdef bint scored  # p, corrected and calibrated are those of now
    cdef bint rated  # r0, r1 (or rates) and raw are those of now
    cdef double offset
    cdef double p  # P(True) at which rates are asked for
    cdef double r0
    cdef double r1
    cdef double raw
    cdef double corrected
    cdef double calibrated
    cdef object named  # what a classifier of any number of classes has answered
    cdef dict own  # P of each class at which rates are asked for; None where p says it all
    cdef dict prior  # of each class of `own`; None where that is None
    cdef dict rates  # of each class; None where r0 and r1 say it all
    cdef dict mapping  # corrected P of each class; None where there are True and False only
    cdef dict answer  # the same, calibrated

    cdef void fit(self, Py_ssize_t capacity)
    cdef void begin(self, x) noexcept
    cdef void done(self) noexcept
    cdef void _empty(self) noexcept
