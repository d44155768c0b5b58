# What other kernels may call without going through Python.
cpdef dict divided_by_rates(object p, object rates)
cpdef dict with_other_prior(object p, object prior, dict given)
