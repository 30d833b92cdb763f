"""What exists: assets, their names, closing times and price-feed ids."""
