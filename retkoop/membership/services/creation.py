"""A cooperative created by its AD: its row, its mandataire, its accounts, its first year, its opening; and how that is undone.

The mandataire gets no password and no message here: a letter or an e-mail
follows when the AD asks for it. Undoing takes the cooperative out of every
list and frees its number; its rows and its trail stay.
"""

from dataclasses import dataclass

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity import audit
from retkoop.identity.identifiers import COOPERATIVE_NUMBER
from retkoop.identity.models import Association, BookHead, Cooperative, Person, Role
from retkoop.identity.services import create_cooperative, create_person, give_mandate, withdraw_cooperative
from retkoop.identity.services.people import clean_email
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.services.openings import OpeningContent, open_first_year, type_opening
from retkoop.ledger.services.treasuries import open_treasury
from retkoop.membership.models import CreationBatch
from retkoop.membership.queries.cards import bank_accounts
from retkoop.membership.queries.creation import Known, known_to, standing_of

YEARS_BACK = 5
Made = dict[str, int | bool | str]


@dataclass(frozen=True)
class NewSchool:
    """A cooperative to create: `first` is the calendar year in which its first school year here begins; amounts in cents."""

    number: str
    name: str
    town: str
    mandataire: str
    email: str
    first: int
    bank_key: str = "bank"
    bank_cents: int | None = None
    cash_cents: int | None = None


def problems_of(new: NewSchool, known: Known) -> list[Refusal]:
    """Why it cannot be created, each with its field; none when it can."""
    found = []
    if not COOPERATIVE_NUMBER.fullmatch(new.number):
        found.append(Refusal("Le numéro d’une coopérative a trois ou quatre chiffres, par exemple 099.", "number"))
    elif new.number in known.numbers:
        found.append(Refusal(f"La coopérative {known.code}-{new.number} existe déjà.", "number"))
    for field, text, longest, what in (
        ("name", new.name, 120, "le nom de l’école"),
        ("mandataire", new.mandataire, 120, "le nom du mandataire"),
        ("town", new.town, 80, ""),
        ("email", new.email, 254, ""),
    ):
        if what and not text:
            found.append(Refusal(f"Il manque {what}.", field))
        if len(text) > longest:
            found.append(Refusal(f"Ce texte a {len(text)} caractères, {longest} au plus.", field))
    try:
        address = clean_email(new.email) if new.email else ""
    except Refusal as refusal:
        found.append(refusal)
    else:
        if known.addresses.get(address) is False:
            message = "Cette adresse e-mail ne peut pas servir ici : laissez-la vide, la personne sera invitée ensuite."
            found.append(Refusal(message, "email"))
    if not known.running - YEARS_BACK <= new.first <= known.running:
        years = f"de {SchoolYear(known.running - YEARS_BACK).slug} à {SchoolYear(known.running).slug}"
        found.append(Refusal(f"La première année doit aller {years}.", "first"))
    if new.bank_key not in known.banks:
        found.append(Refusal("Le compte en banque est 512 ou 514.", "bank_key"))
    for field, cents in (("bank", new.bank_cents), ("cash", new.cash_cents)):
        if cents is not None and cents < 0:
            found.append(Refusal("Un solde d’ouverture ne peut pas être négatif.", field))
    return found


def create_school(
    *, association: Association, new: NewSchool, author: audit.Author, operation: audit.Operation | None = None
) -> Cooperative:
    """One cooperative, whole or not at all. Raises Refusal with its field."""
    try:
        with audit.general_act(author, "school.created", operation=operation) as act:
            problems = problems_of(new, known_to(association, [new.email]))
            if problems:
                raise problems[0]
            made = make_school(association=association, new=new, author=author)
            act.about("cooperative", int(made["cooperative"]))
            act.payload = {"made": made}
    except audit.Replay as replay:
        return Cooperative.objects.select_related("association").get(pk=replay.subject_id)
    return Cooperative.objects.select_related("association").get(pk=made["cooperative"])


def make_school(*, association: Association, new: NewSchool, author: audit.Author) -> Made:
    """Inside an act, once `problems_of` found nothing: the ids of what was made. Raises Refusal."""
    today, first = clock.today(association.time_zone), SchoolYear(new.first)
    cooperative = create_cooperative(
        association=association, number=new.number, name=new.name, town=new.town, created_on=first.start, author=author
    )
    accounts = {account.key: account.label for account in bank_accounts(association)}
    bank = open_treasury(
        cooperative=cooperative, account=new.bank_key, label=accounts[new.bank_key], opened=first.start, author=author
    )
    cash = open_treasury(cooperative=cooperative, account="cash", label="Caisse", opened=first.start, author=author)
    years = open_first_year(cooperative=cooperative, first=first, today=today, author=author)
    told = [
        OpeningContent(treasury, cents)
        for treasury, cents in ((bank, new.bank_cents), (cash, new.cash_cents))
        if cents is not None
    ]
    if told:
        _open(cooperative, years[0], told, author)
    person, is_new = _person(new, author)
    mandate = give_mandate(person=person, role=Role.MANDATAIRE, organisation=cooperative, starts=today, author=author)
    return {
        "number": new.number,
        "cooperative": cooperative.pk,
        "person": person.pk if is_new else 0,
        "mandate": mandate.pk,
        "seq": BookHead.objects.values_list("seq", flat=True).get(cooperative=cooperative),
    }


def undo_batch(*, batch: CreationBatch, author: audit.Author, operation: audit.Operation | None = None) -> tuple[int, int]:
    """Undo an import, line by line: (undone, refused). A cooperative in which something was done since stays."""
    undone = refused = 0
    with audit.general_act(author, "batch.undone", operation=operation) as act:
        current = CreationBatch.objects.select_for_update().select_related("association").get(pk=batch.pk)
        standing = {line.cooperative.pk: line for line in standing_of(current)}
        for made in current.made:
            line = standing.get(made["cooperative"])
            if line is None or line.withdrawn:
                continue
            if line.reason:
                refused += 1
            else:
                withdraw_cooperative(cooperative=line.cooperative, author=author)
                undone += 1
        if not refused:
            current.undone_at, current.undone_by = clock.now(), author.person
            current.save(update_fields=["undone_at", "undone_by"])
        act.about("batch", current.pk)
        act.payload = {"undone": undone, "refused": refused}
    return undone, refused


def keep_batch(*, association: Association, file_name: str, made: list[Made], author: audit.Author) -> CreationBatch:
    """Inside the act of an import: what it made, so that it can be undone."""
    if author.person is None:
        message = "Un import est fait par quelqu’un."
        raise Refusal(message)
    return CreationBatch.objects.create(
        association=association, file_name=file_name[:120], at=clock.now(), by=author.person, made=made
    )


def _open(cooperative: Cooperative, year: FiscalYear, told: list[OpeningContent], author: audit.Author) -> None:
    year.cooperative = cooperative
    type_opening(year=year, on=year.start, contents=told, author=author)


def _person(new: NewSchool, author: audit.Author) -> tuple[Person, bool]:
    """Who has that address (`problems_of` let only this AD's people pass), or a new person."""
    address = clean_email(new.email) if new.email else ""
    found = Person.objects.filter(email=address).first() if address else None
    if found is not None:
        return found, False
    return create_person(full_name=new.mandataire, email=address or None, author=author), True
