"""HTTP in: messages, conversations, templates, senders, safeguards, and reviews for operators."""

from services.messaging.api import (
    conversations,
    messages,
    reviews,
    safeguards,
    senders,
    templates,
)

ROUTERS = (
    messages.router,
    conversations.router,
    templates.router,
    senders.router,
    safeguards.router,
    reviews.router,
)

__all__ = ["ROUTERS"]
