"""A person's second factors: added, removed, and shown at login.

An application of codes or a passkey may be added by its owner alone; nobody
adds or reads one for somebody else. A code never serves twice: the last time
step accepted is kept, and moves forward only. Guesses are counted by person,
whatever the right password that led there.
"""

from django.conf import settings
from django.db import transaction

from retkoop.core import clock
from retkoop.core.locks import writer_turn
from retkoop.core.refusal import Refusal
from retkoop.core.sealed import Unreadable, fingerprint, seal, unseal
from retkoop.identity import mails, passkeys, totp
from retkoop.identity.audit import Act, Author, Operation, general_act, refuse_known
from retkoop.identity.models import FactorKind, Person, RecoveryCode, SecondFactor
from retkoop.identity.queries import live_mandates_of
from retkoop.identity.queries.protection import confirmed_factors, pending_totp, recovery_codes_left
from retkoop.identity.services import throttle
from retkoop.identity.services.account import verify_own_password
from retkoop.identity.services.sessions import end_sessions

CODES = 10
_WRONG_CODE = (
    "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant dans votre application, "
    "ou tapez l’un de vos codes de secours."
)


def begin_totp(*, person: Person, operation: Operation | None = None) -> SecondFactor:
    """A new secret, which counts for nothing before a first code confirms it; takes the place of an unconfirmed one."""
    with general_act(Author(person), "begin_second_factor", operation=operation) as done:
        SecondFactor.objects.filter(person=person, kind=FactorKind.TOTP, confirmed_at=None).delete()
        factor = SecondFactor.objects.create(
            person=person,
            kind=FactorKind.TOTP,
            name="Application de codes",
            secret=seal(totp.new_secret(), _place(person)),
            created_at=clock.now(),
        )
        done.about("person", person.pk)
        done.payload = {"kind": factor.kind}
    return factor


def secret_of(factor: SecondFactor) -> str:
    """The secret of an application of codes, to be shown to its owner while it is unconfirmed. Raises Unreadable."""
    return unseal(factor.secret, _place(factor.person))


def confirm_totp(*, person: Person, code: str, keep: str, operation: Operation | None = None) -> list[str]:
    """The first code proves that the application holds the secret; the new recovery codes when it is the first factor.

    `keep`: the key of the session in hand; the others end with a first factor. Raises Refusal (`code_secret`).
    """
    with general_act(Author(person), "add_second_factor", operation=operation) as done:
        factor = pending_totp(person)
        if factor is None:
            message = "Recommencez\u202f: cette application n’est plus en attente."
            raise Refusal(message)
        step = totp.matching_step(secret_of(factor), totp.plain(code), clock.machine())
        if step is None:
            message = (
                "Ce code n’est pas celui que l’application doit afficher. Vérifiez l’heure du téléphone, puis tapez le suivant."
            )
            raise Refusal(message, "code_secret")
        factor.last_step, factor.confirmed_at = step, clock.now()
        codes = _added(person, factor, keep, done)
        factor.save(update_fields=["last_step", "confirmed_at"])
    return codes


def add_passkey(
    *,
    person: Person,
    origin: str,
    state: passkeys.State,
    answer: str,
    name: str,
    keep: str,
    operation: Operation | None = None,
) -> list[str]:
    """As `confirm_totp`, for a passkey: `answer` is the browser's to the question of `state`.

    Raises Refusal (`answer_secret`), also when the passkey is known already.
    """
    with general_act(Author(person), "add_second_factor", operation=operation) as done:
        made = passkeys.finish_creation(origin, state, answer)
        if SecondFactor.objects.filter(credential_id=made.credential_id).exists():
            message = "Cette clé d’accès est déjà enregistrée."
            raise Refusal(message, "answer_secret")
        factor = SecondFactor(
            person=person,
            kind=FactorKind.PASSKEY,
            name=name[:60],
            credential_id=made.credential_id,
            credential=made.credential,
            last_step=made.count,
            created_at=clock.now(),
            confirmed_at=clock.now(),
        )
        codes = _added(person, factor, keep, done)
        factor.save(force_insert=True)
    return codes


def remove_factor(*, person: Person, factor_id: int, password: str, operation: Operation | None = None) -> SecondFactor:
    """One's own, with one's password; with the last one the recovery codes go too.

    Raises Refusal (`mot_de_passe`; or when the factor is compulsory and the last), Throttled.
    """
    if operation is not None:
        refuse_known(operation, None, Author(person))
    verify_own_password(person=person, password=password, field="mot_de_passe")
    with general_act(Author(person), "remove_second_factor", operation=operation) as done:
        mine = confirmed_factors(person)
        factor = next((each for each in mine if each.pk == factor_id), None)
        if factor is None:
            message = "Cette seconde preuve est déjà retirée."
            raise Refusal(message)
        if len(mine) == 1 and settings.SECOND_FACTOR_COMPULSORY and _is_staff(person):
            message = "Votre rôle demande une seconde preuve\u202f: ajoutez-en une autre, puis retirez celle-ci."
            raise Refusal(message)
        SecondFactor.objects.filter(pk=factor.pk).delete()
        if len(mine) == 1:
            RecoveryCode.objects.filter(person=person).delete()
        done.about("person", person.pk)
        done.payload = {"kind": factor.kind, "left": len(mine) - 1}
        mails.security_changed(person, f"«\u202f{factor.name}\u202f» n’est plus une seconde preuve de votre compte.")
    return factor


