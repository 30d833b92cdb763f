"""Imported once by the process that page readers fork from, so that they share what takes long to load."""

from scrapers.article import read_article
from scrapers.language import language_of

language_of("The model is loaded with the first text whose language is asked for, and then stays." * 2)
read_article("<html><body><p>Grammars and expressions are compiled on first use.</p></body></html>", "https://example.com/")
