"""Argon2id at OWASP's first recommended setting: 19 MiB, two passes, one lane."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Cheap enough to check a constant number of hashes at each login (trust.md P13)."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
