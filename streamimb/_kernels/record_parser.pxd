# Fields and methods of a RecordParser.
cdef class RecordParser:
    cdef object parse
    cdef object parse_again
    cdef Py_ssize_t again  # further records that go to the second parser directly
    cdef object id_field
    cdef object time_field  # None: records have no such field
    cdef object label_field
    cdef object type_field
    cdef object propensity_field  # of labels; None: there is none
    cdef double units
    cdef double first  # seconds
    cdef double last
    cdef double earliest  # in units of the time field
    cdef double latest
    cdef Py_ssize_t longest
    cdef Py_ssize_t most
    cdef bint shaped
    cdef bint retracts
    cdef tuple drop
    cdef tuple categorical
    cdef dict labels

    cdef object _fields(self, value)
    cdef object _event(self, dict fields, double t)
    cdef object _label_of(self, dict fields, double t)
    cdef object _retraction(self, record)
    cdef int _shape(self, dict fields) except -1
    cdef object _id(self, value)
    cdef object _time(self, value, double t)
    cdef object _label(self, value)


cdef class EventParser(RecordParser):
    pass


cdef class LabelParser(RecordParser):
    pass


cdef class MixedParser(RecordParser):
    pass
