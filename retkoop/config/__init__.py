"""Settings, URLs, WSGI and the `retkoop` command: what ties the rooms together."""
