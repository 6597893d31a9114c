"""Use cases over ports: submitting, following, presence. asyncio, but no socket and no disk."""
