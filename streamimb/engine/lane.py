"""How a classifier is spoken to: as a scorer of ours, or through River's two verbs.

Chosen once, at construction. Must never know events or labels beyond x and y.
"""

from river import base

from streamimb.protocols import Features, Scores


class RiverLane:
    """A classifier that is no `Scorer`: raw, corrected and calibrated are its one probability of True.

    Before it met a positive such a classifier may not name True: that is 0.

    Cost: the classifier's.
    """

    kept_share = 1.0

    def __init__(self, classifier: base.Classifier) -> None:
        self.classifier = classifier

    def scores_one(self, x: Features) -> Scores:
        """Score x."""
        p = float(self.classifier.predict_proba_one(x).get(True, 0.0))
        return Scores(p, p, p)

    def learn_scored_one(self, x: Features, y: bool, w: float = 1.0) -> Scores:
        """Score x, then learn it."""
        scores = self.scores_one(x)
        self.classifier.learn_one(x, y)
        return scores
