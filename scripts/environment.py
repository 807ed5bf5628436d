"""Make `.venv` from a hash-locked list, with nothing but Python's own venv and pip.

Usage: `python3.11 scripts/environment.py run|dev`. The list is remembered in a
stamp, so that a start with nothing to install costs a few milliseconds; `dev`
holds everything that `run` holds. The package itself is not copied: a `.pth`
file points here and a launcher is written as `.venv/bin/retkoop`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LISTS = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}


def digest(kind: str) -> str:
    """What the environment is made from: the list, this Python and the place."""
    seed = f"{sys.version_info[:2]} {ROOT}\n".encode()
    return hashlib.sha256(seed + LISTS[kind].read_bytes()).hexdigest()


def is_ready(kind: str) -> bool:
    """Was the same list (or the larger one) installed here already?"""
    if not (VENV / "bin" / "python").exists():
        return False
    for other in {kind, "dev"}:
        stamp = VENV / f"stamp-{other}"
        if stamp.exists() and stamp.read_text() == digest(other):
            return True
    return False


def install(kind: str) -> None:
    """Create the environment when needed and install exactly the locked list into it."""
    python = VENV / "bin" / "python"
    if not python.exists():
        print("Creating .venv", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True, symlinks=True)
    for stamp in VENV.glob("stamp-*"):
        stamp.unlink()
    print(f"Installing {LISTS[kind].name} (once)", flush=True)
    command = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*command, "--require-hashes", "-r", str(LISTS[kind])], check=True, cwd=ROOT)
    link_package()
    (VENV / f"stamp-{kind}").write_text(digest(kind))


def link_package() -> None:
    """Make `import retkoop` and the `retkoop` command work from any folder."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (VENV / "lib" / version / "site-packages" / "retkoop.pth").write_text(f"{ROOT}\n")
    launcher = VENV / "bin" / "retkoop"
    launcher.write_text(f"#!{VENV / 'bin' / 'python'}\nimport sys\n\nfrom retkoop.config.cli import main\n\nsys.exit(main())\n")
    launcher.chmod(0o755)


def main() -> int:
    """Exit code 0 when the environment is ready."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    if sys.version_info < (3, 11):  # noqa: UP036 - the first file that an older Python meets
        print(f"Retkoop needs Python 3.11 or later; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    if is_ready(kind):
        return 0
    os.environ.pop("PYTHONPATH", None)
    try:
        install(kind)
    except (subprocess.CalledProcessError, OSError) as problem:
        print(f"The environment could not be made: {problem}", file=sys.stderr)
        print(
            "It needs Python's venv and pip modules (Debian: python3-venv) and a package index.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
