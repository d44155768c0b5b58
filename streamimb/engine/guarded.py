"""A guard for any classifier. STAND-IN until compose has GuardedClassifier."""

from typing import Any, NamedTuple

from river import base


class Checked(NamedTuple):
    x: dict[str, Any]
    learnable: bool
    scorable: bool
    reasons: tuple[str, ...]


class OpenGuard(base.Base):
    def __init__(self, classifier: base.Classifier, schema: Any = None) -> None:
        self.classifier = classifier
        self.schema = schema

    def check_one(self, x: dict[str, Any]) -> Checked:
        return Checked(x, True, True, ())


def guarded(model: Any) -> Any:
    return model if isinstance(model, OpenGuard) else OpenGuard(model)
