"""Signed, but not understood: such a webhook is parked, never refused and never dropped."""

from enum import StrEnum


class Why(StrEnum):
    """The reason, for the metric and the quarantine."""

    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TEXML = "texml"
    VERSION_1 = "version_1"
    PORTAL_SHAPE = "portal_shape"
    LOG_SHAPE = "log_shape"
    FLAT = "flat"
    FIELD = "field"
    UNKNOWN_TYPE = "unknown_type"
    NO_KEYS = "no_keys"


class NotUnderstood(ValueError):
    """A body that means nothing to us; `field` names the one that is missing or unusable."""

    def __init__(self, why: Why, field: str | None = None) -> None:
        super().__init__(f"{why.value}: {field}" if field else why.value)
        self.why = why
        self.field = field
