"""What opens received files, inside a limited child process (never in a serving process).

A hostile file may kill this process or fill its memory; the parent lives and
refuses the file (model.md trap 11). No Django here: `images` and `pdfs` are
started as `python -m` with a JSON list of jobs on their standard input, read
and write the files that the parent named, and answer with JSON.
"""
