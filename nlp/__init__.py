"""What was claimed and by whom: text in, claims out, pure and picklable."""
