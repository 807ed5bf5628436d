"""The files that leave the books: one neutral table or sheet each, rendered for the screen, a spreadsheet or paper."""
