"""Keys and endpoints of the agency's programs, and what is shown of them once."""

from typing import Any

from playwright.async_api import expect

from tests.support.sights.sight import Sight, Visit

CLOSED = "http://127.0.0.1:9/a/rather/long/path/of/an/endpoint/where/nobody/listens"
_ONE = "/webhooks/{webhook_id}"


async def _until_judged(visit: Visit, path: str, **body: Any) -> str:
    """One of them, which goes once the page was judged: an agency has only so many."""
    told = await visit.post(path, **body)
    visit.stack.push_async_callback(visit.admin.http.delete, f"{path}/{told['id']}")
    return str(told["id"])


async def _key(visit: Visit) -> str:
    scopes = ["calls:read", "live:read"]
    return await _until_judged(visit, "/v1/keys", name=visit.name, scopes=scopes)


async def _keys(visit: Visit) -> None:
    await _key(visit)
    await visit.desk.open("/keys")


async def _made(visit: Visit) -> None:
    await visit.desk.open("/keys")
    await visit.page.fill("#name", visit.name)
    await visit.page.check("#scopes")
    await visit.page.click("#key-new > button")


async def _for_nothing(visit: Visit) -> None:
    await visit.desk.open("/keys")
    await visit.page.fill("#name", visit.name)
    await visit.page.click("#key-new > button")


async def _revoking(visit: Visit) -> None:
    key = await _key(visit)
    await visit.desk.open("/keys")
    await visit.page.click(f"[data-key='{key}'] [data-deed=revoke]")


async def _endpoint(visit: Visit) -> str:
    events = ["call.started", "call.ended"]
    return await _until_judged(visit, "/v1/webhooks", url=CLOSED, events=events)


async def _endpoints(visit: Visit) -> None:
    await _endpoint(visit)
    await visit.desk.open("/webhooks")


async def _private(visit: Visit) -> None:
    await visit.desk.open("/webhooks")
    await visit.page.fill("#url", "https://10.0.0.1/")
    await visit.page.check("#events")
    await visit.page.click("#webhook-new > button")


async def _registered(visit: Visit) -> None:
    await visit.desk.open("/webhooks")
    await visit.page.fill("#url", CLOSED)
    await visit.page.check("#events")
    await visit.page.click("#webhook-new > button")
    made = await visit.page.locator("#webhooks tr[data-webhook]").last.get_attribute("data-webhook")
    visit.stack.push_async_callback(visit.admin.http.delete, f"/v1/webhooks/{made}")


async def _tried(visit: Visit) -> str:
    """One whose log has a line."""
    endpoint = await _endpoint(visit)
    await visit.post(f"/v1/webhooks/{endpoint}:test")
    await visit.desk.open(f"/webhooks/{endpoint}")
    return endpoint


async def _log(visit: Visit) -> None:
    await _tried(visit)


async def _off(visit: Visit) -> None:
    endpoint = await _tried(visit)
    await visit.admin.http.patch(f"/v1/webhooks/{endpoint}", json={"disabled": True})
    await visit.desk.open(f"/webhooks/{endpoint}")
    await expect(visit.page.locator("#health .badge")).to_be_visible()


async def _rotated(visit: Visit) -> None:
    await _tried(visit)
    await visit.page.click("#rotate")
    await visit.page.click("#sure-yes")
    await expect(visit.page.locator("#both")).to_be_visible()


PROGRAMS = (
    Sight("keys, none yet", "/keys", "keys.html", "#key-new", "newcomer"),
    Sight("keys", "/keys", "keys.html", "#keys table", reach=_keys),
    Sight("a key is made", "/keys", "keys.html", "#key-made", reach=_made),
    Sight("a key for nothing", "/keys", "keys.html", "#scopes-error", reach=_for_nothing),
    Sight("a key is to go", "/keys", "keys.html", "#sure", reach=_revoking),
    Sight("endpoints, none yet", "/webhooks", "webhooks.html", "#webhook-new", "newcomer"),
    Sight("endpoints", "/webhooks", "webhooks.html", "#webhooks table", reach=_endpoints),
    Sight("an endpoint inside", "/webhooks", "webhooks.html", "#url-error", reach=_private),
    Sight("an endpoint is registered", "/webhooks", "webhooks.html", "#secret", reach=_registered),
    Sight("an endpoint", _ONE, "webhook.html", "#log table", reach=_log),
    Sight("an endpoint is off", _ONE, "webhook.html", "#health .badge", reach=_off),
    Sight("an endpoint's new secret", _ONE, "webhook.html", "#secret", reach=_rotated),
)
