"""Printed pages about people's access."""
