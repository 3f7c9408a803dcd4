"""`intnet keys`: what must exist before the first service starts."""

from pathlib import Path

import typer

from deploy.cli import settings, show
from deploy.cli.failures import Misused, using
from deploy.cli.options import Json
from deploy.cli.settings import required
from libs.common import auditkeys
from libs.common.keys import create_platform_keys
from libs.common.principal.keyfile import (
    Issuer,
    KeySet,
    PrivateKey,
    PublicKey,
    generate,
    read,
)

app = typer.Typer(no_args_is_help=True)


@app.callback()
def noun() -> None:
    """Keys of the platform."""


@app.command()
def init(as_json: Json = False) -> None:
    """Make the keys that are missing; those that are there stay.

    The platform's key; a signing pair each for the gateway and for operators, whose public halves
    go into the JWKS file; and what checkpoints of the audit are signed with. Private files get mode
    600.
    """
    given = settings.read()
    keys_file = required(given.keys_file, "KEYS_FILE")
    jwks = required(given.jwks_file, "JWKS_FILE")
    gateway = required(given.gateway_key_file, "GATEWAY_SIGNING_KEY_FILE")
    operator = required(given.operator_key_file, "INTNET_OPERATOR_KEY_FILE")
    audit = required(given.audit_key_file, "CONSENT_AUDIT_KEY_FILE")
    rows = [
        ("platform", _platform(keys_file), keys_file),
        ("gateway", _pair("gateway", gateway, jwks), gateway),
        ("operator", _pair("operator", operator, jwks), operator),
        ("audit", _audit(audit), audit),
    ]
    if as_json:
        show.document([{"key": key, "state": state, "file": file} for key, state, file in rows])
    else:
        show.table(("Key", "State", "File"), [(key, state, str(file)) for key, state, file in rows])


@app.command(name="rotate-audit")
def rotate_audit() -> None:
    """Sign checkpoints of the audit with a new key from now on; the old one still verifies."""
    file = required(settings.read().audit_key_file, "CONSENT_AUDIT_KEY_FILE")
    with using(file):
        auditkeys.rotate(file)
    show.sentence(f"{file}: a new key signs.")


def _audit(file: Path) -> str:
    with using(file):
        return "made" if auditkeys.create(file) else "kept"


def _platform(file: Path) -> str:
    with using(file):
        before = file.read_bytes() if file.exists() else b""
        create_platform_keys(file)
        return "kept" if file.read_bytes() == before else "made"


def _pair(issuer: Issuer, private: Path, jwks: Path) -> str:
    with using(private):
        if not private.exists():
            generate(issuer, private, jwks)
            return "made"
        key = read(PrivateKey, private)
    if key.iss != issuer:
        raise Misused(f"{private} is the {key.iss}'s key, not the {issuer}'s: use two files.")
    with using(jwks):
        return "published" if _publish(key, jwks) else "kept"


def _publish(key: PrivateKey, jwks: Path) -> bool:
    """Adds the public half of a kept key where it is missing, as when the JWKS file was lost."""
    known = read(KeySet, jwks).keys if jwks.exists() else []
    if any(public.kid == key.kid for public in known):
        return False
    public = PublicKey.model_validate(key.model_dump(exclude={"d"}))
    fresh = jwks.with_name(f"{jwks.name}.new")
    fresh.write_text(KeySet(keys=[*known, public]).model_dump_json(indent=2))
    fresh.replace(jwks)
    return True
