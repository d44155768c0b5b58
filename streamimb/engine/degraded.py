"""The reasons that make the probabilities of an engine doubtful, each with its cure.

They are computed from the engine's counters, every `EVERY` events and labels.
"""

from collections.abc import Mapping
from math import nan
from typing import Any

from streamimb._kernels.saved import entries, text
from streamimb.engine import class_reasons
from streamimb.engine.class_delays import TWOFOLD
from streamimb.engine.class_measures import ClassMeasures
from streamimb.engine.counters import Counters
from streamimb.engine.doubt import Doubt, doubt
from streamimb.engine.guard_findings import GuardFindings
from streamimb.engine.measures import Measures
from streamimb.engine.missing_classes import MissingClasses
from streamimb.engine.missing_positives import MissingPositives
from streamimb.engine.shares import ENOUGH, Share, percent

EVERY = 128  # events, and labels, between two computations; a power of 2
STILL_DIFFER = 1.5  # the reason for a twofold difference is left below this ratio
STILL_COLD = 1_000  # events scored, after which a cold model is a reason

# Reason: the share above which it is entered, and a sentence. It is left below half of that share.
LIMITS: dict[str, tuple[float, str]] = {
    "orphaned_labels": (
        0.01,
        (
            "{share} of the labels that came to an end found no event: check that labels and events name the same"
            " ids; raise hold_s under [engine] where labels come before their events, late_s where long after"
        ),
    ),
    "unlearnable_events": (0.05, "{share} of the events are scored but not learned, most often {guard}"),
    "stale_events": (
        0.05,
        (
            "{share} of the events are older than stale_s and are not learned: correct the clock that dates them,"
            " or raise stale_s under [engine]; for a backfill set learn_stale = true"
        ),
    ),
    "future_events": (
        0.05,
        (
            "{share} of the events are dated more than skew_s ahead of the others: correct the clock that dates"
            " them, or raise skew_s under [engine]"
        ),
    ),
    "learning_fails": (
        0.01,
        (
            "the model raises on {share} of the events it is given to learn: see the log for the error, and correct"
            " the model under [model] or the fields it reads"
        ),
    ),
    "actions_barred": (
        0.1,
        (
            "{share} of the events are as likely as those acted on before, and no action was allowed: a rate limit or"
            " a capacity is used up, or acting costs more than not acting; look at the scores before you raise the"
            " limit under [decision]"
        ),
    ),
    "decision_fails": (
        0.01,
        (
            "the decision rule raises, or gives no threshold, for {share} of the scores, which are then not acted on:"
            " correct the rule under [decision], or the fields it reads"
        ),
    ),
    "detectors_fail": (
        0.01,
        (
            "drift detectors raise, {share} as often as there are events: see the log for the error, and correct the"
            " detector under [drift]; until then changes may go unnoticed"
        ),
    ),
    "poison": (
        0.01,
        (
            "the model gives no probability for {share} of the events: see the log for the error, and correct the"
            " model under [model] or the fields it reads"
        ),
    ),
    "propensity_unusable": (
        0.01,
        (
            "{share} of the labels have no usable propensity, so nothing is learned or measured from them: write"
            " P(labelled | event), above 0 and at most 1, into the field with role = 'propensity' of the label or event"
        ),
    ),
    "propensity_bounded": (
        0.05,
        (
            "{share} of the labels have a propensity below 1 / max_label_weight and count for less than they stand for:"
            " label a larger part of such events, or raise max_label_weight under [engine]"
        ),
    ),
    "waiting_labels": (
        0.05,
        (
            "{share} of the labels found no event so far: check that labels and events name the same ids, and that"
            " the input of events is not behind"
        ),
    ),
    "unreadable_labels": (
        0.01,
        (
            "{share} of the labels have a value that cannot be read: name each value in positive or negative under"
            " [source.NAME.fields]; if they are of one class, its share is learned wrongly"
        ),
    ),
    "unlabelled_events": (
        0.90,
        (
            "{share} of the events end without a label, so little is learned: see whether labels still come, and"
            " raise ttl_s under [labels] if they come later; where only positives are reported, set regime ="
            ' "positives" and window_s'
        ),
    ),
    "repeated_events": (
        0.05,
        (
            "{share} of the events have an id that was seen before: they are scored, not learned; see whether the"
            " field given as id under [source.NAME.fields] is another one for each event"
        ),
    ),
    "changed_labels": (
        0.20,
        (
            "labels are changed after they were learned, {share} as many as changed and positive ones together: the"
            " first label of an event stays, so send it when it is final, or report only positives (regime ="
            ' "positives")'
        ),
    ),
    "late_labels": (
        0.20,
        (
            "{share} of the reported positives come after the window and are learned as negatives: raise window_s"
            " under [labels]"
        ),
    ),
    "lost_events": (
        0.01,
        (
            "{share} of the events are given up before their label comes: raise max_pending under [engine], or set"
            " ttl_s (window_s) under [labels] so that fewer events wait"
        ),
    ),
}
ONE_CLASS = (
    "all {labels:,} labels so far say True while other events wait for a label: where only positives are reported,"
    ' set regime = "positives" and window_s under [labels]'
)
COLD = (
    "{scored:,} events were scored, but only {positive:,} positives and {negative:,} negatives were learned, so the"
    " probabilities say little more than the prior: wait for labels if they are on their way; else see whether the"
    " input of labels brings any, whether they are rejected, and whether they name the ids of the events"
)
MISSING = (
    "no positive came among the last {labelled:,} labelled events, where {expected:.0f} were expected: see whether"
    " positive labels still come and can be read; else the model learns that there are none"
)
OFF = (
    "predicted is {ratio:.2g} times observed over the last positives ({low:.2g} to {high:.2g}): if the positives did"
    " not become rarer or more frequent just now, see whether labels are lost or late, and whether a field changed"
)
DELAYS_DIFFER = (
    "the median label delays of the classes differ by a factor of {factor:.1f}: learning at the label favours"
    ' the faster class; set regime = "positives" and window_s under [labels] to learn both after one delay'
)


