"""From a declaration to a process: what all six services share."""

from libs.common.bus import Together
from libs.common.service.caller import DECIDE, Caller, acting, operating
from libs.common.service.declared import Job, Service
from libs.common.service.measuring import measuring
from libs.common.service.process import run
from libs.common.service.running import Running
from libs.common.service.stopping import closing, stops_within
from libs.common.service.sweeping import sweep_once

__all__ = [
    "DECIDE",
    "Caller",
    "Job",
    "Running",
    "Service",
    "Together",
    "acting",
    "closing",
    "measuring",
    "operating",
    "run",
    "stops_within",
    "sweep_once",
]
