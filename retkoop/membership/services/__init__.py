"""Writes of this room: one public function a verb."""