def renew_recovery_codes(*, person: Person, operation: Operation | None = None) -> list[str]:
    """Ten new codes; the former ones are void. Raises Refusal without any second factor."""
    with general_act(Author(person), "renew_recovery_codes", operation=operation) as done:
        if not confirmed_factors(person):
            message = "Ajoutez d’abord une application de codes ou une clé d’accès."
            raise Refusal(message)
        codes = _new_codes(person)
        done.about("person", person.pk)
        mails.security_changed(person, "Dix nouveaux codes de secours ont été faits\u202f; les précédents ne servent plus.")
    return codes


def check_second_code(*, person: Person, typed: str, address: str) -> None:
    """At login: a code of an application, or a recovery code. Raises Refusal (`code_secret`), Throttled."""
    keys = throttle.factor_keys(person.pk, address)
    throttle.charge(keys)
    code = totp.plain(typed)
    right = _accept_totp(person, code) if len(code) == 6 else _accept_recovery(person, code)
    if not right:
        raise Refusal(_WRONG_CODE, "code_secret")
    throttle.forgive(keys)


def check_second_passkey(*, person: Person, origin: str, state: passkeys.State, answer: str, address: str) -> None:
    """At login: a passkey. Raises Refusal (`answer_secret`), Throttled."""
    keys = throttle.factor_keys(person.pk, address)
    throttle.charge(keys)
    mine = [factor for factor in confirmed_factors(person) if factor.kind == FactorKind.PASSKEY]
    factor, count = passkeys.finish_use(origin, state, mine, answer)
    if (count or factor.last_step) and count <= factor.last_step:
        message = "Cette clé d’accès semble avoir été copiée\u202f: choisissez un autre moyen, puis retirez-la."
        raise Refusal(message, "answer_secret")
    if not _move(factor, factor.last_step, count):
        message = "Cette réponse a déjà servi\u202f: recommencez."
        raise Refusal(message, "answer_secret")
    throttle.forgive(keys)


def drop_factors(person: Person) -> int:
    """Every factor and recovery code of the person; how many factors. For services, inside their own act."""
    RecoveryCode.objects.filter(person=person).delete()
    dropped = SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).count()
    SecondFactor.objects.filter(person=person).delete()
    return dropped


def _added(person: Person, factor: SecondFactor, keep: str, done: Act) -> list[str]:
    """What follows a factor's confirmation; the codes to be shown when it is the first."""
    first = not confirmed_factors(person)
    done.about("person", person.pk)
    done.payload = {"kind": factor.kind, "name": factor.name}
    mails.security_changed(person, f"«\u202f{factor.name}\u202f» est désormais une seconde preuve de votre compte.")
    if not first:
        return []
    end_sessions(person=person, keep=keep)
    return _new_codes(person)


def _new_codes(person: Person) -> list[str]:
    RecoveryCode.objects.filter(person=person).delete()
    codes = [totp.new_recovery_code() for _ in range(CODES)]
    now = clock.now()
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(person=person, code_sha=_code_sha(person, totp.plain(code)), made_at=now) for code in codes]
    )
    return codes


def _accept_totp(person: Person, code: str) -> bool:
    """Moves the last step forward; a step that was accepted, or one before it, is refused."""
    for factor in confirmed_factors(person):
        if factor.kind != FactorKind.TOTP:
            continue
        try:
            step = totp.matching_step(secret_of(factor), code, clock.machine())
        except Unreadable:
            continue
        if step is not None and step > factor.last_step:
            return _move(factor, factor.last_step, step)
    return False


def _move(factor: SecondFactor, seen: int, step: int) -> bool:
    """Of two requests with the same proof, one moves it."""
    with writer_turn(), transaction.atomic():
        still = SecondFactor.objects.filter(pk=factor.pk, last_step=seen)
        return bool(still.update(last_step=step, last_used_at=clock.now()))


def _accept_recovery(person: Person, code: str) -> bool:
    mine = RecoveryCode.objects.filter(person=person, code_sha=_code_sha(person, code), used_at=None)
    with general_act(Author(person), "try_recovery_code") as done:
        done.about("person", person.pk)
        right = bool(mine.update(used_at=clock.now()))
        done.payload = {"right": right}
        if right:
            left = recovery_codes_left(person)
            mails.security_changed(
                person, f"Un code de secours vient de servir à vous connecter\u202f; il vous en reste {left}."
            )
    return right


def _code_sha(person: Person, code: str) -> str:
    """Keyed: without the installation's key, nobody can try codes against the database."""
    return fingerprint(f"{person.pk}:{code}", "recovery")


def _place(person: Person) -> str:
    return f"totp:{person.pk}"


def _is_staff(person: Person) -> bool:
    return any(mandate.cooperative_id is None for mandate in live_mandates_of(person))
