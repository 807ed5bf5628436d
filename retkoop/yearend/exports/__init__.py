"""What leaves the house: PDFs, spreadsheets and JSON of a report."""
