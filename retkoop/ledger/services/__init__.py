"""Writes of the books: one public function per verb, atomic, audited, under the book's lock."""
