"""What the networks say about a caller: attestation, screening result, name.

Sources: Telnyx, "Call Control webhooks" and "Inbound Call Screening"; SHAKEN/STIR `verstat`.
"""

import re

from pydantic import JsonValue

from services.ingest.domain.fields import Fields

_VERSTAT = {
    "TN-VALIDATION-PASSED": "A",
    "TN-VALIDATION-PASSED-A": "A",
    "TN-VALIDATION-PASSED-B": "B",
    "TN-VALIDATION-PASSED-C": "C",
}
_FAILED = "TN-VALIDATION-FAILED"
_RESULT = re.compile(r"[a-z0-9_ -]{1,64}")


def attestation(payload: Fields) -> str | None:
    """A, B, C, `failed`, or None.

    `failed` means that an attestation was there and did not hold: a level together with
    `shaken_stir_validated` false, or a failed verstat in either field. Without a level, false
    says only that there was nothing to validate, which is None like silence: Telnyx sends the
    fields only where the application asks for them. A level that is not A, B or C is None.
    """
    screened = payload.raw("call_screening_result")
    said = _upper(payload.raw("shaken_stir_attestation"))
    if not said and isinstance(screened, dict):
        said = _upper(screened.get("shaken_stir_attestation"))
    validated = _upper(payload.raw("shaken_stir_validated"))
    if any(word.startswith(_FAILED) for word in (said, validated)):
        return "failed"
    level = _VERSTAT.get(said, said) or _VERSTAT.get(validated)
    if level not in {"A", "B", "C"}:
        return None
    return "failed" if validated == "FALSE" else level


def screening(payload: Fields) -> str | None:
    """The provider's verdict, such as `spam_likely`.

    It comes as text or as an object, whose `reputation` is the verdict; its `action` only
    repeats the setting of the number.
    """
    value = payload.raw("call_screening_result")
    if isinstance(value, dict):
        value = value.get("reputation")
    verdict = value.strip().lower() if isinstance(value, str) else ""
    return verdict if _RESULT.fullmatch(verdict) else None


def _upper(value: JsonValue) -> str:
    """Text or a truth value in upper case; anything else is empty."""
    return str(value).strip().upper() if isinstance(value, str | bool) else ""
