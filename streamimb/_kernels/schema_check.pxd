# What other kernels may use of a SchemaCheck without going through Python.
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.row cimport Row

cdef Py_ssize_t NUMBER  # kinds of a field, and of a value
cdef Py_ssize_t STRING
cdef Py_ssize_t BOOL
cdef Py_ssize_t OTHER
cdef Py_ssize_t MISSING
cdef int WELL  # what `verdict` returns
cdef int DOUBTFUL
cdef int FAULTY


cdef class SchemaCheck:
    # the rules, in the order of the fields
    cdef bint settled  # whether kinds change only in a revision of the schema, not with each event
    cdef bint inferred  # an inferred schema: a fault leaves out its field, not the event
    cdef Py_ssize_t longest  # characters of a string
    cdef object plain  # converts a value of another type to a built-in one, where it can
    cdef object usable  # whether a name may become a field
    cdef list names
    cdef dict index
    cdef list defaults
    cdef Py_ssize_t fields
    cdef Py_ssize_t capacity
    cdef Py_ssize_t needed  # fields that every event must have
    cdef Py_ssize_t learnable  # fields of a kind that a learner takes
    cdef Py_ssize_t[::1] kind
    cdef double[::1] low
    cdef double[::1] high
    cdef Py_ssize_t[::1] need
    cdef Py_ssize_t[::1] nullable
    cdef Py_ssize_t[::1] coerce
    cdef Py_ssize_t[::1] stamp  # the last check or cleaning that saw a field
    cdef Py_ssize_t cleanings
    # the same, by the names and number slots of a reader
    cdef Reader own  # the guard's reader, where its classifier shares none
    cdef Reader reader
    cdef list read_names  # its list of names: another object after its state was replaced
    cdef Py_ssize_t room  # of the buffers by name and by number slot
    cdef Py_ssize_t aligned  # names
    cdef Py_ssize_t numbers  # number slots
    cdef Py_ssize_t needed_numbers  # needed fields that have one
    cdef Py_ssize_t[::1] rule_of_name  # -1 where a name is no field
    cdef Py_ssize_t[::1] rule_of_slot
    cdef double[::1] low_of_slot  # where the field of a slot is no number: inf and -inf, which no value meets
    cdef double[::1] high_of_slot
    # evidence for an inferred schema
    cdef Py_ssize_t seen  # events counted
    cdef Py_ssize_t due  # the number of events after which a revision is due
    cdef Py_ssize_t whole  # of them with a value of its kind in every field
    cdef Py_ssize_t[::1] found  # of the others, how many had a value of each kind in each field

    cdef int verdict(self, Row row, Reader reader) except -1
    cdef int count(self, Row row, Reader reader) except -1
    cdef void adjust(self, Py_ssize_t code, Py_ssize_t by) noexcept
    cdef Reader own_reader(self)
    cdef void _grow(self, Py_ssize_t capacity)
    cdef int _align(self, Reader reader) except -1
    cdef void _set_slot(self, Py_ssize_t slot, Py_ssize_t rule) noexcept
    cdef int _teach(self, Py_ssize_t rule) except -1
    cdef void _found(self, Py_ssize_t rule) noexcept
