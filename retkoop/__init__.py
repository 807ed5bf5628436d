"""Retkoop: the books and yearly reports of French school cooperatives.

One folder per room (bounded context); `docs/architecture.md` says what each
is for and which way the arrows go.
"""
