# Fields of the compiled half of a ClassPrior.
from streamimb._kernels.prior_bank cimport PriorBank


cdef class ClassShares(PriorBank):
    cdef dict banks_of  # label -> its PriorBank; empty until a label other than True and False comes

    cdef double _rates(self) noexcept
    cdef double _share_of(self, label, double rates) except? -1.0
    cdef void _open_classes(self)
