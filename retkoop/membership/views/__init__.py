"""One function an address."""
