"""How fast Retkoop is, against a bare Django floor on the same server and database: `make bench`.

`floor.py` is the floor, `books.py` prepares our data, `client.py` measures
over loopback, `run.py` interleaves the rounds and writes docs/performance.md
and a JSON file. Every loop is bounded in count.
"""
