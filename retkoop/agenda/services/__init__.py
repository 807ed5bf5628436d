"""What writes in this room: an AD's calendar, and the reminders."""
