"""What a field that can be about a natural person says of itself, where it stands.

The purposes are a closed list: each profile gives each of them one lawful basis, and data is
handled for no other.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

CATEGORIES = frozenset(
    {"contact", "identity", "contract", "behaviour", "content", "evidence", "account", "usage"}
)

RECOGNISE: Final = "to recognise who calls or writes"
SHOW: Final = "to show the agent what matters"
WRITE: Final = "to send, receive and show texts"
HEED: Final = "to keep to what people allow"
ANSWER: Final = "to answer a person's request"
CARRY: Final = "to carry events, and to mend those that failed"
SIGN_IN: Final = "to let the agency's people in"
SECURE: Final = "to keep the platform secure, and its use known"
PROVE: Final = "to prove what was done"
PURPOSES = frozenset({RECOGNISE, SHOW, WRITE, HEED, ANSWER, CARRY, SIGN_IN, SECURE, PROVE})

Form = Literal["plain", "coded", "hashed", "sealed"]


@dataclass(frozen=True)
class Personal:
    """Marks a field that can be about a natural person.

    `category` is the kind of data, one of CATEGORIES; `purpose` the one reason for which the
    platform handles it, one of PURPOSES. `form` is how it lies there: plain; coded (a keyed code
    or an opaque id: pseudonymous, and still personal); hashed; sealed with the tenant's key.
    """

    category: str
    purpose: str
    form: Form = "plain"

    def __post_init__(self) -> None:
        if self.category not in CATEGORIES:
            raise ValueError(f"category is one of {', '.join(sorted(CATEGORIES))}")
        if self.form not in get_args(Form):
            raise ValueError(f"form is one of {', '.join(get_args(Form))}")

    def to(self, purpose: str) -> "Personal":
        """The same for another purpose."""
        return replace(self, purpose=purpose)


SUBJECT: Final = Personal("identity", RECOGNISE, "coded")
"""The keyed code of a number."""

USER: Final = Personal("account", SECURE, "coded")
"""The id of somebody who works at an agency or for the operator."""
