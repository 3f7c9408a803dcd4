"""What a Mongo collection does, as far as our stores use it, in memory."""

from tests.support.memory.collection import MemoryCollection
from tests.support.memory.tables import Tables, Transaction

__all__ = ["MemoryCollection", "Tables", "Transaction"]
