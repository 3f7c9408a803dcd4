"""Who asks, as a signed statement that the gateway or an operator hands to a service."""

from libs.common.principal.keyfile import BadKeyFile, Issuer, generate
from libs.common.principal.token import (
    APP,
    LEEWAY,
    LIFETIME,
    OPERATOR,
    Principal,
    Refused,
    Signer,
    Verifier,
)

__all__ = [
    "APP",
    "LEEWAY",
    "LIFETIME",
    "OPERATOR",
    "BadKeyFile",
    "Issuer",
    "Principal",
    "Refused",
    "Signer",
    "Verifier",
    "generate",
]
