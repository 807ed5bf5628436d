"""The screens of the yearly report."""
