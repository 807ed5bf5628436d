"""What people type in the books, parsed and cleaned; nothing else happens here."""
