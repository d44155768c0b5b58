# What other kernels may use of ClassEdges without going through Python.
cdef class ClassEdges:
    cdef Py_ssize_t blocks  # numbers that have room
    cdef double[::1] negatives  # reservoirs of values, one of RESERVOIR values for each number
    cdef double[::1] positives
    cdef long long[::1] n_negatives  # values so far
    cdef long long[::1] n_positives
    cdef double[::1] edges  # EDGES for each number, ascending; infinity where there are fewer

    cdef void _lay_out(self)
    cdef void fit(self, Py_ssize_t blocks)
    cdef void clear(self, Py_ssize_t block) noexcept
    cdef Py_ssize_t interval(self, Py_ssize_t block, double x) noexcept
    cdef void note(self, Py_ssize_t block, double x, bint y, double u) noexcept
    cdef void renew(self, Py_ssize_t block)
    cdef tuple held(self, Py_ssize_t block)
    cdef list of(self, Py_ssize_t block)
