"""Writes of organisations, people and their access; each is atomic and audited."""

from retkoop.identity.services.account import (
    change_password,
    confirm_email,
    postpone_invitation,
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
from retkoop.identity.services.invitations import (
    accept_invitation,
    check_invitation,
    invite,
    must_choose,
    withdraw_invitation,
)
from retkoop.identity.services.links import (
    check_link,
    issue_letter,
    issue_link,
    letter_token,
    make_letter,
    send_reset_links,
    start_access,
    use_link,
)
from retkoop.identity.services.login import Admission, Ambiguous, Unrecognised, log_in
from retkoop.identity.services.organisations import (
    change_association_settings,
    create_association,
    create_cooperative,
    create_federation,
    rename_cooperative,
    withdraw_cooperative,
)
from retkoop.identity.services.people import appoint_by_letter, create_person, end_mandate, give_mandate
from retkoop.identity.services.recovery import ask_recovery, confirm_recovery, stop_recovery
from retkoop.identity.services.sessions import disconnect, disconnect_everywhere, forget_ended_sessions
from retkoop.identity.services.throttle import Throttled, forget_old_failures

__all__ = [
    "Admission",
    "Ambiguous",
    "Throttled",
    "Unrecognised",
    "accept_invitation",
    "add_passkey",
    "appoint_by_letter",
    "ask_recovery",
    "begin_totp",
    "change_association_settings",
    "change_password",
    "check_invitation",
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
    "invite",
    "issue_letter",
    "issue_link",
    "letter_token",
    "log_in",
    "make_letter",
    "must_choose",
    "postpone_invitation",
    "remove_factor",
    "rename_cooperative",
    "renew_recovery_codes",
    "request_email_change",
    "secret_of",
    "send_reset_links",
    "set_demo_password",
    "set_full_form",
    "set_reminders",
    "start_access",
    "stop_recovery",
    "use_link",
    "withdraw_cooperative",
    "withdraw_invitation",
]
