"""The screens of the books: each view translates HTTP, and leaves the rest to services and queries."""
