"""Making invitations, for Admins and for operators."""

from pydantic_core import PydanticCustomError

from libs.common.events import Note, TenantSaved
from libs.common.mongo import Work
from libs.common.web import Problem
from services.gateway.api.desk import Desk
from services.gateway.api.shapes import Invited
from services.gateway.domain.account import NotAnAddress, normal_email
from services.gateway.domain.invitation import GOOD_FOR, Invitation
from services.gateway.domain.roles import Role
from services.gateway.domain.session import digest, new_secret
from services.gateway.store import Store

USER_EXISTS = "This person is a user of the agency already."


def email_field(text: str) -> str:
    """For request bodies: the normal form, or an error that says what is wanted."""
    try:
        return normal_email(text)
    except NotAnAddress as error:
        raise PydanticCustomError("email", str(error).replace("{", "")) from None


async def invite(desk: Desk, tenant: TenantSaved, email: str, role: Role, by: str) -> Invited:
    """Invites a person to a tenant; an earlier invitation of theirs is void.

    `by` as the audit names people.
    """
    token = new_secret()

    async def body(store: Store, work: Work) -> Invitation:
        if any(user.email == email for user in await store.users.all()):
            raise Problem(409, "user_exists", USER_EXISTS)
        expires_at = work.now + GOOD_FOR
        invitation = Invitation(digest(token), tenant.tenant, email, role, expires_at, by)
        await store.invitations.put(invitation)
        work.note(Note(action="user.invited", actor=by, facts={"role": role.value}))
        return invitation

    invitation = await desk.write(body, tenant)
    return Invited.of(invitation, token, desk.site.public_url)
