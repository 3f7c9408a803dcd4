"""The body of `POST /v2/messages`, read as strictly as Telnyx reads it."""

import re
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from deploy.simulator.messages.errors import Flaw, Refusal
from deploy.simulator.messages.measure import Encoding, Measure, NotGsm, measure

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 -]{1,11}")
_URL = re.compile(r"https?://\S{1,1990}")
_MOST_PARTS = 10


class Send(BaseModel):
    """What is to be sent; fields that this stand-in does not know are ignored, as Telnyx does.

    `origin` is a number or, with a messaging profile, an alphanumeric sender: 1 to 11 letters,
    digits, spaces and, as Saudi senders need it, hyphens.
    """

    to: str = ""
    origin: str = Field("", alias="from")
    text: str = ""
    messaging_profile_id: str | None = None
    type: Literal["SMS", "MMS"] = "SMS"
    encoding: Encoding = "auto"
    media_urls: list[str] = []
    send_at: str | None = None
    webhook_url: str | None = None
    webhook_failover_url: str | None = None
    use_profile_webhooks: bool = True

    def measured(self) -> Measure:
        """Encoding and parts of the text."""
        return measure(self.text, self.encoding)

    @property
    def is_alphanumeric(self) -> bool:
        """Whether a name stands in place of a sending number."""
        return not self.origin.startswith("+")


def read(body: bytes) -> Send:
    """What the body asks for. Raises Refusal, 400, with every flaw and its place."""
    try:
        send = Send.model_validate_json(body)
    except ValidationError as error:
        raise Refusal(400, [_misshapen(one) for one in error.errors()]) from None
    flaws = [*_addresses(send), *_content(send), *_urls(send)]
    if flaws:
        raise Refusal(400, flaws)
    return send


def _misshapen(error: Any) -> Flaw:
    pointer = "/" + "/".join(str(step) for step in error["loc"])
    return Flaw("10015", f"The request was not well-formed: {error['msg']}.", pointer)


def _addresses(send: Send) -> Iterator[Flaw]:
    if not send.to:
        yield Flaw("10004", "Say in `to` who the message is for.", "/to")
    elif not _E164.fullmatch(send.to):
        yield Flaw("40310", "The 'to' address must be a number in +E.164 form.", "/to")
    if not send.origin:
        yield Flaw("10004", "Say in `from` who sends: there is no number pool here.", "/from")
    elif send.is_alphanumeric:
        yield from _alphanumeric(send)
    elif not _E164.fullmatch(send.origin):
        yield Flaw("40305", "The 'from' address must be a number in +E.164 form.", "/from")


def _alphanumeric(send: Send) -> Iterator[Flaw]:
    if not _ALPHANUMERIC.fullmatch(send.origin):
        yield Flaw("40305", "An alphanumeric sender has 1 to 11 letters, digits, spaces.", "/from")
    if send.messaging_profile_id is None:
        explained = "An alphanumeric sender needs a messaging profile."
        yield Flaw("10004", explained, "/messaging_profile_id")
    if send.to.startswith("+1"):
        yield Flaw("40301", "Numbers of +1 take no alphanumeric sender.", "/to")


def _content(send: Send) -> Iterator[Flaw]:
    if send.type == "MMS" or send.media_urls:
        yield Flaw("40319", "Only texts are sent here: no MMS, no media.", "/type")
    if send.send_at is not None:
        yield Flaw("10015", "Nothing is scheduled here: leave `send_at` out.", "/send_at")
    if not send.text:
        yield Flaw("40316", "A message needs a text.", "/text")
        return
    try:
        parts = send.measured().parts
    except NotGsm:
        yield Flaw("10015", "The text has characters that GSM-7 lacks.", "/encoding")
        return
    if parts > _MOST_PARTS:
        yield Flaw("40302", f"The text has {parts} parts; {_MOST_PARTS} are allowed.", "/text")


def _urls(send: Send) -> Iterator[Flaw]:
    for name in ("webhook_url", "webhook_failover_url"):
        url = getattr(send, name)
        if url and not _URL.fullmatch(url):
            yield Flaw("10003", "A webhook URL begins with http:// or https://.", f"/{name}")
