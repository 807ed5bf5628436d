"""A library without tables: money, dates, clock, tables, PDF, mail, sandbox, HTML parts.

Everything here is usable by every room and knows none of them.
"""
