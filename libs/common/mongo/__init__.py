"""The only place that knows the MongoDB driver."""

from pymongo.errors import DuplicateKeyError

from libs.common.mongo.client import is_outage
from libs.common.mongo.database import Mongo
from libs.common.mongo.forwarder import Forwarder
from libs.common.mongo.lease import Lease
from libs.common.mongo.outbox import Outbox
from libs.common.mongo.schema import Entity, Index, Kept
from libs.common.mongo.scope import Collection, Document, Documents, TenantScope, before
from libs.common.mongo.server import Server, introduced
from libs.common.mongo.unit import Unit, Units, Work, inbox_id

__all__ = [
    "Collection",
    "Document",
    "Documents",
    "DuplicateKeyError",
    "Entity",
    "Forwarder",
    "Index",
    "Kept",
    "Lease",
    "Mongo",
    "Outbox",
    "Server",
    "TenantScope",
    "Unit",
    "Units",
    "Work",
    "before",
    "inbox_id",
    "introduced",
    "is_outage",
]
