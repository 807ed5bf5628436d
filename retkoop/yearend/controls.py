"""The controls E1 to E7 of a report: pure functions, in the guides' words (reference/domain.md §3.1).

Each says « Bravo ! », or what is wrong, where, by how much, and where to mend
it. The state « off » means that there is nothing to compare; `pending` that
nothing is wrong yet, something is only still to be done.
"""

import datetime as dt
from collections.abc import Sequence

from retkoop.core.dates import format_day
from retkoop.core.money import MINUS, format_amount, format_euros
from retkoop.ledger.controls import Control
from retkoop.yearend.models import ReportRules
from retkoop.yearend.queries.shapes import Figures, OpenItem, Treasury

CRF = "/compte-rendu/crf/"


def controls(figures: Figures, rules: ReportRules) -> list[Control]:
    """E1 to E7, in the order of the page; one E3 for each bank account to reconcile."""
    found = [result(figures), balance_sheet(figures), *reconciliations(figures, rules), cash_box(figures), grants(figures)]
    found.append(brought_forward(figures))
    return [*found, whole(figures, found)]


def balanced(verdicts: Sequence[Control]) -> bool:
    """Do all the controls agree? Then the report may be handed in."""
    return all(verdict.ok for verdict in verdicts)


def place(figures: Figures, books: str, anchor: str) -> str:
    """Where a figure is mended: a page of the books, or its box of the report."""
    return f"{books}?annee={figures.year}" if figures.mode == "books" else f"{CRF}?annee={figures.year}#{anchor}"


def result(figures: Figures) -> Control:
    """E1: the result is produits less charges; it is computed, so never wrong."""
    word = "excédent" if figures.result_cents >= 0 else "déficit"
    message = (
        f"Produits {format_euros(figures.incomes_cents)} {MINUS} charges {format_euros(figures.charges_cents)} : "
        f"{word} de {format_euros(abs(figures.result_cents))}."
    )
    return Control("E1", "ok", "Résultat", message)


def balance_sheet(figures: Figures) -> Control:
    """E2: bank and cash equal report à nouveau plus result."""
    title, path = "Bilan simplifié", place(figures, "/cahier/", "bilan")
    if not figures.touched:
        return Control("E2", "ko", title, "Rien n’est encore saisi : écrivez d’abord vos totaux.", 0, path, pending=True)
    if figures.brought_forward_cents is None:
        message = "Le report à nouveau n’est pas encore connu : le bilan ne peut pas être vérifié."
        return Control("E2", "ko", title, message, 0, _opening_place(figures), pending=True)
    gap = figures.assets_cents - figures.liabilities_cents
    if gap == 0:
        return Control("E2", "ok", title, "Bravo ! Le bilan simplifié est équilibré.")
    side = "de plus" if gap > 0 else "de moins"
    message = (
        f"Le bilan simplifié n’est pas équilibré : ce que possède la coopérative ({format_euros(figures.assets_cents)}) "
        f"fait {format_euros(abs(gap))} {side} que le report à nouveau et le résultat "
        f"({format_euros(figures.liabilities_cents)}). Vérifiez vos charges, vos produits et vos soldes."
    )
    return Control("E2", "ko", title, message, gap, path)


def reconciliations(figures: Figures, rules: ReportRules) -> list[Control]:
    """E3: the statement and the signed lines make the account, for each bank."""
    used = [bank for bank in figures.banks if bank.used]
    if not used:
        message = "Pas de compte en banque : il n’y a rien à rapprocher."
        return [Control("E3", "off", "Rapprochement bancaire", message)]
    return [_reconciliation(figures, bank, rules, several=len(used) > 1) for bank in used]


def written_out(bank: Treasury) -> str:
    """« relevé 2 290,00 − 110,00 + 25,00 = 2 205,00 »; long tables are summed on each side."""
    told = [item.cents for item in bank.items]
    if len(told) > 6:
        told = [cents for cents in (_side(bank.items, -1), _side(bank.items, 1)) if cents]
    signed = "".join(f" {'+' if cents > 0 else MINUS} {format_amount(abs(cents))}" for cents in told)
    return f"relevé {format_amount(bank.statement_cents or 0)}{signed} = {format_amount(bank.reconciled_cents or 0)}"


def _side(items: Sequence[OpenItem], sign: int) -> int:
    return sum(item.cents for item in items if item.cents * sign > 0)


def _reconciliation(figures: Figures, bank: Treasury, rules: ReportRules, *, several: bool) -> Control:
    title = f"Rapprochement bancaire ({bank.code} {bank.label})" if several else "Rapprochement bancaire"
    path = place(figures, "/pointage/", f"rapprochement-{bank.slug}")
    if bank.statement_cents is None:
        return Control("E3", "ko", title, _no_statement(figures, bank), bank.cents, path, pending=True)
    refused = [item for item in bank.items if _not_admitted(item, rules)]
    if refused:
        message = f"Votre AD n’admet pas cette ligne dans le rapprochement : « {refused[0].label} », " + (
            f"{format_euros(abs(refused[0].cents))}. " + _admitted(rules)
        )
        return Control("E3", "ko", title, message, refused[0].cents, path)
    gap = bank.cents - (bank.reconciled_cents or 0)
    if gap == 0:
        return Control("E3", "ok", title, f"Bravo ! Le rapprochement bancaire est bon : {written_out(bank)}.")
    side = "de plus" if gap > 0 else "de moins"
    message = (
        f"Le rapprochement bancaire n’est pas bon : {written_out(bank)}, et le compte {bank.code} dit "
        f"{format_amount(bank.cents)}, soit {format_euros(abs(gap))} {side}. Vérifiez le solde du relevé, les factures "
        "à payer et les produits à recevoir."
    )
    return Control("E3", "ko", title, message, gap, path)


