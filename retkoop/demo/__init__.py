"""The demonstration data: made through the services only, deterministic, dated relative to today."""
