"""A report as validation freezes it: the worked year of reference, answered, documented and approved."""

from typing import Any

from retkoop.yearend.content import figures_data
from retkoop.yearend.queries.shapes import CashDetail, Figures, GrantLine, Line, OpenItem, Treasury

CHARGES = (
    ("6070", "Achats pour revente", 42_000),
    ("6168", "Assurances", 1_500),
    ("6180", "Charges des activités éducatives", 210_540),
    ("6281", "Cotisations OCCE", 15_000),
    ("6500", "Autres charges courantes", 950),
    ("6700", "Charges exceptionnelles", 0),
    ("6800", "Achats de biens durables", 18_010),
)
INCOMES = (
    ("7070", "Ventes pour cession", 60_000),
    ("7080", "Produits des activités éducatives", 120_000),
    ("7410", "Subventions publiques", 50_000),
    ("7500", "Autres produits courants", 0),
    ("7560", "Participation volontaire des familles", 98_000),
)
ANSWERS = {
    "Structure": [("Type d’établissement", "Élémentaire"), ("Nombre de classes", "6"), ("Nombre d’élèves", "142")],
    "Fonctionnement": [
        ("Le conseil de coopérative s’est-il réuni ?", "Oui"),
        ("Combien de fois ?", "4"),
        ("Les comptes sont-ils présentés au conseil d’école ?", "Oui"),
        ("Un registre des délibérations est-il tenu ?", "Non"),
    ],
    "Projets et actions": [
        ("Actions OCCE", "Étamine, Jardins, Agenda coopératif"),
        ("Racontez un projet", "Une classe de mer."),
    ],
}
CONTROLS = (
    ("E1", "Résultat", "Produits 3 280,00 € − charges 2 880,00 € : excédent de 400,00 €."),
    ("E2", "Bilan simplifié", "Bravo ! Le bilan simplifié est équilibré."),
    ("E3", "Rapprochement bancaire", "Bravo ! Le rapprochement bancaire est bon."),
    ("E4", "Caisse", "Bravo ! La caisse contient bien 45,00 €."),
    ("E5", "Subventions", "Bravo ! Les 500,00 € de subventions sont détaillés."),
    ("E6", "Report à nouveau", "Bravo ! Le report à nouveau est le bilan validé : 1 850,00 €."),
    ("E7", "Compte-Rendu-Financier", "Le Compte-Rendu-Financier 2024-2025 semble correct"),
)


MOVES = (
    {
        "was": "in_progress",
        "became": "submitted",
        "at": "2025-09-12T08:00:00+00:00",
        "by": "Anne Maret",
        "on_behalf": "",
        "reason": "",
    },
    {
        "was": "submitted",
        "became": "in_review",
        "at": "2025-10-01T08:00:00+00:00",
        "by": "Adèle Compte",
        "on_behalf": "OCCE de la Vendée",
        "reason": "",
    },
)


def worked_figures() -> Figures:
    """Report à nouveau 1 850,00; produits 3 280,00; charges 2 880,00; statement 2 290,00 − 110,00 + 25,00 = 2 205,00."""
    items = (
        OpenItem("posting:1", "2025-06-27", "Bus du musée", "4000123", -11_000, 1),
        OpenItem("posting:2", "2025-06-30", "Dernières familles", "", 2_500, 2),
    )
    bank = Treasury(
        "bank", "512", "Banque", "bank", 220_500, "banque", statement_cents=229_000, statement_on="2025-08-31", items=items
    )
    return Figures(
        year="2024-2025",
        mode="books",
        charges=tuple(Line(code, code, label, cents) for code, label, cents in CHARGES),
        incomes=tuple(Line(code, code, label, cents) for code, label, cents in INCOMES),
        treasuries=(bank, Treasury("cash", "530", "Caisse", "cash", 4_500, "caisse")),
        brought_forward_cents=185_000,
        brought_forward_from="validated",
        cash=CashDetail({2_000: 1, 1_000: 2, 500: 1}, 4_500, "2025-08-31"),
        grants=(
            GrantLine(1, "Mairie de Challans", "Classe de mer", "2025-01-14", 30_000, 5, proved=True),
            GrantLine(2, "Conseil départemental", "Classe de mer", "2025-02-03", 20_000, 6, proved=True),
        ),
        public_grants_cents=50_000,
        validated_before_cents=185_000,
    )


def worked_content() -> dict[str, Any]:
    """The whole content, as `yearend.content.content_of` makes it."""
    digest = "0123456789abcdef" * 4
    names = ("Quitus signé", "Relevé au 31 août", "Subvention de la mairie", "Subvention du département", "Facture du bus")
    return {
        "format": 1,
        "number": 1,
        "cooperative": {
            "identifier": "085-099",
            "name": "École des Marais",
            "town": "Challans",
            "association": "OCCE de la Vendée",
        },
        "year": {"slug": "2024-2025", "start": "2024-09-01", "end": "2025-08-31", "mode": "books", "closed_at": ""},
        "figures": figures_data(worked_figures()),
        "closing_cents": 225_000,
        "controls": [{"id": key, "state": "ok", "title": title, "message": said} for key, title, said in CONTROLS],
        "activity": {
            "official": False,
            "questionnaire": digest,
            "own": "",
            "answers": {},
            "sections": [
                {"title": title, "answers": [[str(number), *pair] for number, pair in enumerate(pairs)]}
                for title, pairs in ANSWERS.items()
            ],
        },
        "documents": [
            {
                "kind": "statement",
                "subject": f"need:{number}",
                "label": name,
                "state": "received",
                "sentence": "Déposé le 12/09/2025, 1 page.",
                "received_on": "2025-09-12",
                "files": [[f"{name}.pdf", digest, 1]],
            }
            for number, name in enumerate(names)
        ],
        "quitus": {
            "kind": "electronic",
            "digest": {"entries": digest},
            "short_digest": "01234567",
            "seed": "abcd",
            "given_at": "2025-09-10T17:30:00+00:00",
            "place": "Challans",
            "met_on": "2025-09-09",
            "observations": "Les pièces sont bien rangées.",
            "verifiers": [
                ["Claire Roux", "parent", "given", "2025-09-10T16:00:00+00:00"],
                ["Marc Petit", "teacher", "given", "2025-09-10T17:30:00+00:00"],
            ],
        },
        "moves": list(MOVES),
        "validated": {"at": "2025-10-02T09:00:00+00:00", "by": "Adèle Compte", "on_behalf": "OCCE de la Vendée"},
    }
