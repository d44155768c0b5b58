# Other kernels hold ports only; these fields are for the adapters' own methods.
from streamimb._kernels.ports cimport Anchor, Learner, Model, Rates, Scaling
from streamimb._kernels.row cimport Row
from streamimb._kernels.prior_bank cimport PriorBank


cdef int train(classifier, traits, x, y, double w, more) except -1


cdef class LiveAnchor(Anchor):
    cdef PriorBank prior


cdef class ForeignAnchor(Anchor):
    cdef object anchor


cdef class ForeignRates(Rates):
    cdef object sampler
    cdef bint reweighs  # whether a rate is the weight of the event for the prior and anchor too


cdef class ForeignScaling(Scaling):
    cdef object calibrator
    cdef bint needs_x  # whether it gets the features of the event


cdef class ForeignModel(Model):
    cdef object classifier
    cdef object traits


cdef class TransformedLearner(Learner):
    cdef Learner inner
    cdef object pipeline
    cdef object transform
    cdef object learn_transform


cdef class ForeignLearner(Learner):
    cdef object learner
    cdef object traits
