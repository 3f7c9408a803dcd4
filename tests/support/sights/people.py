"""One's own account, another's, and a customer's record that is put right."""

from playwright.async_api import expect

from tests.support.sights.sight import Sight, Visit

_USER = "/users/{user_id}"
_SOMEBODY = "/customers/{customer_id}"
WRONG = "not the right password"


async def _wrong_password(visit: Visit) -> None:
    await visit.desk.open("/account")
    for field in ("old_password", "new_password", "repeated"):
        await visit.page.fill(f"#{field}", WRONG)
    await visit.page.click("#password button")


async def _agent(visit: Visit) -> None:
    told = (await visit.admin.http.get("/v1/users")).json()
    agent = next(one["id"] for one in told["data"] if one["role"] == "agent")
    await visit.desk.open(f"/users/{agent}")


async def _reset(visit: Visit) -> None:
    await _agent(visit)
    await visit.page.click("#reset-link button")


async def _correcting(visit: Visit) -> str:
    """A record with its form open."""
    told = await visit.customer(visit.number())
    await visit.desk.open(f"/customers/{told['id']}")
    await visit.page.click("#correction summary")
    return str(told["id"])


async def _refused(visit: Visit) -> None:
    await _correcting(visit)
    await visit.page.fill("#number-1", "12")
    await visit.page.fill("#email", "nobody")
    await visit.page.click("#correct button")


async def _overtaken(visit: Visit) -> None:
    """Another has written to it meanwhile."""
    path = f"/v1/customers/{await _correcting(visit)}"
    told = (await visit.admin.http.get(path)).json()
    numbers = [{"number": one["e164"], "label": one["label"]} for one in told["numbers"]]
    body = {"name": visit.name, "numbers": numbers, "lawful_basis": "contract", "status": "lapsed"}
    answer = await visit.admin.http.put(path, json=body)
    assert answer.is_success, answer.text
    await visit.page.fill("#name", visit.name[::-1])
    await visit.page.click("#correct button")
    await expect(visit.page.locator("#correct .problem")).not_to_be_empty()


PEOPLE = (
    Sight("an account", "/account", "account.html", "#sessions table", "agent"),
    Sight("a new password", "/account", "account.html", "#changed", at="/account?changed=true"),
    Sight(
        "a wrong password",
        "/account",
        "account.html",
        "#old_password-error",
        "agent",
        _wrong_password,
    ),
    Sight("a user", _USER, "user.html", "#sessions", reach=_agent),
    Sight("a link to a password", _USER, "user.html", "#reset-shown", reach=_reset),
    Sight("a correction refused", _SOMEBODY, "correction.html", "#email-error", reach=_refused),
    Sight("a correction too late", _SOMEBODY, "correction.html", "#anew", reach=_overtaken),
)
