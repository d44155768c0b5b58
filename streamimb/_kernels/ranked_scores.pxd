# What `metric_sums` may call on a RankedScores without going through Python.
cdef class RankedScores:
    cdef double fade
    cdef double unit
    cdef long long steps
    cdef Py_ssize_t used
    cdef Py_ssize_t capacity
    cdef double[::1] score
    cdef double[::1] pos
    cdef double[::1] neg
    cdef double[::1] pos2
    cdef double[::1] neg2
    cdef double[::1] mixed

    cdef object _empty(self)
    cdef list _columns(self)
    cdef object _make_room(self)
    cdef object _take(self, bint y, double p, double w)
    cdef void _rescale(self, double d) noexcept
    cdef object _merge_cells(self)
    cdef object _order(self)
    cdef Py_ssize_t _grouped(self, double total, double share, bint write) noexcept
