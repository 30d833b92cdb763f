"""Where it is kept: the only code that touches SQLite."""
