"""The AD's and the federation's screens."""