def _no_statement(figures: Figures, bank: Treasury) -> str:
    end = f"31 août {figures.year[-4:]}"
    if figures.mode == "totals":
        return f"Inscrivez le solde de votre dernier relevé du compte {bank.code}, celui du {end}."
    if bank.last_statement_on:
        day = format_day(dt.date.fromisoformat(bank.last_statement_on))
        return (
            f"Le dernier relevé saisi du compte {bank.code} est du {day}, et le compte a bougé depuis : "
            f"saisissez le solde du relevé au {end} et pointez-le."
        )
    return f"Aucun relevé du compte {bank.code} n’est saisi : saisissez le solde du relevé au {end} et pointez-le."


def _not_admitted(item: OpenItem, rules: ReportRules) -> bool:
    """Does the AD refuse this kind of line?"""
    if item.cents > 0:
        return rules.cheques_only or not rules.receivables_allowed
    return rules.cheques_only and not item.cheque


def _admitted(rules: ReportRules) -> str:
    if rules.cheques_only:
        return "Elle n’accepte que les chèques émis et pas encore débités."
    return "Elle n’accepte pas de produit à recevoir : il comptera l’année prochaine."


def cash_box(figures: Figures) -> Control:
    """E4: the count of 31 August equals 530."""
    book, counted = figures.cash_cents, figures.cash.counted_cents
    path, end = place(figures, "/caisse/", "caisse"), f"31 août {figures.year[-4:]}"
    if counted is None:
        if book == 0:
            return Control("E4", "off", "Caisse", "Pas d’espèces : il n’y a rien à compter.")
        message = f"Comptez la caisse au {end} : le compte 530 dit qu’elle contient {format_euros(book)}."
        return Control("E4", "ko", "Caisse", message, book, path, pending=True)
    gap = counted - book
    if gap == 0:
        return Control("E4", "ok", "Caisse", f"Bravo ! La caisse contient bien {format_euros(book)}.")
    side = "de plus" if gap > 0 else "de moins"
    message = (
        f"Le bilan simplifié n’est pas équilibré : le détail de la caisse fait {format_euros(counted)}, "
        f"soit {format_euros(abs(gap))} {side} que le compte 530 ({format_euros(book)})."
    )
    return Control("E4", "ko", "Caisse", message, gap, path)


def grants(figures: Figures) -> Control:
    """E5: the detail of 7410 adds up to the account."""
    gap, title = figures.public_grants_cents - figures.grants_cents, "Subventions"
    if gap == 0:
        if figures.public_grants_cents == 0:
            return Control("E5", "off", title, "Pas de subvention publique cette année.")
        return Control("E5", "ok", title, f"Bravo ! Les {format_euros(figures.grants_cents)} de subventions sont détaillés.")
    account = format_euros(figures.public_grants_cents)
    message = (
        f"Il manque le détail de {format_euros(gap)} de subventions, sur {account} au compte 7410 : dites qui les a versés."
        if gap > 0
        else f"Le détail des subventions dépasse le compte 7410 ({account}) de {format_euros(-gap)}."
    )
    return Control("E5", "ko", title, message, gap, place(figures, "/subventions/", "subventions"), pending=gap > 0)


def _opening_place(figures: Figures) -> str:
    return place(figures, "/ouverture/", "bilan")


def brought_forward(figures: Figures) -> Control:
    """E6: the report à nouveau is the total validated the year before; only the AD can mend it."""
    title, cents, known = "Report à nouveau", figures.brought_forward_cents, figures.validated_before_cents
    if cents is None:
        message = (
            "Personne n’a encore dit avec quelle somme l’année a commencé : saisissez l’ouverture (0,00 pour une "
            "coopérative qui vient d’être créée)."
            if figures.mode == "books"
            else "Le report à nouveau n’est pas connu : votre AD doit le saisir, d’après le bilan validé de l’année d’avant."
        )
        return Control("E6", "ko", title, message, 0, _opening_place(figures), pending=True)
    if known is None:
        message = f"L’année a commencé avec {format_euros(cents)}. Aucun compte-rendu validé ici ne permet de le comparer."
        return Control("E6", "off", title, message)
    gap = cents - known
    if gap == 0:
        return Control("E6", "ok", title, f"Bravo ! Le report à nouveau est le bilan validé : {format_euros(cents)}.")
    side = "de plus" if gap > 0 else "de moins"
    message = (
        f"Le report à nouveau ({format_euros(cents)}) fait {format_euros(abs(gap))} {side} que le bilan validé "
        f"l’année d’avant ({format_euros(known)}) : demandez à votre AD."
    )
    return Control("E6", "ko", title, message, gap, _opening_place(figures))


def whole(figures: Figures, verdicts: Sequence[Control]) -> Control:
    """E7: every control agrees."""
    title, wrong = "Compte-Rendu-Financier", [verdict for verdict in verdicts if not verdict.ok]
    if not wrong:
        return Control("E7", "ok", title, f"Le Compte-Rendu-Financier {figures.year} semble correct")
    if len(wrong) == 1:
        message = f"Vérifiez vos totaux : il reste un point à revoir ({wrong[0].title})."
    else:
        message = f"Vérifiez vos totaux : il reste {len(wrong)} points à revoir ({', '.join(one.title for one in wrong)})."
    return Control("E7", "ko", title, message, 0, wrong[0].path, pending=all(one.pending for one in wrong))
