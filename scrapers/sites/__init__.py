"""Readers for sites whose pages need more than the general article reader."""
