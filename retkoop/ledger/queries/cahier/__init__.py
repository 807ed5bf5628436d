"""The cahier de comptabilité (« visualisation classique »), a page at a time, in a fixed number of queries of tuples.

`Choice` is what the address asks (sort, filter, page), `Book` what every page
of a year shares (columns, sums, opening), `Page` the lines of one. No model
object is made for a line: 300 of them would cost more than everything else
together. Amounts are cents, positive in their column's direction: an
« entrée » and a « sortie » are both positive, a refund is negative under its charge.
"""

from retkoop.ledger.queries.cahier.book import Book, Column, book_of
from retkoop.ledger.queries.cahier.carried import CarriedItem, carried_items
from retkoop.ledger.queries.cahier.choice import DATE, Choice, Line, Row
from retkoop.ledger.queries.cahier.page import MANY, PAGE, Page, missing_receipts, page_of

__all__ = [
    "DATE", "MANY", "PAGE", "Book", "CarriedItem", "Choice", "Column", "Line", "Page", "Row",
    "book_of", "carried_items", "missing_receipts", "page_of",
]  # fmt: skip
