"""The version of the reader; every claim carries it, and a change of it makes stored claims due for re-reading."""

EXTRACTOR_VERSION = "4"
