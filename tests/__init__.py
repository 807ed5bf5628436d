"""The house's own tests: architecture, documents, harness, browser, kills."""
