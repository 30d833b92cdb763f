"""What held up: claims and price arrays in, verdict columns out; pure."""
