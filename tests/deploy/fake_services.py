"""A small stand-in for the operators' doors of the services, on a free loopback port."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from libs.common.principal import Principal, Refused, Verifier

Json = dict[str, Any]
Answer = tuple[int, Json]

DEAD = "/operator/v1/dead"
REVIEWS = "/operator/v1/reviews"
SCANS = "/operator/v1/scans"
NOW = "2026-03-01T12:00:00Z"


@dataclass
class FakeServices:
    """What they know, and what they were asked. `always` takes the place of every answer."""

    jwks: Path
    tenants: dict[str, Json] = field(default_factory=dict)
    webhooks: list[Json] = field(default_factory=list)
    dead: list[Json] = field(default_factory=list)
    reviews: list[Json] = field(default_factory=list)
    asked: list[tuple[Principal, str, Json]] = field(default_factory=list)
    always: tuple[int, bytes] | None = None
    url: str = ""

    def answer(self, method: str, target: str, token: str, body: Json) -> tuple[int, bytes]:
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query))
        audience = "gateway" if path.startswith("/operator/") else "ingest"
        if path.startswith(DEAD):
            audience = "matcher"
        if path.startswith(REVIEWS):
            audience = "messaging"
        if path.startswith(SCANS):
            audience = "consent"
        try:
            who = Verifier(self.jwks, audience).verify(token)
        except Refused:
            return 401, json.dumps(problem(401, "The credentials are not valid.")).encode()
        self.asked.append((who, f"{method} {path}", body or query))
        if self.always:
            return self.always
        status, content = self._routes()[f"{method} {path}"](body or query)
        return status, json.dumps(content).encode()

    def _routes(self) -> dict[str, Callable[[Json], Answer]]:
        return {
            "GET /operator/v1/tenants": lambda _: (
                200,
                {"data": [*self.tenants.values()], "next_cursor": None},
            ),
            "POST /operator/v1/tenants": self._create,
            "POST /operator/v1/numbers": lambda new: self._assign("numbers", "number", new),
            "POST /operator/v1/connections": lambda new: self._assign(
                "connections", "connection_id", new
            ),
            "POST /operator/v1/profiles": lambda new: self._assign(
                "messaging_profiles", "profile_id", new
            ),
            "POST /operator/v1/invitations": self._invite,
            "POST /operator/v1/resets": self._reset,
            "GET /v1/quarantine": lambda query: page(self.webhooks, query),
            f"GET {DEAD}": lambda query: page(self.dead, query),
            **{
                f"POST {DEAD}/{one['place']}/{verb}": partial(self._settle, one)
                for one in self.dead
                for verb in ("replay", "discard")
            },
            f"GET {REVIEWS}": lambda query: page(self.reviews, query),
            **{
                f"POST {REVIEWS}/{one['tenant']}/{one['message_id']}:settle": partial(
                    self._settle_review, one
                )
                for one in self.reviews
            },
            f"POST {SCANS}": self._note_scan,
        }

    def _create(self, new: Json) -> Answer:
        if new["tenant"] in self.tenants:
            return 409, problem(409, "There is a tenant with this id already.")
        nothing: Json = {kind: [] for kind in ("numbers", "connections", "messaging_profiles")}
        self.tenants[new["tenant"]] = {"version": 1, **new, **nothing}
        return 201, self.tenants[new["tenant"]]

    def _assign(self, kind: str, name: str, new: Json) -> Answer:
        if new["tenant"] not in self.tenants:
            return 404, problem(404, "There is no such tenant.")
        held = {"value": new[name], "valid_from": new.get("valid_from", NOW), "valid_to": None}
        self.tenants[new["tenant"]][kind].append(held)
        return 201, self.tenants[new["tenant"]]

    def _invite(self, new: Json) -> Answer:
        token = "t" * 43
        link = f"https://console.example.com/invitation#{token}"
        return 201, {
            "email": new["email"],
            "role": new["role"],
            "token": token,
            "link": link,
            "expires_at": "2026-03-08T12:00:00Z",
        }

    def _reset(self, whom: Json) -> Answer:
        if whom["tenant"] not in self.tenants:
            return 404, problem(404, "There is no such tenant.")
        token = "t" * 43
        return 201, {
            "user_id": "usr_1",
            "token": token,
            "link": f"https://console.example.com/reset#{token}",
            "expires_at": NOW,
        }

    def _settle(self, one: Json, _: Json) -> Answer:
        if one["reason"] == "hopeless":
            return 409, problem(409, "It fails as before: hopeless.")
        one["state"] = "settled"
        return 204, {}

    def _settle_review(self, one: Json, _: Json) -> Answer:
        if one not in self.reviews:
            return 404, problem(404, "There is no such thing.")
        self.reviews.remove(one)
        return 202, {}

    def _note_scan(self, new: Json) -> Answer:
        found = [share["tenant"] for share in new["shares"] if share["tenant"] in self.tenants]
        return 201, {"noted": [new["tenant"]] if "tenant" in new else ["platform", *found]}


def page(items: list[Json], query: Json) -> Answer:
    start, size = int(query.get("cursor", 0)), int(query["limit"])
    end = start + size
    following = str(end) if end < len(items) else None
    return 200, {"data": items[start:end], "next_cursor": following}


def problem(status: int, detail: str, **more: Any) -> Json:
    return {
        "type": "about:blank",
        "title": "-",
        "status": status,
        "code": "-",
        "detail": detail,
    } | (more)


@contextmanager
def serving(fake: FakeServices) -> Iterator[FakeServices]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            size = int(self.headers.get("content-length", 0))
            body = json.loads(self.rfile.read(size) or b"{}")
            token = self.headers.get("authorization", "").removeprefix("Bearer ")
            status, content = fake.answer(self.command, self.path, token, body)
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        fake.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
