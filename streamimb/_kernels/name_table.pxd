# What other kernels may use of a NameTable without going through Python.
cdef class NameTable:
    cdef unsigned long long[::1] entries
    cdef Py_ssize_t mask  # entries - 1
    cdef Py_ssize_t used

    cdef void _open(self, Py_ssize_t size)
    cdef int add(self, str name, Py_ssize_t field) except -1
    cdef void _put(
        self,
        unsigned long long code,
        unsigned long long mark,
        unsigned long long length,
        unsigned long long place,
    ) noexcept
    cdef Py_ssize_t find(self, str name) noexcept
