"""Labelled sentences without end: grammar, lexicons, figures and noise."""
