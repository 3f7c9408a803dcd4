"""Who asks: a signed statement that the gateway or an operator hands to a service.

A JWT of sixty seconds for one service, signed with Ed25519 (RFC 9864) by a key that may speak for
one issuer only. Tenant and role come from here, never from a path, a header or a body.
"""

import os
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from uuid import uuid4

import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from libs.common import clock

Issuer = Literal["gateway", "operator"]

OPERATOR = "operator"
LIFETIME = timedelta(seconds=60)
LEEWAY = timedelta(seconds=5)

_ALGORITHM: Literal["Ed25519"] = "Ed25519"
_TYPE = "principal+jwt"
M = TypeVar("M", bound=BaseModel)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Principal:
    """The verified asker. `tenant` is empty only for an operator who speaks for no tenant."""

    tenant: str
    user: str
    role: str
    scopes: frozenset[str]


class Refused(Exception):
    """A statement that is not believed. `reason` is for a metric; the text is for anybody."""

    def __init__(self, reason: str) -> None:
        super().__init__("The credentials are not valid.")
        self.reason = reason


class BadKeyFile(ValueError):
    """A key file that cannot be used; the message names the file and holds no key."""


class Signer:
    """Makes statements with the private key in a file that `generate` wrote."""

    def __init__(self, key_file: Path) -> None:
        key = _parse(_PrivateKey, key_file)
        self._issuer = key.iss
        self._key = key.for_joserfc()
        self._header = {"alg": _ALGORITHM, "kid": key.kid, "typ": _TYPE}

    def sign(self, principal: Principal, audience: str) -> str:
        """A token for the service named `audience`, good for `LIFETIME` from now."""
        issued = int(clock.now().timestamp())
        claims = _Claims(
            iss=self._issuer,
            aud=audience,
            sub=principal.user,
            tenant=principal.tenant,
            role=principal.role,
            scopes=sorted(principal.scopes),
            iat=issued,
            nbf=issued,
            exp=issued + int(LIFETIME.total_seconds()),
            jti=str(uuid4()),
        )
        return jwt.encode(self._header, claims.model_dump(), self._key, algorithms=[_ALGORITHM])


class Verifier:
    """Believes the keys of one JWKS file, which it reads again when the file has changed."""

    def __init__(self, jwks_file: Path, audience: str) -> None:
        self._file = jwks_file
        self._audience = audience
        self._stamp = _stamp(jwks_file)
        self._keys = _known_keys(jwks_file)

    def verify(self, token: str) -> Principal:
        """The principal that the token speaks of. Raises Refused."""
        self._reload()
        key, payload = self._open(token)
        try:
            claims = _Claims.model_validate_json(payload)
        except ValidationError:
            raise Refused("claims") from None
        _check_speaker(claims, key.iss)
        if claims.aud != self._audience:
            raise Refused("audience")
        _check_times(claims)
        return Principal(claims.tenant, claims.sub, claims.role, frozenset(claims.scopes))

    def _open(self, token: str) -> tuple["_PublicKey", bytes]:
        """The known key that signed, and what it signed. The token chooses nothing but its key."""
        try:
            signed = jws.extract_compact(token.encode())
            key = self._keys.get(_Header.model_validate(signed.headers()).kid)
            if key is None:
                raise Refused("unknown key")
            valid = jws.validate_compact(signed, key.for_joserfc(), [_ALGORITHM])
        except ValidationError:
            raise Refused("header") from None
        except (JoseError, ValueError):
            raise Refused("signature") from None
        if not valid or signed.payload is None:
            raise Refused("signature")
        return key, signed.payload

    def _reload(self) -> None:
        """Takes in new keys and lets withdrawn ones go. A file that cannot be read changes none."""
        try:
            stamp = _stamp(self._file)
            if stamp != self._stamp:
                self._stamp = stamp
                self._keys = _known_keys(self._file)
        except BadKeyFile as error:
            _log.warning("public keys stay as they were", error=str(error))


def generate(issuer: Issuer, private_file: Path, jwks_file: Path) -> str:
    """Makes a key pair: the private half for one process, the public half for all verifiers.

    Keys that the JWKS file already holds stay, so that tokens in flight remain good.

    Returns:
        The key id.
    """
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": _ALGORITHM}, auto_kid=True)
    known = _parse(_KeySet, jwks_file).keys if jwks_file.exists() else []
    public = _PublicKey.model_validate({**key.as_dict(private=False), "iss": issuer})
    private = _PrivateKey.model_validate({**key.as_dict(private=True), "iss": issuer})
    _replace(private_file, private, mode=0o600)
    _replace(jwks_file, _KeySet(keys=[*known, public]), mode=0o644)
    return public.kid


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Header(_Strict):
    alg: Literal["Ed25519"]
    kid: Word
    typ: Literal["principal+jwt"]


class _Claims(_Strict):
    iss: Issuer
    aud: Word
    sub: Word
    tenant: Annotated[str, StringConstraints(pattern=r"^([a-z0-9]{8,26})?$")]
    role: Word
    scopes: list[Word]
    iat: int
    nbf: int
    exp: int
    jti: Word


class _PublicKey(_Strict):
    """A JWK (RFC 8037) with the issuer it may speak for, which is a member of our own."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Word
    kid: Word
    use: Literal["sig"]
    alg: Literal["Ed25519"]
    iss: Issuer

    def for_joserfc(self) -> OKPKey:
        return OKPKey.import_key(self.model_dump(exclude={"iss"}))


class _PrivateKey(_PublicKey):
    d: Word


class _KeySet(_Strict):
    keys: list[_PublicKey]


def _check_speaker(claims: _Claims, issuer: Issuer) -> None:
    if claims.iss != issuer:
        raise Refused("issuer")
    if (claims.role == OPERATOR) != (issuer == OPERATOR):
        raise Refused("role")
    if not claims.tenant and issuer != OPERATOR:
        raise Refused("tenant")


def _check_times(claims: _Claims) -> None:
    now, leeway = clock.now().timestamp(), LEEWAY.total_seconds()
    if claims.exp - claims.iat > LIFETIME.total_seconds():
        raise Refused("lifetime")
    if max(claims.iat, claims.nbf) > now + leeway:
        raise Refused("not yet")
    if claims.exp <= now - leeway:
        raise Refused("expired")


def _known_keys(jwks_file: Path) -> dict[str, _PublicKey]:
    return {key.kid: key for key in _parse(_KeySet, jwks_file).keys}


def _parse(model: type[M], file: Path) -> M:
    try:
        return model.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadKeyFile(f"{file} cannot be read ({type(error).__name__}).") from None
    except ValidationError:
        raise BadKeyFile(f"{file} holds no keys as `intnet` makes them.") from None


def _stamp(file: Path) -> tuple[int, int, int]:
    try:
        found = file.stat()
    except OSError as error:
        raise BadKeyFile(f"{file} cannot be read ({type(error).__name__}).") from None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _replace(file: Path, content: BaseModel, *, mode: int) -> None:
    """Writes beside the file and renames, so that a reader sees the old or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(descriptor, "w") as temporary:
        os.fchmod(descriptor, mode)
        temporary.write(content.model_dump_json(indent=2))
        temporary.flush()
        os.fsync(descriptor)
    Path(name).replace(file)
