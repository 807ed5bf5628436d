"""Who exists, who may do what, and who did what.

Organisations (federation, departmental associations, cooperatives), people,
dated mandates, the one role × permission table, and the audit trail: an
append-only SHA-256 chain per cooperative, written in the transaction of the
act that it tells.
"""
