"""The writes of the yearly report: one public function per verb, atomic, audited."""
