"""Scoring sets of samples of any size: inputs → an engine → tallies, decisions, figures."""
