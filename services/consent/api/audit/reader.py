"""Who may read a trail."""

from typing import Annotated

from libs.common.service import Caller, acting
from services.consent.store import Store

Reader = Annotated[Caller[Store], acting("audit:read")]
