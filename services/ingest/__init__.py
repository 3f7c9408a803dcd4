"""ingest: the provider's door. Webhooks come in, events go out."""
