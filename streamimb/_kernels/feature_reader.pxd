# What other kernels may use of a Reader without going through Python.
from cpython.object cimport PyObject
from streamimb._kernels.name_table cimport NameTable
from streamimb._kernels.presence cimport Presence
from streamimb._kernels.row cimport Row


cdef class Reader:
    cdef unsigned long long seed
    cdef list names
    cdef dict index  # names of exactly type str or int: comparing them runs no foreign code
    cdef NameTable table  # the names in `index` that have one byte per character
    cdef dict others  # names of other types
    cdef Py_ssize_t known  # number of names
    cdef Py_ssize_t capacity  # of the buffers by name and by number
    cdef Py_ssize_t[::1] number_of  # the number slot of a name, or -1
    cdef Py_ssize_t[::1] owner  # the name of a number slot
    cdef unsigned long long[::1] name_seed  # hash seed of the strings of a field
    cdef unsigned long long[::1] name_place  # address of the characters of a name in `table`
    cdef Py_ssize_t[::1] name_length  # length of a name in `table`, -1 for any other name
    cdef Presence presence

    cdef void _empty(self)
    cdef int read(self, Row row, x) except -1
    cdef bint _scan(self, Row row, dict event) noexcept
    cdef int _read_any(self, Row row, list items) except -1
    cdef Py_ssize_t _find(self, name) except -2
    cdef double _number(self, Row row, name, raw) except? -1
    cdef int register(self, Row row) except -1
    cdef Py_ssize_t _name(self, name) except -1
    cdef void _grow(self, Py_ssize_t capacity)
    cdef void _clear(self, Row row) noexcept
