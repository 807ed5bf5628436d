"""From an empty database to a closed year, with a year as a teacher keeps it in a spreadsheet; then lost, and restored.

What the file must give is in tests/fixtures/annee_reelle.json. Its two faulty
lines are corrected on screen: the cheque of 154,00 € then passes on the
statement of March, so that every balance from March on is 154,00 € lower; the
stamps (12,80 €) are paid in cash and pass on none.
"""

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.teacher import Teacher, euros
from tests.server import live_server_process, retkoop

pytestmark = pytest.mark.browser
FIXTURES = Path(__file__).parents[1] / "fixtures"
EXPECTED = json.loads((FIXTURES / "annee_reelle.json").read_text())
PASSWORD = "ardoise cerf-volant boussole"
CHEQUE, STAMPS = 15_400, 1_280
BANK, CASH = EXPECTED["bank_cents"] - CHEQUE, EXPECTED["cash_cents"] - STAMPS
LATE = ("Car pour la sortie de fin d’année", "Imprimeur, recueil de poésies")
VALIDATE = "Valider et calculer cette opération comptable"


@pytest.fixture
def teacher(browser: Browser):
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    someone = Teacher(context, "")
    yield someone
    context.close()
    assert someone.troubles == []


def test_a_real_year_is_kept_closed_lost_and_restored(teacher, new_installation, tmp_path):
    data, env = new_installation.data_dir, new_installation.env
    link = prepare(data, env)
    with live_server_process(data, env=env) as server:
        teacher.url = server.url
        come_in(teacher, link)
        open_the_first_year(teacher)
        import_the_year(teacher)
        correct_what_was_faulty(teacher)
        point_twelve_statements(teacher)
        finish_the_year(teacher)
        close_it(teacher)
        figures = look_at_the_next_year(teacher)
        kept = retkoop("backup", str(tmp_path / "backups"), data_dir=data, env=env)
        assert kept.returncode == 0, kept.stderr
    before = exported(data, env)
    shutil.rmtree(data)
    back = retkoop("restore", kept.stdout.strip(), data_dir=data, env=env)
    assert (back.returncode, exported(data, env)) == (0, before), back.stderr
    with live_server_process(data, env=env) as server:
        teacher.url = server.url
        teacher.context.clear_cookies()
        log_in(teacher)
        assert look_at_the_next_year(teacher) == figures


def prepare(data: Path, env: dict[str, str]) -> str:
    """The federation, an AD, a cooperative; the path of the activation link."""
    made = [
        retkoop(*words, data_dir=data, env=env)
        for words in (
            ("prepare",),
            ("create-federation",),
            ("create-ad", "085", "--name", "OCCE de la Vendée"),
            ("create-cooperative", "085-101", "--name", "École Jacques-Prévert", "--person", "Anne Maret"),
        )
    ]
    assert [done.returncode for done in made] == [0, 0, 0, 0], made[-1].stderr
    found = re.search(r"/acces/\S+/", made[-1].stdout)
    assert found is not None
    return found[0]


def exported(data: Path, env: dict[str, str]) -> list[str]:
    """The canonical bytes of both years."""
    return [retkoop("export-book", "085-101", year, data_dir=data, env=env).stdout for year in ("2025-2026", "2026-2027")]


def log_in(teacher: Teacher) -> None:
    teacher.open("/connexion/")
    teacher.type("Identifiant", "085-101")
    teacher.type("Mot de passe", PASSWORD)
    teacher.press("Se connecter")
    teacher.page.wait_for_url("**/accueil/")


def come_in(teacher: Teacher, link: str) -> None:
    """Open the link, choose a password, log in."""
    teacher.open(link)
    teacher.type("Nouveau mot de passe", PASSWORD)
    teacher.press("Enregistrer ce mot de passe")
    teacher.page.wait_for_load_state()
    log_in(teacher)


