# Fields of the decayed sums by which weights become numbers of effective labels.
cdef class EffectiveWeight:
    cdef double n
    cdef double w
    cdef double w2

    cdef double of(self, double w) noexcept
