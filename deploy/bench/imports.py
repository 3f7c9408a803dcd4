"""An import over HTTP against `insert_many`, and our reading of numbers against the library's."""

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter

import httpx
import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from deploy.bench import customers
from deploy.bench.figures import Goal, Row
from deploy.bench.raw.mongo import Raw
from deploy.bench.stage import LINE, Stage
from libs.common.phone import normalise
from libs.common.principal import Principal, Signer
from services.matcher.store.customers import CUSTOMERS

ROWS = 200_000
SPELLINGS = 30_000
SECONDS = 120.0
_NEEDED = frozenset({"imports:write"})


async def measure(stage: Stage, rounds: int) -> list[Row]:
    """Both rows. Each round has a tenant of its own, since an import into a full one is another."""
    tenants = [f"benchimport{place:02d}" for place in range(rounds)]
    for place, tenant in enumerate(tenants):
        await stage.tenant(tenant, f"{LINE[:-2]}{40 + place}")
    sheet = customers.sheet(ROWS, "B")
    floor, ours = [], []
    raw = Raw(stage.mongo_url, "matcher")
    with stage.crew("matcher") as crew:
        for tenant in tenants:
            seconds = await _import(stage, crew.addresses["matcher"].url, tenant, sheet)
            name = f"customers__{tenant}"
            ours.append(raw.count(name) / seconds)
            floor.append(await asyncio.to_thread(raw.copy_rate, name, CUSTOMERS))
            raw.drop(name)
            stage.say(f"import {ours[-1]:,.0f}/s, insert_many {floor[-1]:,.0f}/s")
    raw.close()
    imported = Row(
        f"import of {ROWS:,} lines", "customers/s", tuple(floor), tuple(ours), Goal("at least", 0.6)
    )
    return [imported, _normalising(rounds)]


async def _import(stage: Stage, url: str, tenant: str, sheet: bytes) -> float:
    """Seconds until the last row is written."""
    who = Principal(tenant, "bench", "admin", _NEEDED)
    token = Signer(stage.files.gateway_key).sign(who, "matcher")
    async with httpx.AsyncClient(base_url=url, timeout=SECONDS, trust_env=False) as http:
        began = perf_counter()
        answer = await http.post(
            "/v1/imports",
            params={"source": "benchmark", "lawful_basis": "contract"},
            content=sheet,
            headers={"Content-Type": "text/csv", "Authorization": f"Bearer {token}"},
        )
        seconds = perf_counter() - began
    if answer.status_code != httpx.codes.CREATED or answer.json()["rows"] != ROWS:
        raise ValueError(f"the import failed: {answer.text}")
    return seconds


def _normalising(rounds: int) -> Row:
    spellings = list(customers.numbers(SPELLINGS))
    floor, ours, differences = [], [], 0
    for _ in range(rounds):
        theirs, rate = _timed(by_the_library, spellings)
        floor.append(rate)
        answers, rate = _timed(lambda text: normalise(text, customers.REGION), spellings)
        ours.append(rate)
        differences += sum(a != b for a, b in zip(answers, theirs, strict=True))
    return Row(
        "normalising",
        "numbers/s",
        tuple(floor),
        tuple(ours),
        Goal("at least", 5),
        f"{differences} differences in {rounds * SPELLINGS:,} answers.",
    )


def by_the_library(text: str) -> str | None:
    """E.164 of a valid number, by `phonenumbers` alone."""
    try:
        number = phonenumbers.parse(text, customers.REGION)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _timed(
    read: Callable[[str], str | None], spellings: Sequence[str]
) -> tuple[list[str | None], float]:
    began = perf_counter()
    answers = [read(text) for text in spellings]
    return answers, len(spellings) / (perf_counter() - began)
