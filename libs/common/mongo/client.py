"""The connection to MongoDB, bounded in every direction."""

from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)

OPERATION_MS = 5_000
_OUTAGES = (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    ServerSelectionTimeoutError,
    WTimeoutError,
)


def connect(url: str, service: str) -> Any:
    """A client whose writes are majority writes and whose operations end within `OPERATION_MS`.

    `timeoutMS` also travels to the server, so that a write that timed out here does not happen
    later there, which cancelling the coroutine would allow.
    """
    return AsyncIOMotorClient(
        url,
        appname=service,
        tz_aware=True,
        w="majority",
        readConcernLevel="majority",
        retryWrites=True,
        retryReads=True,
        timeoutMS=OPERATION_MS,
        serverSelectionTimeoutMS=4_000,
        connectTimeoutMS=2_000,
        uuidRepresentation="standard",
        maxPoolSize=100,
    )


def is_outage(error: BaseException) -> bool:
    """Whether the store is away for a while, so that waiting helps and parking would not."""
    if isinstance(error, _OUTAGES):
        return True
    return isinstance(error, PyMongoError) and (error.timeout or _labelled(error))


def _labelled(error: PyMongoError) -> bool:
    return isinstance(error, OperationFailure) and (
        error.has_error_label("TransientTransactionError")
        or error.has_error_label("RetryableWriteError")
        or error.has_error_label("UnknownTransactionCommitResult")
    )
