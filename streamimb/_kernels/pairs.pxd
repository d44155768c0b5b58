# What other kernels may use of Pairs without going through Python.
from streamimb._kernels.basis cimport Basis
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.present_fields cimport PresentFields
from streamimb._kernels.row cimport Row


cdef class Pairs:
    cdef Reader reader
    cdef list listed  # pairs of names; None: all pairs of the fields present most often
    cdef PresentFields present  # None: the pairs are listed
    cdef Py_ssize_t known  # names and numbers of the reader, when the fields were looked up; -1: they have to be
    cdef Py_ssize_t numbers
    cdef Py_ssize_t n_pairs  # whose fields are known
    cdef Py_ssize_t n_members  # fields in them
    cdef list names  # of each pair
    cdef Py_ssize_t[::1] of_field  # the member that is a field; -1: it is in no pair
    cdef Py_ssize_t[::1] of_slot  # the same by number slot
    cdef Py_ssize_t[::1] left  # of each pair: its members, and its first cell
    cdef Py_ssize_t[::1] right
    cdef long long[::1] first
    cdef long long[::1] code  # scratch: the level of each member; -1: none
    cdef int bits  # 2^bits cells
    cdef long long mask  # cells - 1

    cdef void _empty(self, Reader reader, bits)
    cdef int _index(self) except -1
    cdef long long _start(self, Py_ssize_t field, name) except -1
    cdef int find(self, Row row, Basis basis, LinearWork work) except -1
    cdef int observe(self, Row row) except -1
    cdef list named(self, LinearWork work)
