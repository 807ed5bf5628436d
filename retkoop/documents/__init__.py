"""The only stored files: receipts, statements, signed pages.

The original is kept bit for bit with its SHA-256 and only ever served as an
attachment; screens and PDFs show a re-encoded, upright, reduced copy.
"""
