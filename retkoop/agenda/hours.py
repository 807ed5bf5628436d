"""When a reminder may leave: on a working day of the AD, in its own time zone, outside its school holidays."""

import datetime as dt
from zoneinfo import ZoneInfo

from retkoop.agenda.holidays import holidays_on

OPENS, CLOSES = 8, 18
SATURDAY = 5


def may_leave(at: dt.datetime, *, time_zone: str, zone: str) -> bool:
    """May a mail leave at that instant?

    Never from Friday 18:00 to Monday 8:00, nor before 8:00 or from 18:00 on,
    where the AD lives (`time_zone`, an IANA name); never in the holidays of its `zone`.
    """
    local = at.astimezone(ZoneInfo(time_zone))
    in_hours = local.weekday() < SATURDAY and OPENS <= local.hour < CLOSES
    return in_hours and holidays_on(zone, local.date()) is None


def end_of_hours(at: dt.datetime, time_zone: str) -> dt.datetime:
    """18:00 of that day where the AD lives, in UTC: a mail that has not left by then is dropped."""
    local = at.astimezone(ZoneInfo(time_zone))
    return local.replace(hour=CLOSES, minute=0, second=0, microsecond=0).astimezone(dt.UTC)