def open_the_first_year(teacher: Teacher) -> None:
    """2025-2026: 4 850,00 € on the last statement, a cheque not yet debited, 45,00 € in the box."""
    teacher.follow("Saisir l’ouverture")
    teacher.follow("Choisir une autre année")
    teacher.choose("Première année à tenir ici", "2025-2026")
    teacher.press("Commencer par cette année")
    teacher.sees_title("Ouverture du cahier 2025-2026")
    day, label, cheque, cents = EXPECTED["opening"]["uncleared"][0]
    teacher.type("Date de départ", "1/9/2025")
    teacher.type("Date du dernier relevé", "31/08/2025")
    teacher.type("Solde de ce relevé", "4 850,00")
    teacher.type("Date, ligne 1", f"{dt.date.fromisoformat(day):%d/%m/%Y}")
    teacher.type("Libellé, ligne 1", label)
    teacher.type("N° de chèque, ligne 1", cheque)
    teacher.type("Sortie, ligne 1", f"{-cents / 100:.2f}")
    teacher.type("Dans la caisse", "45")
    teacher.press("Enregistrer l’ouverture")
    teacher.sees("L’ouverture est enregistrée.")


def import_the_year(teacher: Teacher) -> None:
    """118 lines enter, the two faulty ones are named and kept as drafts."""
    teacher.follow("importez votre cahier")
    teacher.drop("Fichier à importer dans 2025-2026", FIXTURES / "annee_reelle.csv")
    teacher.press("Voir ce que contient ce fichier")
    teacher.sees("118 écritures bien lues")
    bad = teacher.page.locator("[data-bad-line]")
    assert bad.evaluate_all("rows => rows.map((row) => Number(row.dataset.badLine))") == EXPECTED["faulty"]
    expect(bad.nth(0)).to_contain_text("Fournitures, atelier d’écriture")
    expect(bad.nth(1)).to_contain_text("31/02/2026")
    expect(teacher.page.get_by_role("button", name="Importer", exact=True)).to_be_disabled()
    teacher.press("Importer les 118 lignes justes et garder les 2 autres en brouillons")
    teacher.page.wait_for_url(lambda address: "/importation/" not in address)


def correct_what_was_faulty(teacher: Teacher) -> None:
    """The ventilation becomes 154,00 €, the date 28/02/2026."""
    for label, field, text in (
        ("Fournitures, atelier d’écriture", "6180 Charges des activités éducatives", "154,00"),
        ("Timbres", "Date", "28/02/2026"),
    ):
        teacher.open("/ecritures/brouillons/?annee=2025-2026")
        teacher.follow("Reprendre", inside=teacher.page.locator("[data-draft]").filter(has_text=label))
        teacher.type(field, text)
        teacher.press(VALIDATE)
        teacher.page.wait_for_load_state()
        warned = teacher.page.get_by_label("J’ai vérifié, enregistrer quand même")
        if warned.count():
            teacher.tick("J’ai vérifié, enregistrer quand même")
            teacher.press(VALIDATE)
        teacher.sees(f"Écriture enregistrée : « {label} »")
    teacher.open("/cahier/?annee=2025-2026")
    assert (teacher.cents("#solde-banque"), teacher.cents("#solde-caisse")) == (BANK, CASH)


def point_twelve_statements(teacher: Teacher) -> None:
    """Each statement: its date and balance once, its lines ticked, « Bravo ! »."""
    pieces = [list(statement["pieces"]) for statement in EXPECTED["statements"]]
    pieces[0].append(["2025-08-25", "Librairie des Halles", -6_240])
    pieces[6].append(["2026-03-14", "Fournitures, atelier d’écriture", -CHEQUE])
    for rank, statement in enumerate(EXPECTED["statements"]):
        day = dt.date.fromisoformat(statement["ends_on"])
        cents = statement["cents"] - (CHEQUE if rank >= 6 else 0)
        teacher.open("/pointage/?annee=2025-2026")
        teacher.type("Date du relevé", f"{day:%d/%m/%Y}")
        teacher.type("Solde final", f"{cents // 100},{cents % 100:02d}")
        teacher.press("Ouvrir ce relevé")
        teacher.sees_title("Relevé du")
        for on, label, amount in pieces[rank]:
            written = f"{dt.date.fromisoformat(on):%d/%m/%Y}"
            line = teacher.page.locator(f'tr[data-cents="{amount}"]').filter(has_text=label).filter(has_text=written)
            line.get_by_role("checkbox").check()
        expect(teacher.page.locator("#ecart")).to_have_attribute("data-cents", "0")
        teacher.press("Enregistrer le pointage")
        expect(teacher.page.locator("[data-control=pointage]")).to_have_attribute("data-state", "ok")
        teacher.sees("Bravo !")
    teacher.open("/cahier/?annee=2025-2026&pointage=non")
    for label in LATE:
        teacher.sees(label)
    assert teacher.cents("#solde-pointe") == EXPECTED["statements"][-1]["cents"] - CHEQUE


