"""From a declaration to a process: what all six services share."""

from libs.common.service.caller import Caller, acting, operating
from libs.common.service.declared import Service
from libs.common.service.running import Running, run
from libs.common.service.stopping import stops_within

__all__ = ["Caller", "Running", "Service", "acting", "operating", "run", "stops_within"]
