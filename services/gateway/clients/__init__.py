"""HTTP out: the services behind the gateway, and the endpoints of agencies' apps."""

from services.gateway.clients.posting import Letter, Poster
from services.gateway.clients.services import Answer, Ask, Away, Services

__all__ = ["Answer", "Ask", "Away", "Letter", "Poster", "Services"]
