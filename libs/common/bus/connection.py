"""A Kafka connection that was reset says so in Kafka's terms, on uvloop too.

uvloop raises RuntimeError where something is written to a connection that the broker has just
reset; asyncio's own loop drops the bytes and the reader notices. aiokafka awaits OSError only. In
its metadata task, which nobody awaits, the error ends the task: the client then goes on fetching,
but never looks for its coordinator again, and no commit is ever answered.
"""

from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

_send = AIOKafkaConnection.send


def send(self: Any, request: Any, expect_response: bool = True) -> Any:
    """What aiokafka does, with the error that its callers await. Raises KafkaConnectionError."""
    try:
        return _send(self, request, expect_response)
    except RuntimeError as error:
        self.close(reason=CloseReason.CONNECTION_BROKEN, exc=error)
        raise KafkaConnectionError(f"the connection was reset ({error})") from error


AIOKafkaConnection.send = send