class DegradedReasons:
    """Reason codes with their sentences, entered above a limit and left below half of it.

    Each share is decayed over the last 10,000 of its total, and compared once the total is 100.

    Cost: about 10 µs per `look`.
    """

    __slots__ = ("_guard", "_missing", "_missing_of", "_shares", "evidence", "reasons")

    def __init__(self) -> None:
        # Replaced, never changed in place: other threads read it.
        self.reasons: dict[str, str] = {}
        self.evidence: dict[str, Mapping[str, float]] = {}  # of the last look: not saved
        self._shares = {name: Share() for name in LIMITS}
        self._guard = GuardFindings()
        self._missing = MissingPositives()
        self._missing_of = MissingClasses()

    def look(
        self,
        counts: Counters,
        guard: dict[str, int],
        *,
        measures: Measures | ClassMeasures,
        pending: int,
        held: int,
        waiting: int,
        learns_at_label: bool,
        sampled: bool = False,
        found: Mapping[str, Doubt] = {},
    ) -> None:
        """Update the reasons with the present counts.

        `sampled`: labels are asked for with a known propensity, so that an event without one is no fault.
        `guard` has the guard's counts by reason, `pending` the number of events that wait for their end, `held` that of
        labels that wait for their event, `waiting` that of labels that wait for its window. `found` are reasons that
        were found elsewhere.
        Reasons that speak of positives do not apply where classes have names.
        """
        self._guard.look(guard, counts.events)
        measures.others.look()  # its reasons are not saved: they depend on when the metrics were read
        tried = counts.learned + counts.learn_failed
        unreadable = counts.rejected.get("label_value", 0)
        changed = counts.conflict + counts.retraction_late
        labelled = counts.joined + counts.early_joined + counts.inline
        for name, bad, of in (
            ("orphaned_labels", counts.orphaned, counts.labels - held - waiting),
            ("unlearnable_events", counts.unlearnable, counts.events),
            ("stale_events", counts.stale_event, counts.events),
            ("future_events", counts.future_event, counts.events),
            ("learning_fails", counts.learn_failed, tried),
            ("poison", counts.rejected.get("poison", 0), counts.events),
            ("actions_barred", counts.action_barred, counts.scored),
            ("decision_fails", counts.decision_failed, counts.scored),
            ("detectors_fail", counts.detector_failed, counts.events),
            ("late_labels", counts.positive_late, counts.positive),
            ("lost_events", counts.evicted, counts.scored),
            ("unreadable_labels", unreadable, counts.labels + counts.inline + unreadable),
            ("repeated_events", counts.duplicate_event, counts.events),
            ("changed_labels", changed, changed + counts.learned_positive),
            ("waiting_labels", held, counts.labels - waiting),
            ("unlabelled_events", 0 if sampled else counts.expired, counts.expired + labelled),
            ("propensity_unusable", counts.propensity_unusable, labelled),
            ("propensity_bounded", counts.propensity_bounded, labelled),
        ):
            self._shares[name].fold(bad, of)
        instead = class_reasons.SENTENCES if measures.classes else {}
        reasons = {
            name: doubt(
                instead.get(name, sentence),
                {"share": percent(share.share), "guard": self._guard.unlearnable},
                share=share.share,
                limit=limit,
            )
            for name, (limit, sentence) in LIMITS.items()
            if (share := self._shares[name]).above(limit, name in self.reasons)
        }
        if self._guard.left_out:
            reasons["field_left_out"] = Doubt(self._guard.left_out, {})
        if learns_at_label:
            self._look_at_all_classes(reasons, counts, pending, measures)
        self._look_at_what_was_learned(reasons, counts, measures)
        self._look_at_probabilities(reasons, counts, measures)
        reasons |= found
        self.evidence = {name: one.evidence for name, one in reasons.items()}
        self.reasons = {name: one.sentence for name, one in reasons.items()}

    def _look_at_all_classes(
        self, reasons: dict[str, Doubt], counts: Counters, pending: int, measures: Measures | ClassMeasures
    ) -> None:
        only_positives = counts.learned == counts.learned_positive >= ENOUGH
        if only_positives and pending + counts.expired > 0:
            reasons["one_class"] = doubt(ONE_CLASS, labels=counts.learned)
        if measures.delays.differ(STILL_DIFFER if "label_delays_differ" in self.reasons else TWOFOLD):
            sentence = class_reasons.DELAYS_DIFFER if measures.classes else DELAYS_DIFFER
            reasons["label_delays_differ"] = doubt(sentence, factor=measures.delays.ratio)

    def _look_at_what_was_learned(
        self, reasons: dict[str, Doubt], counts: Counters, measures: Measures | ClassMeasures
    ) -> None:
        if counts.cold and counts.scored >= STILL_COLD and "one_class" not in reasons:
            n = counts.learned_positive
            reasons["cold"] = (
                doubt(class_reasons.COLD, scored=counts.scored, outside=n)
                if measures.classes
                else doubt(COLD, scored=counts.scored, positive=n, negative=counts.learned - n)
            )

    def _look_at_probabilities(self, reasons: dict[str, Doubt], counts: Counters, measures: Any) -> None:
        factor = STILL_DIFFER if "ratio_off" in self.reasons else TWOFOLD
        if measures.classes:
            self._missing_of.look(counts.learned_of, measures.served.of)
            if missing_of := self._missing_of.found:
                reasons["missing_class"] = class_reasons.missing(missing_of)
            if told := class_reasons.class_off(measures, factor):
                reasons["ratio_off"] = told
            return
        served, missing = measures.served, self._missing
        n, _, y, *_ = served.sums()
        missing.look(counts.learned_positive, counts.learned, y / n if n > 0.0 else nan)
        if missing.found:
            reasons["missing_positives"] = doubt(
                MISSING, labelled=missing.labelled, expected=missing.expected
            )
        ratio = served.recent.interval()
        if ratio.low > factor or ratio.high < 1.0 / factor:
            reasons["ratio_off"] = doubt(OFF, ratio=ratio.value, low=ratio.low, high=ratio.high)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "reasons": self.reasons,
            "shares": {name: share.state() for name, share in self._shares.items()},
            "guard": self._guard.state(),
            "missing": self._missing.state(),
            "missing_of": self._missing_of.state(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "reasons", "shares", "guard", "missing", "missing_of")
        reasons = entries(saved["reasons"], *saved["reasons"])
        reasons = {text({"reasons": name}, "reasons"): text(reasons, name) for name in reasons}
        shares = entries(saved["shares"], *LIMITS)
        shares = {name: Share.of_state(shares[name]) for name in LIMITS}
        guard, missing = GuardFindings.of_state(saved["guard"]), MissingPositives.of_state(saved["missing"])
        missing_of = MissingClasses.of_state(saved["missing_of"])
        self.reasons, self._shares, self._guard, self.evidence = reasons, shares, guard, {}
        self._missing, self._missing_of = missing, missing_of
