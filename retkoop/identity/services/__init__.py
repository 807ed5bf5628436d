"""Writes of organisations, people and their access; each is atomic and audited."""

from retkoop.identity.services.account import (
    change_password,
    confirm_email,
    request_email_change,
    set_full_form,
    set_reminders,
)
from retkoop.identity.services.demo import set_demo_password
from retkoop.identity.services.factors import (
    add_passkey,
    begin_totp,
    check_second_code,
    check_second_passkey,
    confirm_totp,
    remove_factor,
    renew_recovery_codes,
    secret_of,
)
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
from retkoop.identity.services.recovery import ask_recovery, confirm_recovery, stop_recovery
from retkoop.identity.services.sessions import disconnect, disconnect_everywhere, forget_ended_sessions
from retkoop.identity.services.throttle import Throttled, forget_old_failures

__all__ = [
    "Admission",
    "Ambiguous",
    "Throttled",
    "Unrecognised",
    "add_passkey",
    "ask_recovery",
    "begin_totp",
    "change_association_settings",
    "change_password",
    "check_link",
    "check_second_code",
    "check_second_passkey",
    "confirm_email",
    "confirm_recovery",
    "confirm_totp",
    "create_association",
    "create_cooperative",
    "create_federation",
    "create_person",
    "disconnect",
    "disconnect_everywhere",
    "end_mandate",
    "forget_ended_sessions",
    "forget_old_failures",
    "give_mandate",
    "issue_link",
    "log_in",
    "remove_factor",
    "rename_cooperative",
    "renew_recovery_codes",
    "request_email_change",
    "secret_of",
    "send_reset_links",
    "set_demo_password",
    "set_full_form",
    "set_reminders",
    "stop_recovery",
    "use_link",
    "withdraw_cooperative",
]