def finish_the_year(teacher: Teacher) -> None:
    """Count the cash, detail the grant, put the camera in the inventory; every control says « Bravo ! »."""
    teacher.open("/caisse/?annee=2025-2026")
    teacher.type("Date", "31/08/2026")
    rest = CASH
    for words, value in (("Billet de 50\xa0€", 5_000), ("Billet de 20\xa0€", 2_000), ("Pièce de 2\xa0€", 200),
                         ("Pièce de 20 centimes", 20), ("Pièce de 2 centimes", 2)):  # fmt: skip
        count, rest = divmod(rest, value)
        teacher.type(words, str(count))
    assert rest == 0
    teacher.press("Enregistrer l’arrêté de caisse")
    expect(teacher.page.locator("[data-control=E4]").first).to_have_attribute("data-state", "ok")
    teacher.open("/subventions/?annee=2025-2026")
    teacher.follow("Détailler cette écriture")
    teacher.choose("Organisme", "Mairie, commune")
    teacher.type("Nom de l’organisme", "Mairie de Challans")
    teacher.type("Objet", "Fresque de la cour")
    teacher.press("Enregistrer cette subvention")
    expect(teacher.page.locator("[data-control=E5]").first).to_have_attribute("data-state", "ok")
    teacher.open("/inventaire/?annee=2025-2026")
    teacher.follow("Inscrire cet achat")
    teacher.type("Lieu", "Salle des maîtres")
    teacher.press("Inscrire cet objet")
    teacher.sees(euros(18_010).replace("\xa0€", ""))
    teacher.open("/bilan/?annee=2025-2026")
    states = teacher.page.locator("[data-control]").evaluate_all("all => all.map((e) => [e.dataset.control, e.dataset.state])")
    assert {name: state for name, state in states if name != "E1"} == {"E2": "ok", "E4": "ok", "E5": "ok"}
    teacher.sees("Bravo !")
    charges = EXPECTED["charges_cents"] + CHEQUE + STAMPS
    for cents in (charges, EXPECTED["incomes_cents"], BANK, CASH):
        expect(teacher.page.locator(f'[data-figure] [data-cents="{cents}"]').first).to_be_visible()


def close_it(teacher: Teacher) -> None:
    """Nothing blocks; the two cheques on their way are named."""
    teacher.open("/cahier/?annee=2025-2026")
    teacher.follow("Clôture de ce cahier de compta")
    for label in LATE:
        teacher.sees(label)
    teacher.press("Clôture définitive de ce cahier de compta")
    teacher.sees_title("Cahier 2025-2026 clôturé")


def look_at_the_next_year(teacher: Teacher) -> list[int]:
    """2026-2027 begins with the right balances, and the two cheques are still to point."""
    teacher.open("/cahier/")
    figures = [teacher.cents(f"#solde-{name}") for name in ("banque", "caisse", "pointe")]
    assert figures == [BANK, CASH, EXPECTED["statements"][-1]["cents"] - CHEQUE]
    for label in LATE:
        line = teacher.page.locator("table.cahier tr.carried").filter(has_text=label)
        expect(line.get_by_role("button", name="À pointer")).to_be_visible()
    return figures
