"""Imported once by the process that page readers fork from, so that they share what takes long to load."""

from scrapers.article import read_article

_SENTENCE = "The grammars and the expressions of this reader are compiled with the first of its pages. "
read_article(f"<html><body><article>{f'<p>{_SENTENCE}</p>' * 9}</article></body></html>", "https://example.com/")
