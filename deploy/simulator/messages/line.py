"""What the line does with an answer: gives it at once, late, or never."""

import asyncio
from collections.abc import Callable, Coroutine

from fastapi import Response
from starlette.types import Receive, Scope, Send

Beside = Callable[[], Coroutine[None, None, None]]


class Late(Response):
    """Gives the answer after `seconds`; without one, drops the connection then.

    `ending` is called right before. What happens `beside` it goes on at the same time, and may
    take longer.
    """

    def __init__(
        self,
        answer: Response | None,
        seconds: float = 0,
        *,
        ending: Callable[[], None] | None = None,
        beside: Beside | None = None,
    ) -> None:
        super().__init__()
        self._answer = answer
        self._seconds = seconds
        self._ending = ending
        self._beside = beside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers as an ASGI application does."""
        async with asyncio.TaskGroup() as both:
            if self._beside:
                both.create_task(self._beside())
            if self._seconds:
                await asyncio.sleep(self._seconds)
            if self._ending:
                self._ending()
            if self._answer:
                await self._answer(scope, receive, send)
            else:
                await drop(receive)


async def drop(receive: Receive) -> None:
    """Closes the connection under the request, without a word.

    ASGI has no such thing: uvicorn's own request is asked for its transport. Raises
    ConnectionResetError where there is no connection to close, as in a test without a socket.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("there is no connection to drop: serve the app with uvicorn")
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
