"""Accounts: by e-mail address and id at sign-in, by tenant for those who manage them."""

from libs.common.events.personal import SIGN_IN, USER, Personal
from libs.common.mongo import Document, DuplicateKeyError, Entity, Index, TenantScope
from services.gateway.domain.account import Account, EmailTaken
from services.gateway.domain.roles import Role

ACCOUNTS = Entity(
    "accounts",
    {
        "tenant": ("string",),
        "email": ("string",),
        "name": ("string",),
        "role": ("string",),
        "password": ("string",),
        "disabled": ("bool",),
        "created_at": ("date",),
    },
    ("tenant", "email", "name", "role", "password", "disabled", "created_at"),
    (Index((("email", 1),), unique=True), Index((("tenant", 1), ("created_at", 1)))),
    personal={
        "_id": USER.to(SIGN_IN),
        "email": Personal("account", SIGN_IN),
        "name": Personal("account", SIGN_IN),
        "role": Personal("account", SIGN_IN),
        "password": Personal("account", SIGN_IN, "hashed"),
    },
    plain=("tenant",),
)


class Accounts:
    """Any account: for sign-in, when the tenant is not known yet."""

    def __init__(self, scope: TenantScope) -> None:
        self._accounts = scope.shared("accounts")

    async def by_email(self, email: str) -> Account | None:
        """The account with this address, in its normal form."""
        found = await self._accounts.get({"email": email})
        return _account(found) if found else None

    async def get(self, account: str) -> Account | None:
        """The account with this id."""
        found = await self._accounts.get({"_id": account})
        return _account(found) if found else None

    async def add(self, account: Account) -> None:
        """Adds an account. Raises EmailTaken."""
        try:
            await self._accounts.insert(_document(account))
        except DuplicateKeyError:
            raise EmailTaken("there is an account with this address") from None

    async def set_password(self, account: str, password: str, *, former: str | None = None) -> bool:
        """Replaces the hash; where a former one is named, that one alone. Says whether it did."""
        query = {"_id": account} if former is None else {"_id": account, "password": former}
        return await self._accounts.update(query, {"$set": {"password": password}})


class Users:
    """The accounts of the scope's own tenant, and no other."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenant = scope.tenant
        self._accounts = scope.shared("accounts")

    async def all(self) -> list[Account]:
        """All of them, the oldest first."""
        found = await self._accounts.list(
            {"tenant": self._tenant}, sort=[("created_at", 1), ("_id", 1)]
        )
        return [_account(document) for document in found]

    async def get(self, user: str) -> Account | None:
        """The user with this id, if it is one of the tenant's."""
        found = await self._accounts.get({"_id": user, "tenant": self._tenant})
        return _account(found) if found else None

    async def save(self, account: Account) -> None:
        """Writes role and state of a user of the tenant."""
        await self._accounts.update(
            {"_id": account.id, "tenant": self._tenant},
            {"$set": {"role": account.role.value, "disabled": account.disabled}},
        )


def _document(account: Account) -> Document:
    return {
        "_id": account.id,
        "tenant": account.tenant,
        "email": account.email,
        "name": account.name,
        "role": account.role.value,
        "password": account.password,
        "disabled": account.disabled,
        "created_at": account.created_at,
    }


def _account(document: Document) -> Account:
    return Account(
        id=document["_id"],
        tenant=document["tenant"],
        email=document["email"],
        name=document["name"],
        role=Role(document["role"]),
        password=document["password"],
        created_at=document["created_at"],
        disabled=document["disabled"],
    )
