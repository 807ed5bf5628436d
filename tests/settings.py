"""The project's settings in tests: a throw-away data folder for each process, a cheap password hasher.

The database is SQLite in that folder, or the PostgreSQL of `RETKOOP_DATABASE_URL`
(without the pool: databases come and go under the tests; served sites use it).
"""

import atexit
import os
import shutil
import tempfile

_data = tempfile.mkdtemp(prefix="retkoop-test-")
atexit.register(shutil.rmtree, _data, ignore_errors=True)
os.environ["RETKOOP_DATA"] = _data
os.environ["RETKOOP_ENV"] = "local"
os.environ.pop("RETKOOP_STATIC", None)
os.environ.pop("RETKOOP_TODAY", None)

from retkoop.config.settings import *  # noqa: E402, F403
from retkoop.config.settings import DATA_DIR, DATABASES, STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns when it is absent

WHITENOISE_AUTOREFRESH = True  # each test client would list every static file again

SECOND_FACTOR_COMPULSORY = False  # most tests sign the staff in directly; those of the second factor turn it on

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["OPTIONS"].pop("pool")
    DATABASES["default"]["TEST"] = {"NAME": f"test_{os.getpid()}"}
