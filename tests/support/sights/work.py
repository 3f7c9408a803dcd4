"""Customers, and files of them."""

from playwright.async_api import FilePayload, expect

from tests.support.platform import until
from tests.support.sights.sight import Sight, Visit

FILE = {
    "en": "Kundennummer;Kunde;Telefon 1;Stand;Notes nobody asked for\nAZ-1;{name};12;active;x\n",
    "ar": "رقم الوثيقة القديم;الزبون;رقم الاتصال;الوضع;ملاحظات أخرى\nAZ-1;{name};12;active;x\n",
}


async def _find(visit: Visit, number: str) -> None:
    await visit.desk.open("/customers")
    await visit.page.fill("#sought", number)
    await visit.page.click("#find button")


async def _found(visit: Visit) -> None:
    number = visit.number()
    await visit.customer(number)
    await _find(visit, number)


async def _not_a_number(visit: Visit) -> None:
    await _find(visit, "12")


async def _next_page(visit: Visit) -> None:
    await visit.desk.open("/customers")
    await visit.page.click("a.button")


async def _customer(visit: Visit) -> None:
    number = visit.number()
    told = await visit.customer(number)
    await visit.texts(number, "When is my appointment?")
    await visit.outside.ring(visit.tenant, **{"from": number})

    async def kept() -> bool:
        found = await visit.admin.http.post("/v1/conversations:find", json={"number": number})
        calls = (await visit.admin.http.get("/v1/calls", params={"limit": 50})).json()["data"]
        return found.is_success and number in str(calls)

    await until(kept)
    await visit.desk.open(f"/customers/{told['id']}")
    await expect(visit.page.locator("ul.plain").nth(1)).to_be_visible()


async def _restricted(visit: Visit) -> None:
    number = visit.number()
    told = await visit.customer(number)
    asked = await visit.post(
        "/v1/privacy/requests", kind="restriction", number=number, channel="oral"
    )
    attest = {"how": "in_person", "reason": "Showed a passport."}
    await visit.post(f"/v1/privacy/requests/{asked['id']}:attest", **attest)

    async def restricted() -> bool:
        answer = await visit.admin.http.get(f"/v1/customers/{told['id']}")
        return bool(answer.json()["restricted"])

    await until(restricted)
    await visit.desk.open(f"/customers/{told['id']}")


async def _mapping(visit: Visit) -> None:
    await visit.desk.open("/imports")
    content = FILE[visit.desk.language].format(name=visit.name).encode()
    file = FilePayload(name="clients.csv", mimeType="text/csv", buffer=content)
    await visit.page.set_input_files("#file", file)
    await visit.page.click("#upload button")
    await expect(visit.page.locator("#source-error")).to_be_visible()


async def _sending(visit: Visit) -> None:
    await _mapping(visit)
    await visit.page.fill("#source", "our old system")
    visit.holds("matcher")
    await visit.page.click("#upload button")
    await expect(visit.page.locator("#progress")).not_to_be_empty()


async def _result(visit: Visit) -> None:
    rows = [f"res-{n},{visit.name},1{n}" for n in range(60)]
    content = "\n".join(["id,name,phone,unheard of", *rows]).encode()
    told = await visit.admin.upload(content)
    await visit.desk.open(f"/imports/{told['id']}")


async def _clean(visit: Visit) -> None:
    told = await visit.admin.upload(f"id,name,phone\nok-1,{visit.name},{visit.number()}".encode())
    await visit.desk.open(f"/imports/{told['id']}")


_ONE = "/imports/{import_id}"
_SOMEBODY = "/customers/{customer_id}"

WORK = (
    Sight("customers", "/customers", "customers.html", "#list-title", "agent"),
    Sight("customers, none yet", "/customers", "customers.html", "main > p", "newcomer"),
    Sight("customers found", "/customers", "customers.html", "#found", "agent", _found),
    Sight(
        "customers, not a number",
        "/customers",
        "customers.html",
        "#sought-error",
        "agent",
        _not_a_number,
    ),
    Sight(
        "customers, next page",
        "/customers",
        "customers.html",
        "a[href='/customers']",
        "agent",
        _next_page,
    ),
    Sight("a customer", _SOMEBODY, "customer.html", "ol.plain li", "agent", _customer),
    Sight("a restricted customer", _SOMEBODY, "customer.html", "p.badge", "admin", _restricted),
    Sight("not there", _SOMEBODY, "refused.html", "h1", at="/customers/cus_0"),
    Sight("imports", "/imports", "imports.html", "#list-title"),
    Sight("imports, none yet", "/imports", "imports.html", "#upload", "newcomer"),
    Sight("columns of a file", "/imports", "imports.html", "#columns", reach=_mapping),
    Sight("a file on its way", "/imports", "imports.html", "#progress", reach=_sending),
    Sight("an import with faults", _ONE, "import.html", "#list-title", reach=_result),
    Sight("an import without faults", _ONE, "import.html", "#counts", reach=_clean),
)
