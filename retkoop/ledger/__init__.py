"""The books of a cooperative.

An entry (`Entry`) is a sentence of the cahier; its postings (`Posting`, debit
> 0, credit < 0, in cents) always sum to zero. Treasury in and out, and the
ventilation over operating accounts, are only a presentation of postings.
Postings are versioned row by row: an edit closes a row and inserts another,
nothing is ever updated away or deleted. A fiscal year opens with a detailed
opening entry (number 0), so that it is self-contained; closing a year writes
the opening entry of the next one. `balance` rows keep the sums.
"""
