"""The texts under which a number is found. They are coded (HMAC, tenant's key) in the store."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from libs.common.phone import national, variant_key

Closeness = Literal["exact_extension", "exact", "variant", "national"]
"""How a caller's number equals one on file, the closest first."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """One number's texts, or their codes. No text of one kind equals one of another.

    `exact` is the E.164 form itself, so that its code is the `subject` of events.
    """

    exact: str
    variant: str
    national: str
    extension: str | None = None

    def coded(self, code: Callable[[str], str]) -> "Lookups":
        """The same with each text coded."""
        return Lookups(
            exact=code(self.exact),
            variant=code(self.variant),
            national=code(self.national),
            extension=code(self.extension) if self.extension else None,
        )

    def all(self) -> tuple[str, ...]:
        """Every text, for one index and one `$in`."""
        texts = (self.exact, self.variant, self.national, self.extension)
        return tuple(text for text in texts if text)


def lookups(e164: str, *, extension: str | None = None, region: str | None = None) -> Lookups:
    """The texts of a number. For a number on file leave `region` out.

    For a caller `region` is the agency's: the national text then finds the customer of that
    country whose number the call shows with another country's code.
    """
    return Lookups(
        exact=e164,
        variant=f"variant:{variant_key(e164)}",
        national=f"national:{national(e164, region)}",
        extension=f"{e164};ext={extension}" if extension else None,
    )


def closeness(asked: Lookups, filed: Lookups) -> Closeness | None:
    """How two numbers equal each other, by their texts or by their codes; None if not at all."""
    if asked.extension and asked.extension == filed.extension:
        return "exact_extension"
    if asked.exact == filed.exact:
        return "exact"
    if asked.variant == filed.variant:
        return "variant"
    return "national" if asked.national == filed.national else None
