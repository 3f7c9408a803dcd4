"""Who asks: a signed statement that the gateway or an operator hands to a service.

A JWT of sixty seconds for one service, signed with Ed25519 (RFC 9864) by a key that may speak for
one issuer only. Tenant and role come from here, never from a path, a header or a body.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from uuid import uuid4

import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from pydantic import StringConstraints, ValidationError

from libs.common import clock
from libs.common.principal.keyfile import (
    ALGORITHM,
    BadKeyFile,
    Issuer,
    KeySet,
    PrivateKey,
    PublicKey,
    Strict,
    Word,
    read,
    stamp,
)

OPERATOR = "operator"
APP = "app"
"""The role of an agency's program, which comes with a key; what it may do, its scopes say."""
LIFETIME = timedelta(seconds=60)
LEEWAY = timedelta(seconds=5)
SAME_FOR = timedelta(seconds=5)
"""What is stated again within these seconds is stated in the same words: checking signatures was a
tenth of what messaging did under load."""
KEPT = 1024
"""Statements that a process remembers to have made or believed."""

_TYPE = "principal+jwt"
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


class Signer:
    """Makes statements with the private key in a file that `generate` wrote."""

    def __init__(self, key_file: Path) -> None:
        key = read(PrivateKey, key_file)
        self._issuer = key.iss
        self._key = key.for_joserfc()
        self._header = {"alg": ALGORITHM, "kid": key.kid, "typ": _TYPE}
        self._made = lru_cache(KEPT)(self._make)

    def sign(self, principal: Principal, audience: str) -> str:
        """A token for the service named `audience`, good for `LIFETIME` less `SAME_FOR`."""
        now, same = int(clock.now().timestamp()), int(SAME_FOR.total_seconds())
        return self._made(principal, audience, now - now % same)

    def _make(self, principal: Principal, audience: str, issued: int) -> str:
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
        return jwt.encode(self._header, claims.model_dump(), self._key, algorithms=[ALGORITHM])


class Verifier:
    """Believes the keys of one JWKS file, which it reads again when the file has changed."""

    def __init__(self, jwks_file: Path, audience: str) -> None:
        self._file = jwks_file
        self._audience = audience
        self._stamp = stamp(jwks_file)
        self._keys = _known_keys(jwks_file)
        self._believed = lru_cache(KEPT)(self._read)

    def verify(self, token: str) -> Principal:
        """The principal that the token speaks of. Raises Refused."""
        self._reload()
        claims = self._believed(token)
        _check_times(claims)
        return Principal(claims.tenant, claims.sub, claims.role, frozenset(claims.scopes))

    def _read(self, token: str) -> "_Claims":
        """What a known key has signed for this service, whenever that was. Raises Refused."""
        key, payload = self._open(token)
        try:
            claims = _Claims.model_validate_json(payload)
        except ValidationError:
            raise Refused("claims") from None
        _check_speaker(claims, key.iss)
        if claims.aud != self._audience:
            raise Refused("audience")
        return claims

    def _open(self, token: str) -> tuple[PublicKey, bytes]:
        """The known key that signed, and what it signed. The token chooses nothing but its key."""
        try:
            signed = jws.extract_compact(token.encode())
            key = self._keys.get(_Header.model_validate(signed.headers()).kid)
            if key is None:
                raise Refused("unknown key")
            valid = jws.validate_compact(signed, key.for_joserfc(), [ALGORITHM])
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
            now = stamp(self._file)
            if now != self._stamp:
                self._stamp = now
                self._keys = _known_keys(self._file)
                self._believed.cache_clear()
        except BadKeyFile as error:
            _log.warning("keys.unreadable", error=str(error))


class _Header(Strict):
    alg: Literal["Ed25519"]
    kid: Word
    typ: Literal["principal+jwt"]


class _Claims(Strict):
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


def _known_keys(jwks_file: Path) -> dict[str, PublicKey]:
    return {key.kid: key for key in read(KeySet, jwks_file).keys}
