"""What several operations answer with."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from libs.common.events import TenantSaved
from libs.common.events.personal import SIGN_IN, USER, Personal
from services.gateway.domain.account import Account
from services.gateway.domain.invitation import Invitation
from services.gateway.domain.reset import Reset
from services.gateway.domain.roles import SCOPES, Role
from services.gateway.domain.session import Session

Mine = Personal("account", SIGN_IN)
Token = Annotated[str, Mine, Field(min_length=20, max_length=200, description="Shown once.")]


class User(BaseModel):
    """A person of the agency."""

    id: Annotated[str, USER]
    name: Annotated[str, Mine]
    email: Annotated[str, Mine]
    role: Role
    disabled: bool

    @classmethod
    def of(cls, account: Account) -> "User":
        """From the account, without what is secret in it."""
        return cls(
            id=account.id,
            name=account.name,
            email=account.email,
            role=account.role,
            disabled=account.disabled,
        )


class Agency(BaseModel):
    """The tenant, as its own people see it."""

    id: str
    name: str
    region: str
    language: str
    timezone: str


class SignedIn(BaseModel):
    """A session: who, where, what they may do.

    It ends at `ends_at` unless something more is asked, and at `until` in any case.
    """

    user: User
    tenant: Agency
    scopes: list[str]
    ends_at: AwareDatetime
    until: AwareDatetime

    @classmethod
    def of(cls, account: Account, tenant: TenantSaved, session: Session) -> "SignedIn":
        """From what is stored."""
        agency = Agency(
            id=tenant.tenant,
            name=tenant.name,
            region=tenant.region,
            language=tenant.language,
            timezone=tenant.timezone,
        )
        scopes = sorted(SCOPES[account.role])
        return cls(
            user=User.of(account),
            tenant=agency,
            scopes=scopes,
            ends_at=session.ends_at,
            until=session.until,
        )


class ResetLink(BaseModel):
    """A link to set a new password with, the only time that its token is shown."""

    user_id: str
    token: Token
    link: Annotated[str, Mine]
    expires_at: AwareDatetime

    @classmethod
    def of(cls, reset: Reset, token: str, public_url: str) -> "ResetLink":
        """The token stands in the link's fragment, which browsers send to nobody."""
        return cls(
            user_id=reset.account,
            token=token,
            link=f"{public_url}/reset#{token}",
            expires_at=reset.expires_at,
        )


class Invited(BaseModel):
    """An invitation, the only time that its token is shown. The link is for that person alone."""

    email: Annotated[str, Mine]
    role: Role
    token: Token
    link: Annotated[str, Mine]
    expires_at: AwareDatetime

    @classmethod
    def of(cls, invitation: Invitation, token: str, public_url: str) -> "Invited":
        """The token stands in the link's fragment, which browsers send to nobody."""
        return cls(
            email=invitation.email,
            role=invitation.role,
            token=token,
            link=f"{public_url}/invitation#{token}",
            expires_at=invitation.expires_at,
        )
