"""The data map: what is kept of whom, why, how long, and who gets it, as the code declares."""

from deploy.datamap.files import PAGE, SERVED, generated

__all__ = ["PAGE", "SERVED", "generated"]
