"""The typesetting itself, run by `core.pdf` in the sandbox: typst keeps what it has laid out, for ever, in memory.

Reads a job as JSON (template, folders, data), writes the PDF. Knows nothing of Django.
"""

import json
import sys

import typst


def main() -> None:
    """One job from standard input to standard output; a template's error is a refusal with its message."""
    job = json.load(sys.stdin.buffer)
    try:
        document = typst.compile(
            job["template"],
            root=job["root"],
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[job["fonts"]]),
            ignore_system_fonts=True,
            sys_inputs={"data": job["data"]},
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
        )
    except typst.TypstError as error:
        sys.stderr.write(str(error))
        sys.exit(3)
    sys.stdout.buffer.write(document)


if __name__ == "__main__":
    main()
