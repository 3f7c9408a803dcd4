"""A client for Python that is generated from the document can be used as it is."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.cache import ROOT
from deploy.local.platform import Platform
from deploy.schemas import openapi
from tests.support.platform import US, Outside, until

pytestmark = pytest.mark.integration

NAME = "generated_intnet_client"
AS_BYTES = {"text/csv": "application/octet-stream", "application/zip": "application/octet-stream"}
NUMBER = "+13035550181"


@pytest.fixture(scope="module")
def generated() -> Iterator[str]:
    """The name of the package, made anew from the committed document."""
    folder = ROOT / ".local" / "test" / "client"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.json"  # JSON is YAML, too
    config.write_text(json.dumps({"content_type_overrides": AS_BYTES}))
    said = _generate(folder / NAME, config)
    assert "WARNING" not in said, said
    assert "Endpoint will not be generated" not in said, said
    sys.path.insert(0, str(folder))
    yield NAME
    sys.path.remove(str(folder))


def _generate(into: Path, config: Path) -> str:
    """Runs the generator beside our Python, whose ruff it asks for."""
    beside = Path(sys.executable).parent
    done = subprocess.run(
        [
            beside / "openapi-python-client", "generate", "--path", ROOT / openapi.PAGE,
            "--output-path", into, "--config", config, "--meta", "none", "--overwrite",
        ],
        env={"PATH": f"{beside}:/usr/bin:/bin", "HOME": str(into.parent)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.timeout(180)
async def test_a_generated_client_lists_reads_and_checks(
    generated: str, outside: Outside, platform: Platform
) -> None:
    admin = await outside.person(US, "admin")
    client = _part("client").Client(
        base_url=platform.console_url,
        cookies={cookie.name: cookie.value for cookie in admin.http.cookies.jar},
        headers={"Origin": platform.console_url},
        raise_on_unexpected_status=True,
    )
    async with client:
        await _lists(client)
        await _reads(client, (await outside.ring(US, **{"from": NUMBER}))["session_id"])
        await _checks(client)


def _part(name: str) -> Any:
    return importlib.import_module(f"{NAME}.{name}")


async def _lists(client: Any) -> None:
    listing = _part("api.customers.list_customers")
    first = await listing.asyncio(client=client, limit=2)
    assert len(first.data) == 2
    following = await listing.asyncio(client=client, limit=2, cursor=first.next_cursor)
    assert {one.id for one in first.data}.isdisjoint(one.id for one in following.data)
    refused = await listing.asyncio_detailed(client=client, cursor="odd")
    assert (refused.status_code, refused.parsed.code) == (400, "bad_cursor")


async def _reads(client: Any, session_id: str) -> None:
    get_call = _part("api.calls.get_call")

    async def there() -> Any:
        answer = await get_call.asyncio_detailed(session_id, client=client)
        return answer.parsed if answer.status_code == 200 else None

    call = await until(there)
    assert (call.id, call.party) == (session_id, NUMBER)
    nobody = await get_call.asyncio(f"{session_id}0", client=client)
    assert (nobody.status, nobody.code) == (404, "not_found")


async def _checks(client: Any) -> None:
    asking, message = _part("api.messages.check_message"), _part("models.message_in").MessageIn
    body = message.from_dict({"to": NUMBER, "class": "service", "text": "Your card is ready."})
    checked = await asking.asyncio(client=client, body=body)
    assert (checked.units, checked.parts) == (19, 1)
    wrong = message.from_dict(body.to_dict() | {"to": "1"})
    refused = await asking.asyncio(client=client, body=wrong)
    assert refused.code == "unusable_message"
    assert [error.pointer for error in refused.errors] == ["#/to"]
