"""`Valider les modifications`: the identity of a cooperative, and what its AD is told of it.

An IBAN that changes (or is given for the first time) waits until somebody of
the AD has confirmed it, and that is never the person who gave it: two persons
for every bank change (trust.md §2). Nothing but the sealed text holds it: the
trail, the changes told and the mails have its mask.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from django.db import transaction

from retkoop.core import clock
from retkoop.core.locks import writer_turn
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.core.sealed import Unreadable, fingerprint, seal, unseal
from retkoop.identity import audit
from retkoop.identity.models import Association, Cooperative
from retkoop.identity.queries import mandataires_of
from retkoop.identity.services import rename_cooperative
from retkoop.identity.services.people import clean_email
from retkoop.membership import mails
from retkoop.membership.facts import bank_of, clean_iban, clean_phone, clean_postcode, clean_uai, masked
from retkoop.membership.models import CardChange, Level, SchoolCard, SchoolClass, SchoolKind
from retkoop.membership.queries.cards import bank_accounts, card_of, classes_of, place_of, shown_iban, shown_waiting

MOST_CLASSES = 80
LABELS = {
    "name": "Nom de l’école",
    "town": "Commune",
    "uai": "Numéro UAI",
    "kind": "Type d’établissement",
    "street": "Adresse",
    "postcode": "Code postal",
    "phone": "Téléphone",
    "email": "E-mail",
    "bank_key": "Compte en banque",
    "bank_name": "Banque",
}


@dataclass(frozen=True)
class CardFacts:
    """What the form says of the school; `iban` is empty when the kept one stays."""

    name: str
    town: str = ""
    uai: str = ""
    kind: str = ""
    street: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    bank_key: str = ""
    bank_name: str = ""
    iban: str = ""


@dataclass(frozen=True)
class ClassFacts:
    """A class as the form says it; `pk` is None for a new one."""

    pk: int | None
    name: str
    level: str
    removed: bool = False


@dataclass(frozen=True)
class _Change:
    field: str
    label: str
    before: str
    after: str


def save_card(
    *,
    cooperative: Cooperative,
    facts: CardFacts,
    classes: Sequence[ClassFacts] | None = None,
    version: int,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> int:
    """Keep the identity; its date is kept even when nothing changed. How many things changed.

    `classes` None leaves them as they are. Raises Refusal (with its field), StaleVersion.
    """
    facts = _cleaned(facts, cooperative.association)
    with writer_turn(), transaction.atomic():
        with audit.act(cooperative, author, "card.saved", operation=operation) as act:
            card = card_of(cooperative)
            if card.version != version:
                raise StaleVersion
            current = Cooperative.objects.select_related("association").get(pk=cooperative.pk)
            changes = _changed(card, current, facts) + _ibans(card, facts.iban, author)
            card.confirmed_at, card.confirmed_by = clock.now(), author.person
            card.version += 1
            card.save()
            if classes is not None:
                changes += _save_classes(cooperative, classes)
            _tell(cooperative, changes, author)
            act.about("card", card.pk)
            act.payload = {"changes": [vars(change) for change in changes]}
        if (facts.name, facts.town) != (current.name, current.town):
            rename_cooperative(cooperative=cooperative, name=facts.name, town=facts.town, author=author)
        if changes and author.on_behalf is None:
            mails.card_changed(cooperative, [(change.label, change.before, change.after) for change in changes], author.person)
        if any(change.field == "iban" for change in changes) and card.waiting_sealed:
            mails.iban_asked(cooperative, mandataires_of(cooperative), shown_waiting(card), author.person)
    return len(changes)


def confirm_iban(
    *, card: SchoolCard, version: int, author: audit.Author, operation: audit.Operation | None = None, accept: bool = True
) -> SchoolCard:
    """The AD's answer to an IBAN that waits: it becomes the cooperative's, or is put aside. Raises Refusal, StaleVersion."""
    cooperative = card.cooperative
    with audit.act(cooperative, author, "iban.confirmed" if accept else "iban.refused", operation=operation) as act:
        current = card_of(cooperative)
        if current.version != version:
            raise StaleVersion
        if not current.waiting_sealed:
            message = "Aucun IBAN n’attend de confirmation pour cette coopérative."
            raise Refusal(message)
        if accept and (author.person is None or author.person.pk == current.waiting_by_id):
            message = "Vous avez donné cet IBAN vous-même : une autre personne de l’AD doit le confirmer."
            raise Refusal(message)
        before, after = shown_iban(current), shown_waiting(current)
        if accept:
            current.iban_sealed, current.iban_last4 = current.waiting_sealed, current.waiting_last4
            current.iban_print = current.waiting_print
        _no_waiting(current)
        current.version += 1
        current.save()
        act.about("card", current.pk)
        act.payload = {"before": before, "asked": after, "accepted": accept}
        mails.iban_answered(cooperative, mandataires_of(cooperative), after, accepted=accept)
    return current


def read_iban(
    *, cooperative: Cooperative, author: audit.Author, operation: audit.Operation | None = None, waiting: bool = False
) -> str:
    """The whole IBAN, kept or waiting, to be shown once; each reading leaves its trace. Raises Refusal."""
    with audit.act(cooperative, author, "iban.read", operation=operation) as act:
        card = card_of(cooperative)
        sealed = card.waiting_sealed if waiting else card.iban_sealed
        if not sealed:
            message = "Aucun IBAN n’est enregistré."
            raise Refusal(message)
        act.about("card", card.pk)
        act.payload = {"iban": shown_waiting(card) if waiting else shown_iban(card), "waiting": waiting}
        try:
            return unseal(sealed, place_of(cooperative))
        except Unreadable as error:
            message = "Cet IBAN ne peut pas être lu : la clé de cette installation manque. Prévenez qui l’entretient."
            raise Refusal(message) from error


def see_changes(*, association: Association, until: int, author: audit.Author, operation: audit.Operation | None = None) -> int:
    """« Vu »: the AD has looked at the changes up to the id `until`. How many there were."""
    try:
        with audit.general_act(author, "card_changes.seen", operation=operation) as act:
            rows = CardChange.objects.filter(cooperative__association=association, seen_at__isnull=True, pk__lte=until)
            count = rows.update(seen_at=clock.now(), seen_by=author.person)
            act.about("association", association.pk)
            act.payload = {"until": until, "count": count}
    except audit.Replay:
        return 0
    return count


def _cleaned(facts: CardFacts, association: Association) -> CardFacts:
    plain = {field.name: " ".join(getattr(facts, field.name).split()) for field in fields(CardFacts)}
    if not plain["name"]:
        message = "Il manque le nom de l’école."
        raise Refusal(message, "name")
    plain["uai"] = clean_uai(plain["uai"])
    plain["postcode"] = clean_postcode(plain["postcode"])
    plain["phone"] = clean_phone(plain["phone"])
    plain["email"] = clean_email(plain["email"]) if plain["email"] else ""
    plain["iban"] = clean_iban(plain["iban"])
    if plain["kind"] and plain["kind"] not in SchoolKind.values:
        message = "Choisissez le type d’établissement dans la liste."
        raise Refusal(message, "kind")
    if plain["bank_key"] and plain["bank_key"] not in {account.key for account in bank_accounts(association)}:
        message = "Choisissez le compte dans la liste."
        raise Refusal(message, "bank_key")
    if plain["iban"] and not plain["bank_name"]:
        plain["bank_name"] = bank_of(plain["iban"])
    return CardFacts(**plain)


def _changed(card: SchoolCard, cooperative: Cooperative, facts: CardFacts) -> list[_Change]:
    """Write the plain facts into the card; what that changed. The name and town stay with the caller."""
    titles = {account.key: account.title for account in bank_accounts(cooperative.association)}
    words = {"kind": dict(SchoolKind.choices), "bank_key": titles}
    found = []
    for name, label in LABELS.items():
        holder = cooperative if name in {"name", "town"} else card
        before, after = str(getattr(holder, name)), str(getattr(facts, name))
        if before == after:
            continue
        shown = words.get(name, {})
        found.append(_Change(name, label, str(shown.get(before, before)), str(shown.get(after, after))))
        if holder is card:
            setattr(card, name, after)
    return found


def _ibans(card: SchoolCard, iban: str, author: audit.Author) -> list[_Change]:
    """A new IBAN waits; the kept one typed again takes the waiting one back."""
    if not iban:
        return []
    print_ = fingerprint(iban, "iban")
    if print_ == card.waiting_print:
        return []
    kept = shown_iban(card)
    if print_ == card.iban_print:
        if not card.waiting_sealed:
            return []
        before = shown_waiting(card)
        _no_waiting(card)
        return [_Change("iban", "IBAN à confirmer", before, "")]
    card.waiting_sealed, card.waiting_last4, card.waiting_print = seal(iban, place_of(card.cooperative)), iban[-4:], print_
    card.waiting_since, card.waiting_by = clock.now(), author.person
    return [_Change("iban", "IBAN à confirmer", kept, masked(iban[-4:], iban[:4]))]


def _no_waiting(card: SchoolCard) -> None:
    card.waiting_sealed = card.waiting_last4 = card.waiting_print = ""
    card.waiting_since = card.waiting_by = None


def _save_classes(cooperative: Cooperative, told: Sequence[ClassFacts]) -> list[_Change]:
    """Add, rename, put at another level, remove; a removed class keeps its row for the sheets that name it."""
    known = {row.pk: row for row in classes_of(cooperative)}
    wanted = [each for each in told if not each.removed]
    _refuse_classes(wanted, {row.name for pk, row in known.items() if pk not in {each.pk for each in told}})
    found = []
    gone = [known[each.pk] for each in told if each.removed and each.pk in known]
    for row in gone:
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])
        found.append(_Change("class", "Classe retirée", _words(row), ""))
    # A name may pass from one class to another: those that change make room first.
    for each in wanted:
        if each.pk in known and _differs(known[each.pk], each):
            SchoolClass.objects.filter(pk=known[each.pk].pk).update(name=f"~~{each.pk}")
    for position, each in enumerate(wanted, start=1):
        row = known.get(each.pk or 0) or SchoolClass(cooperative=cooperative)
        before = _words(row) if row.pk else ""
        differs = not row.pk or _differs(row, each)
        row.name, row.level, row.position = each.name, each.level, position
        row.save()
        if differs:
            found.append(_Change("class", "Classe" if before else "Classe ajoutée", before, _words(row)))
    return found


def _differs(row: SchoolClass, told: ClassFacts) -> bool:
    return (row.name, row.level) != (told.name, told.level)


def _refuse_classes(wanted: Sequence[ClassFacts], others: set[str]) -> None:
    """`others`: the names of the classes that the form does not show."""
    if len(wanted) > MOST_CLASSES:
        message = f"Une coopérative a au plus {MOST_CLASSES} classes ici."
        raise Refusal(message, "classes")
    seen = set(others)
    for each in wanted:
        if not each.name:
            message = "Il manque le nom d’une classe : écrivez-le, ou cochez « Retirer »."
            raise Refusal(message, "classes")
        if each.level not in Level.values:
            message = f"Choisissez le niveau de la classe « {each.name} » dans la liste."
            raise Refusal(message, "classes")
        if each.name in seen:
            message = f"Deux classes s’appellent « {each.name} » : donnez-leur des noms différents."
            raise Refusal(message, "classes")
        seen.add(each.name)


def _words(row: SchoolClass) -> str:
    return f"{row.name} ({Level(row.level).label})"


def _tell(cooperative: Cooperative, changes: Sequence[_Change], author: audit.Author) -> None:
    """What the AD does itself it has seen."""
    now = clock.now()
    seen = (now, author.person) if author.on_behalf is not None else (None, None)
    CardChange.objects.bulk_create(
        CardChange(
            cooperative=cooperative, field=change.field, label=change.label, before=change.before, after=change.after,
            at=now, by=author.person, on_behalf=author.on_behalf, seen_at=seen[0], seen_by=seen[1],
        )
        for change in changes
    )  # fmt: skip
