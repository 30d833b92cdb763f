"""A small newsroom on loopback and our own sample documents (standard library only)."""
