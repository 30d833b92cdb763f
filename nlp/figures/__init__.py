"""Layer 2: the quantities that a text states about a market or the economy."""
