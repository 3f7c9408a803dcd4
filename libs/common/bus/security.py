"""How to come into a cluster in FastStream's words; aiokafka's are in `libs.common.cluster`."""

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from libs.common.cluster import entry_to

_BY_MECHANISM = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    "SCRAM-SHA-512": SASLScram512,
}


def security(url: str) -> BaseSecurity:
    """What the broker of this cluster asks for."""
    entry = entry_to(url)
    if entry.mechanism is None:
        return BaseSecurity(ssl_context=entry.tls)
    return _BY_MECHANISM[entry.mechanism](
        username=entry.username, password=entry.password, ssl_context=entry.tls
    )
