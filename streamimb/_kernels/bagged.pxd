# Fields of the compiled half of an ensemble.
from streamimb._kernels.ports cimport Model
from streamimb._kernels.row cimport Row


cdef class BaggedRow(Row):
    cdef list rows  # of the members
    cdef object told  # the memo of the row, taken apart; None where it has none


cdef class BaggedModel(Model):
    cdef object _bag  # the members
    cdef object _bag_combiner  # makes one answer of theirs
    cdef bint _judged  # whether the answers of members are judged
    cdef bint _by_prior  # whether that is done by a class prior
    cdef dict _bag_labels  # those that were learned, in the order of their first event

    cdef int _refuse_one_too_many(self, y) except -1
    cdef list _served(self, BaggedRow row)
