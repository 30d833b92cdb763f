"""Readers of public accounts and channels: one module per network, each with one `read`."""
