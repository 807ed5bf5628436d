"""Writes of organisations, people and their access; each is atomic and audited."""

from retkoop.identity.services.account import (
    change_password,
    confirm_email,
    request_email_change,
    set_full_form,
    set_reminders,
)
from retkoop.identity.services.demo import set_demo_password
from retkoop.identity.services.links import check_link, issue_link, send_reset_links, use_link
from retkoop.identity.services.login import Admission, Ambiguous, Unrecognised, log_in
from retkoop.identity.services.organisations import (
    change_association_settings,
    create_association,
    create_cooperative,
    create_federation,
    rename_cooperative,
    withdraw_cooperative,
)
from retkoop.identity.services.people import create_person, end_mandate, give_mandate
from retkoop.identity.services.throttle import Throttled, forget_old_failures

__all__ = [
    "Admission",
    "Ambiguous",
    "Throttled",
    "Unrecognised",
    "change_association_settings",
    "change_password",
    "check_link",
    "confirm_email",
    "create_association",
    "create_cooperative",
    "create_federation",
    "create_person",
    "end_mandate",
    "forget_old_failures",
    "give_mandate",
    "issue_link",
    "log_in",
    "rename_cooperative",
    "request_email_change",
    "send_reset_links",
    "set_demo_password",
    "set_full_form",
    "set_reminders",
    "use_link",
    "withdraw_cooperative",
]
