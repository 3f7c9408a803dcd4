"""A person who may sign in: a name, an e-mail address, a role, and a password's hash."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from services.gateway.domain.roles import Role

_ADDRESS = re.compile(r"[^\s@<>\"'(),;:]{1,64}@[^\s@<>\"'(),;:]{1,180}\.[^\s@<>\"'(),;:.]{2,}")


class NotAnAddress(ValueError):
    """Text that is no e-mail address; the message does not repeat it."""


class EmailTaken(ValueError):
    """Somebody signs in with this address already."""


class LastAdmin(ValueError):
    """A change that would leave an agency without anybody to manage it."""


@dataclass(frozen=True)
class Account:
    """One user of one tenant. `password` is an Argon2id string, never the password."""

    id: str
    tenant: str
    email: str
    name: str
    role: Role
    password: str
    created_at: datetime
    disabled: bool = False


def normal_email(text: str) -> str:
    """The form in which an address is stored and compared. Raises NotAnAddress."""
    address = unicodedata.normalize("NFKC", text).strip().casefold()
    if not _ADDRESS.fullmatch(address):
        raise NotAnAddress("give an e-mail address: a name, an at sign, a domain")
    return address


def changed(
    account: Account, everyone: Iterable[Account], *, role: Role | None, disabled: bool | None
) -> Account:
    """The account after an Admin's change. Raises LastAdmin."""
    after = replace(
        account,
        role=account.role if role is None else role,
        disabled=account.disabled if disabled is None else disabled,
    )
    if manages(account) and not manages(after):
        others = (other for other in everyone if other.id != account.id)
        if not any(map(manages, others)):
            raise LastAdmin("an agency needs at least one active Admin")
    return after


def manages(account: Account) -> bool:
    """Whether they manage the agency, and may give out invitations and links to new passwords."""
    return account.role is Role.ADMIN and not account.disabled
