# What other kernels may use of a PlattScalings without going through Python.
from streamimb._kernels.curve cimport Curve
from streamimb._kernels.ports cimport Scaling
from streamimb._kernels.prior_bank cimport PriorBank

cdef class PlattScalings(Scaling):
    cdef PriorBank bank
    cdef Curve curve
    cdef int experts
    cdef double share  # of the weights that returns to the start at a label
    cdef double identity  # initial weight of the uncalibrated score, to which the fixed share returns
    cdef double v0  # weight of the uncalibrated score
    cdef double vc  # weight of the curve
    cdef double[::1] span  # memory of each scaling, in information
    cdef double[::1] v
    cdef double[::1] a
    cdef double[::1] b
    cdef double[::1] h11
    cdef double[::1] h12
    cdef double[::1] h22
    cdef double[::1] q  # scratch: probability by each expert for the present score
    cdef double s  # logit of the present score, for the curve
    cdef double qc  # probability by the curve
    cdef double said
    cdef double clipped
    cdef double u

    cdef object _begin(self, memories, double identity, double switch)
    cdef double _say(self, double p) noexcept
    cdef void _mix(self, bint y, double w) noexcept
    cdef void _step(self, int k, double q, double y, double w) noexcept
    cdef void _newton_step(self, int k, double ga, double gb) noexcept
    cdef int _recall(self, memo) except -1
    cdef double _learn(self, double p, bint y, double w, memo) except -1.0
