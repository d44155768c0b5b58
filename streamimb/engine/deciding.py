"""Decides on each score by a rule, and names the features that add most to its log-odds."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from streamimb._kernels.saved import listed, number
from streamimb._kernels.update_gate import UpdateGate
from streamimb._kernels.watch import Watch
from streamimb.compose import GuardedClassifier
from streamimb.decision.threshold import NEVER, ThresholdError, checked_threshold
from streamimb.engine.counters import Counters
from streamimb.engine.decided import Decided
from streamimb.engine.parameters import same_part
from streamimb.engine.reason_names import reasons_of
from streamimb.engine.snapshot import dumps, loads
from streamimb.events import DecidedScore, Score
from streamimb.exportable import Exportable
from streamimb.parameters import refuse
from streamimb.protocols import DecisionRule, Features, Reading, Served

MOST_REASONS = 20


class Deciding:
    """A decision rule, and how its actions are explained.

    A rule that raises, or gives a threshold that is no finite number >= 0, is counted, and the event is not acted on.
    A reading that is wrong is not exported.

    Cost: that of the rule; for an event that is acted on and explained, one `contributions_one`.

    Parameters
    ----------
    rule
        The decision rule.
    top
        Features to name for each action, those that add most to the log-odds; 0 to 20. Those that a transformer made of
        a field count for the field.
    codes
        What is written in place of a feature's name, such as a reason code; a name that is not there stays.

    Raises
    ------
    ValueError
        `rule` is no decision rule or its readings are not fit to export, or `top` is out of range.
    """

    __slots__ = ("_allowed", "_exported", "_gate", "codes", "last_error", "rule", "top")

    def __init__(self, rule: DecisionRule, top: int = 0, codes: Mapping[str, str] | None = None) -> None:
        if isinstance(rule, type) or not isinstance(rule, DecisionRule):
            refuse("decision", rule, "a decision rule such as decision.AlertBudget()")
        if type(top) is not int or not 0 <= top <= MOST_REASONS:
            refuse("top", top, f"a whole number of reasons from 0 to {MOST_REASONS}")
        try:
            self._exported = Exportable(rule)
        except ValueError as error:
            raise ValueError(f"decision: {type(rule).__name__} cannot be exported: {error}") from error
        self.rule, self.top, self.codes = rule, top, dict(codes or {})
        self.last_error = ""
        self._gate = UpdateGate()  # another thread may ask for the readings
        self._allowed = 0.0  # the last threshold at which an action was allowed

    def decide(
        self,
        counts: Counters,
        watch: Watch,
        serve: Callable[[float, bool], None],
        p: float,
        x: Features,
        beside: Features | None,
        t: float,
        new: bool,
        first: bool,
    ) -> Decided:
        """Decide on an event of time t that was scored p; where its id is not `new`, the rule does not count it.

        The rule gets the features with the columns `beside` them. `serve` gets p and whether it is acted on where the
        event is `first` of its id and the model is not cold any more.
        """
        self._gate.begin()
        try:
            both = {**x, **beside} if beside else x
            threshold = checked_threshold(self.rule.threshold_one(both, t))
            acted = p >= threshold
            if new:
                self.rule.observe_one(p, both, t)
        except Exception as error:  # noqa: BLE001  a user's rule may raise anything: counted, named
            self._failed(counts, error)
            acted, threshold = False, NEVER
        finally:
            self._gate.end()
        if first and watch.warm:
            serve(p, acted)
        return Decided(acted, threshold)

    def _failed(self, counts: Counters, error: Exception) -> None:
        counts.decision_failed += 1
        self.last_error = (
            str(error) if isinstance(error, ThresholdError) else f"raises {type(error).__name__}"
        )  # any other message may quote a value

    def answer(
        self, model: GuardedClassifier, counts: Counters, score: Score, served: Served, decided: Decided
    ) -> DecidedScore:
        """Return a score with what was decided on it.

        An action is explained by the model as it is now: it may have learned the event, if this brought its label. One
        that the model fails to explain is counted too, and has no reasons.
        """
        acted, threshold = decided
        because: tuple[str, ...] = ()
        if acted and self.top > 0:
            try:
                because = reasons_of(model.contributions_one(served.x), served.x, self.top, self.codes)
            except Exception as error:  # noqa: BLE001  a user's model may raise anything: counted, named
                self._failed(counts, error)
        counts.acted += acted
        if threshold <= 1.0:
            self._allowed = threshold
        elif (
            score.p >= self._allowed
        ):  # a capacity that is used up bars unlikely events too, as it is meant to
            counts.action_barred += 1
        return DecidedScore(
            score.id,
            score.t,
            score.p,
            score.raw,
            score.corrected,
            score.calibrated,
            score.model_version,
            score.kept_share,
            acted,
            threshold,
            because,
            score.reasons,
        )

    def readings(self) -> Iterator[Reading]:
        """Yield the readings of the rule that are fit to export."""
        with self._gate:
            found = self._exported.readings()
        if self._exported.fault:
            self.last_error = self._exported.fault
        yield from found

    def state(self, allow_pickle: bool) -> bytes:
        """The rule as a snapshot of its own."""
        return dumps([self._allowed, self.rule], allow_pickle=allow_pickle)

    def resumed(self, snapshot: bytes, allow_pickle: bool) -> "Deciding":
        """Return one with the rule of a snapshot; this one where that is of another kind or has other options."""
        if not snapshot:
            return self
        allowed, found = saved_rule(snapshot, allow_pickle=allow_pickle)
        if not same_part(found, self.rule):
            return self
        made = Deciding(self.rule, self.top, self.codes)
        made.rule = made._exported.part = found
        made._allowed = allowed
        return made

    def check(self, model: GuardedClassifier, classes: tuple[str, ...]) -> None:
        """Refuse a rule beside classes by name, and reasons that the model cannot give."""
        if classes:
            raise ValueError(
                "decision: a rule decides on P(True), and here classes have names: scores of classes by name have a "
                "decision of their own, so leave the rule or the classes out"
            )
        if self.top > 0:
            try:
                model.contributions_one({})
            except ValueError as error:
                raise ValueError(
                    f"top: {self.top} features are to be named: {error}; or set top to 0"
                ) from error
            except Exception:  # noqa: BLE001  a transformer or a user's learner may need fields: no refusal
                return


def saved_rule(snapshot: bytes, *, allow_pickle: bool = False) -> tuple[float, Any]:
    """Return what `Deciding.state` wrote: the threshold that was last allowed, and the rule.

    Cost: O(size).

    Raises
    ------
    ValueError
        It is no such state.
    """
    allowed, rule = listed({"decision": loads(snapshot, allow_pickle=allow_pickle)}, "decision", 2)
    return number({"decision": allowed}, "decision", 0.0, 1.0), rule
