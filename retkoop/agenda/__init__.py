"""The year of guide 002: what is due when, on home and by e-mail, stopped when done.

The year is data (`data/year.json`); an AD moves its dates. What is done is read
from the other rooms, never ticked by hand.
"""
