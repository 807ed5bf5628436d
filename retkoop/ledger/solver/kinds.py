"""The kinds of error that the solver knows: stable ids (`data-hypothesis`), and what each one is."""

LINE_NOT_TICKED = "line-not-ticked"
LINE_NOT_ON_STATEMENT = "line-not-on-statement"
TICKED_ELSEWHERE = "ticked-elsewhere"
LINE_MISSING = "line-missing"
WRONG_SIDE = "wrong-side"
SWAPPED_DIGITS = "swapped-digits"
MISTYPED_AMOUNT = "mistyped-amount"
TWIN_ENTRY = "twin-entry"
ONE_SIDED_TRANSFER = "one-sided-transfer"
WRONG_TREASURY = "wrong-treasury"
WRONG_OPENING = "wrong-opening"
CASH_COUNT = "cash-count"
OTHER_YEAR = "other-year"
GRANT_DETAIL = "grant-detail"
STATEMENT_BALANCE = "statement-balance"
STATEMENT_FOR_BOOK = "statement-for-book"

KINDS = {
    LINE_NOT_TICKED: "a line of the book that the statement shows is not ticked (a cheque has cleared)",
    LINE_NOT_ON_STATEMENT: "a line is ticked that the statement does not show (a cheque has not cleared)",
    TICKED_ELSEWHERE: "a line is ticked on the statement of another month",
    LINE_MISSING: "a line of the statement, or a cash movement, is not in the book",
    WRONG_SIDE: "money in was written as money out, or the reverse: the gap is twice the line",
    SWAPPED_DIGITS: "two digits are swapped: the gap is a multiple of 9",
    MISTYPED_AMOUNT: "a digit is missing, one too many or wrong, or the comma has moved",
    TWIN_ENTRY: "the same thing was written twice",
    ONE_SIDED_TRANSFER: "a transfer between bank and cash was written on one side only, or not at all",
    WRONG_TREASURY: "paid in cash but written at the bank, or the reverse",
    WRONG_OPENING: "the opening is not what the year before ended with",
    CASH_COUNT: "a kind of note or coin was counted wrongly",
    OTHER_YEAR: "the entry was dated in another year, and stands in its book",
    GRANT_DETAIL: "a subsidy has no line of detail, or its detail says another amount",
    STATEMENT_BALANCE: "the balance of a statement was typed wrongly",
    STATEMENT_FOR_BOOK: "the balance of the statement stands where that of the book should (totals only)",
}
