# What other kernels may use of ClassGroups without going through Python.
cdef class ClassGroups:
    cdef Py_ssize_t[::1] group  # of each class
    cdef long long[::1] labels  # so far, of each group
    cdef long long[::1] due  # at so many of them, the edges are renewed for the group

    cdef void _lay_out(self)
    cdef void admit(self, Py_ssize_t classes)
    cdef Py_ssize_t note(self, Py_ssize_t k) noexcept
    cdef bint is_due(self, Py_ssize_t group) noexcept
    cdef void renewed(self) noexcept
