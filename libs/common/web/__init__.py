"""HTTP for services: the application, its errors, who asks, health, and the servers."""

from libs.common.refusals import refuses
from libs.common.web.admin import create_admin
from libs.common.web.app import create_app
from libs.common.web.auth import requires
from libs.common.web.conditional import CHANGED, IfMatch, check_match, etag_of
from libs.common.web.echo import Echo
from libs.common.web.idempotency import IdempotencyKey, key_taken, replayed
from libs.common.web.importing import importing
from libs.common.web.moments import Moment
from libs.common.web.pages import Cursor, CursorText, Limit, Page
from libs.common.web.problems import NOT_FOUND, FieldError, Problem, ProblemDetails, not_found
from libs.common.web.serve import KEEP_ALIVE_S, serve
from libs.common.web.uploads import NOT_CSV, UNREADABLE, batches, csv_body, csv_stream

__all__ = [
    "CHANGED",
    "KEEP_ALIVE_S",
    "NOT_CSV",
    "NOT_FOUND",
    "UNREADABLE",
    "Cursor",
    "CursorText",
    "Echo",
    "FieldError",
    "IdempotencyKey",
    "IfMatch",
    "Limit",
    "Moment",
    "Page",
    "Problem",
    "ProblemDetails",
    "batches",
    "check_match",
    "create_admin",
    "create_app",
    "csv_body",
    "csv_stream",
    "etag_of",
    "importing",
    "key_taken",
    "not_found",
    "refuses",
    "replayed",
    "requires",
    "serve",
]
