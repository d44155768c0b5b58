# What other kernels may use of ClassEdges without going through Python.
cdef class ClassEdges:
    cdef Py_ssize_t groups  # of classes
    cdef Py_ssize_t room  # values of a reservoir
    cdef Py_ssize_t most  # edges of a number: a power of two, 32 or more
    cdef Py_ssize_t blocks  # numbers that have room
    cdef double[::1] values  # reservoirs, one of each group for each number
    cdef long long[::1] counts  # values so far, of each group for each number
    cdef double[::1] edges  # `most` for each number, ascending; infinity where there are fewer

    cdef void _lay_out(self, Py_ssize_t groups)
    cdef void fit(self, Py_ssize_t blocks)
    cdef void clear(self, Py_ssize_t block) noexcept
    cdef Py_ssize_t interval(self, Py_ssize_t block, double x) noexcept
    cdef void note(self, Py_ssize_t block, double x, Py_ssize_t group, double u) noexcept
    cdef void renew(self, Py_ssize_t block)
    cdef double[::1] reservoir(self, Py_ssize_t block, Py_ssize_t group)
    cdef list held(self, Py_ssize_t block)
    cdef list of(self, Py_ssize_t block)
