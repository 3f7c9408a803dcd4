"""Key files: a private key for whom signs, and one JWKS of public keys for all who verify.

Each key carries the issuer it may speak for, as a member `iss` of our own.
"""

import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

Issuer = Literal["gateway", "operator"]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]

ALGORITHM: Literal["Ed25519"] = "Ed25519"

M = TypeVar("M", bound=BaseModel)


class BadKeyFile(ValueError):
    """A key file that cannot be used; the message names the file and holds no key."""


class Strict(BaseModel):
    """A model that takes nothing it does not know, and never shows what it was given."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


class PublicKey(Strict):
    """A JWK (RFC 8037) and the issuer it may speak for."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Word
    kid: Word
    use: Literal["sig"]
    alg: Literal["Ed25519"]
    iss: Issuer

    def for_joserfc(self) -> OKPKey:
        """The key as the library takes it."""
        return OKPKey.import_key(self.model_dump(exclude={"iss"}))


class PrivateKey(PublicKey):
    """A public key and its secret."""

    d: Word


class KeySet(Strict):
    """A JWKS; a private key in it is refused."""

    keys: list[PublicKey]


def generate(issuer: Issuer, private_file: Path, jwks_file: Path) -> str:
    """Makes a key pair: the private half for one process, the public half for all verifiers.

    Keys that the JWKS file already holds stay, so that tokens in flight remain good.

    Returns:
        The key id.
    """
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    known = read(KeySet, jwks_file).keys if jwks_file.exists() else []
    public = PublicKey.model_validate({**key.as_dict(private=False), "iss": issuer})
    private = PrivateKey.model_validate({**key.as_dict(private=True), "iss": issuer})
    replace(private_file, private, mode=0o600)
    replace(jwks_file, KeySet(keys=[*known, public]), mode=0o644)
    return public.kid


def read(model: type[M], file: Path) -> M:
    """The file's content. Raises BadKeyFile."""
    try:
        return model.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadKeyFile(f"{file} cannot be read ({type(error).__name__}).") from None
    except ValidationError:
        raise BadKeyFile(f"{file} holds no keys as `intnet` makes them.") from None


def stamp(file: Path) -> tuple[int, int, int]:
    """Differs when the file has changed. Raises BadKeyFile."""
    try:
        found = file.stat()
    except OSError as error:
        raise BadKeyFile(f"{file} cannot be read ({type(error).__name__}).") from None
    return found.st_mtime_ns, found.st_ino, found.st_size


def replace(file: Path, content: BaseModel, *, mode: int) -> None:
    """Writes beside the file and renames, so that a reader sees the old or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(descriptor, "w") as temporary:
        os.fchmod(descriptor, mode)
        temporary.write(content.model_dump_json(indent=2))
        temporary.flush()
        os.fsync(descriptor)
    Path(name).replace(file)
