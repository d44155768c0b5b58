# What wrappers are to one another, compiled.
from streamimb._kernels.draw cimport Draw
from streamimb._kernels.logistic cimport Logistic
from streamimb._kernels.platt cimport Platts
from streamimb._kernels.score_rate cimport ScoreRate
from streamimb._kernels.tracker cimport Tracker


cdef class Lane:
    cdef bint many  # labels other than True and False were seen
    cdef bint direct  # every part is one of ours
    cdef double raw  # what `weigh` found out last
    cdef double corrected
    cdef double calibrated

    cdef double say(self, x) except? -1
    cdef double learn(self, x, bint y) except? -1
    cdef Logistic reader(self)
    cdef int weigh(self, x) except -1
    cdef double settle(self, x, bint y) except? -1


cdef class SampledLane(Lane):
    cdef Logistic learner
    cdef ScoreRate rates
    cdef Tracker tracker
    cdef Draw draw
    cdef double rate  # of the event that was weighed, were it a negative
    cdef double shift  # log 1 / rate
    cdef double copies
    cdef double labels
    cdef dict last  # rates of the last event; None: those of last_rate
    cdef double last_rate

    cdef void count(self, double copies) noexcept


cdef class CalibratedLane(Lane):
    cdef Lane inner
    cdef Platts platts
    cdef bint common  # a False was learned

    cdef double scale(self, double p, bint y) noexcept
