"""The forms of the yearly report: parse and clean, nothing else."""
