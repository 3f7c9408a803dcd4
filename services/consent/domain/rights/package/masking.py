"""Other people in what is kept of one: their numbers, addresses and names of accounts become tokens
that are the same all through a package (PDPL Implementing Regulation, Article 5(2); GDPR Article
15(4))."""

import re
from collections.abc import Mapping
from typing import Any, Final

from libs.common.phone.spelling import western
from services.consent.domain.rights.package.material import Material, Row, Rows
from services.consent.domain.rights.package.numbers import AMOUNT, DATE, RUN, Numbers, digits

_EMAIL: Final = r"[\w.+%'\-]+@[\w\-]+(?:\.[\w\-]+)+"
_ACCOUNT: Final = r"\b(?:usr|key)_[0-9A-Za-z]+"
_SHAPES: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?!(?:usr|key)_)[a-z]{2,8}_[0-9a-f]{16,}"
)
"""Values that are no words: moments, days and ids of ours."""

_ACTORS: Final = frozenset(
    {"user", "who", "requested_by", "attested_by", "opened_by", "settled_by", "verified_by"}
)
_NOBODY: Final = frozenset({"the person", "person", "the provider", "provider", "platform"})
_NAMED_BY_AGENCY: Final = frozenset({"external_id"})
_PLAIN_NUMBER: Final = re.compile(r"[1-9]\d*")


class Masker:
    """One package's: what it has replaced counts for all that it replaces later."""

    def __init__(self, material: Material) -> None:
        own, spelled = material.own_numbers(), material.own_spellings()
        self._numbers = Numbers(own, spelled, material.region)
        self._emails = material.own_emails()
        self._tokens: dict[str, dict[str, str]] = {"number": {}, "e-mail": {}, "Agent": {}}
        own_pattern = self._numbers.own_pattern.pattern
        # Names, not numbers, tell the kinds apart: DATE refers to groups of its own.
        self._pattern = re.compile(
            f"{DATE}|(?P<email>{_EMAIL})|(?P<account>{_ACCOUNT})|(?P<amount>{AMOUNT})"
            f"|(?P<run>{RUN})|(?P<own>{own_pattern})"
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many numbers, addresses and people were replaced."""
        names = {"number": "numbers", "e-mail": "emails", "Agent": "agents"}
        return {names[kind]: len(found) for kind, found in self._tokens.items()}

    def rows(self, rows: Rows) -> dict[str, list[Row]]:
        """All of them, in their order."""
        return {name: [self.row(row) for row in many] for name, many in rows.items()}

    def row(self, row: Row) -> Row:
        """One row."""
        return {name: self._value(name, value) for name, value in row.items()}

    def text(self, text: str) -> str:
        """Words, without anybody else's numbers and addresses."""
        plain, done, end = western(text), [], 0
        for found in self._pattern.finditer(plain):
            start, stop = found.span()
            done += [text[end:start], self._found(found.lastgroup, text[start:stop])]
            end = stop
        return "".join([*done, text[end:]])

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self.row(value)
        if isinstance(value, list):
            return [self._value(name, one) for one in value]
        if not isinstance(value, str) or _SHAPES.fullmatch(value):
            return value
        if name in _ACTORS:
            return self._actor(value)
        if name in _NAMED_BY_AGENCY and _PLAIN_NUMBER.fullmatch(value):
            return value  # a reference of the person's own, such as 100000012
        return self.text(value)

    def _actor(self, value: str) -> str:
        who = value.rpartition(":")[2]
        return value if who in _NOBODY else self._token("Agent", who)

    def _found(self, kind: str | None, spelling: str) -> str:
        match kind:
            case "email":
                own = spelling.casefold() in self._emails
                return spelling if own else self._token("e-mail", spelling.casefold())
            case "account":
                return self._token("Agent", spelling)
            case "run":
                return self._run(spelling)
            case _:
                return spelling

    def _run(self, run: str) -> str:
        """One number, or several in a row of which some are the person's own."""
        if self._numbers.is_own(run):
            return run
        own = list(self._numbers.own_pattern.finditer(western(run)))
        cuts = [0, *(place for one in own for place in one.span()), len(run)]
        others = [run[a:b] for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
        if own and self._stands_alone(own, others):
            kept = [run[a:b] for a, b in (one.span() for one in own)]
            masked = [self._other(one) for one in others]
            return "".join(x for pair in zip(masked, [*kept, ""], strict=True) for x in pair)
        return self._other(run)

    def _stands_alone(self, own: list[re.Match[str]], others: list[str]) -> bool:
        """Whether what looks like the person's number is not a part of another one."""
        rest = [len(digits(one)) for one in others]
        whole = all(self._numbers.is_international(one[0]) for one in own)
        return whole or all(n == 0 or n >= 7 for n in rest)

    def _other(self, spelling: str) -> str:
        if len(digits(spelling)) < 7 or not self._numbers.is_number(spelling):
            return spelling
        ahead = spelling[: len(spelling) - len(spelling.lstrip())]
        behind = spelling[len(spelling.rstrip()) :]
        return f"{ahead}{self._token('number', self._numbers.key(spelling))}{behind}"

    def _token(self, kind: str, key: str) -> str:
        known = self._tokens[kind]
        return known.setdefault(key, f"{kind} {len(known) + 1}")
