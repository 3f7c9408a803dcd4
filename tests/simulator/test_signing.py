import json
import stat
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from deploy.simulator.signing import Signer

# RFC 8032, section 7.1, TEST 1
TEST_1 = Signer(
    SigningKey(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
)
VECTORS = {
    "{}": (
        "xFs2NDxKIEpXXMC1cg1X8ea9N8oUoLgBnsOy7sEfVWkHDrDHG4vKoSCq9FJK7Km512rN6c2n6632EQVGJgJSCQ=="
    ),
    '{ "text":"Zürich €5 مرحبا" }': (
        "sSTssZ97wEmjWVFD6zk9REz/A4Pzvu6ylWy9fl4KHvwJNZbYj0+iCuaHLZgH1GLfLEPs3HbGq1CPTGeIVHehDA=="
    ),
}


@pytest.mark.parametrize(("body", "signature"), VECTORS.items(), ids=["plain", "unicode"])
def test_the_known_vectors_are_signed(body: str, signature: str) -> None:
    assert TEST_1.public == "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    assert TEST_1.headers(body.encode(), 1779233415) == [
        ("telnyx-signature-ed25519", signature),
        ("telnyx-timestamp", "1779233415"),
    ]


def test_signatures_can_be_spoiled() -> None:
    good = TEST_1.headers(b"{}", 1779233415)
    assert TEST_1.headers(b"{}", 1779233415, "missing") == []
    assert TEST_1.headers(b"{}", 1779233415, "doubled") == good + good
    assert TEST_1.headers(b"{}", 1779233415, "wrong")[0] != good[0]
    assert TEST_1.headers(b"{}", 1779233415, "old") == TEST_1.headers(b"{}", 1779229815)


def test_a_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "new" / "telnyx.json"
    made, read = Signer.of(file), Signer.of(file)
    assert made.public == read.public == json.loads(file.read_text())["public"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert made.sign(b"{}", 1) == read.sign(b"{}", 1)
