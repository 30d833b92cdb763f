"""Layer 2: the quantities that a text states about a market or the economy.

grammar.py finds numbers with their units; find.py keeps those that state something, says what they are
(role_rules.toml and a linear model) and which asset they are about (links.py), and makes them figures.
"""

from nlp.figures.find import find_figures as find_figures
