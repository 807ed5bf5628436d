"""The whole quitus without paper: a mandataire at her desk, a parent and a teacher each with a phone."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from retkoop.ledger.services.receipts import attach_receipts
from retkoop.yearend.models import Verifier
from retkoop.yearend.tests.quitus_desk import code_of, link_of
from retkoop.yearend.tests.test_digest import scanned
from retkoop.yearend.tests.worked import make_reconciled
from tests.browser.books import picture
from tests.browser.teacher import Teacher

pytestmark = pytest.mark.browser
PAGE = "/compte-rendu/quitus/?annee=2024-2025"
SHOTS = os.environ.get("RETKOOP_SHOTS", "")


def worked(cooperative, author):
    """The worked year, every entry with its receipt."""
    made = make_reconciled(cooperative, author)
    for entry in made.entries.values():
        with scanned() as ready:
            attach_receipts(entry=entry, ready=[ready], author=author)


def shoot(teacher: Teacher, name: str) -> None:
    if SHOTS:
        teacher.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def link(school, email: str) -> str:
    """What the invitation said, read in the outbox."""
    return school.hand.run(lambda: link_of(Verifier.objects.filter(email=email, replaced_at=None).latest("pk")))


def code(school, email: str) -> str:
    return school.hand.run(lambda: code_of(Verifier.objects.filter(email=email, replaced_at=None).latest("pk")))


def invite(anne: Teacher, *people: tuple[str, str, str]) -> None:
    anne.open(PAGE)
    anne.page.get_by_text("Nommer les vérificateurs").click()
    for place, (name, quality, email) in enumerate(people, 1):
        anne.page.locator(f"#invite-name_{place}").fill(name)
        anne.page.locator(f"#invite-quality_{place}").select_option(label=quality)
        anne.page.locator(f"#invite-email_{place}").fill(email)
    shoot(anne, "invite")
    anne.press("Envoyer les liens")


def sign(school, who: Teacher, email: str, words: str = "Je donne quitus") -> None:
    who.press("Recevoir mon code par e-mail")
    who.type("Code reçu par e-mail", code(school, email))
    who.press(words)


def test_the_whole_quitus_without_paper_on_two_phones(school, come, script):
    tag = "js" if script else "plain"
    account = school.cooperative(worked)
    anne = come(account, script=script)
    anne.open(PAGE)
    shoot(anne, f"desk-{tag}")
    lea_at, marc_at = f"lea-{account.cooperative}@exemple.fr", f"marc-{account.cooperative}@exemple.fr"
    people = (("Léa Parent", "parent d’élève", lea_at), ("Marc Voisin", "enseignant ou enseignante", marc_at))
    invite(anne, ("Anne Maret", "parent d’élève", lea_at), people[1])
    anne.sees("extérieur à la comptabilité")
    shoot(anne, f"refused-{tag}")
    invite(anne, *people)
    anne.sees("Un lien personnel part par e-mail vers Léa Parent et Marc Voisin")

    lea, marc = (come(script=script, width=320, height=640) for _ in range(2))
    lea.open(link(school, lea_at))
    lea.sees_title("Vérifier les comptes 2024-2025")
    assert lea.page.locator("[data-piece]").count() == 5
    shoot(lea, f"phone-{tag}")
    assert lea.page.evaluate("document.documentElement.scrollWidth") <= 320
    first = lea.page.locator("[data-piece]").first
    first.get_by_text("Voir le justificatif").click()
    shown = first.locator("img").first
    assert lea.context.request.get(school.url + (shown.get_attribute("src") or "")).status == 200
    for box in lea.page.get_by_role("checkbox").all():
        box.check()
    lea.press("Enregistrer ce que j’ai vu")
    lea.sees("C’est noté")
    first.get_by_text("Poser une question").click()
    first.get_by_label("Votre question").fill("À quoi sert cette dépense ?")
    first.get_by_role("button", name="Envoyer la question").click()
    lea.sees("Pas encore de réponse")

    anne.open(PAGE)
    anne.sees("À quoi sert cette dépense")
    shoot(anne, f"asked-{tag}")
    anne.type("Votre réponse", "À la classe de mer.")
    anne.press("Répondre")
    lea.page.reload()
    lea.sees("À la classe de mer.")
    assert all(box.is_checked() for box in lea.page.get_by_role("checkbox").all())
    lea.press("Recevoir mon code par e-mail")
    lea.type("Code reçu par e-mail", "000000" if code(school, lea_at) != "000000" else "111111")
    lea.press("Je donne quitus")
    lea.sees("il vous reste 4 essais")
    shoot(lea, f"code-{tag}")
    lea.type("Code reçu par e-mail", code(school, lea_at))
    lea.press("Je donne quitus")
    lea.sees_title("Votre réponse est enregistrée")
    shoot(lea, f"answer-{tag}")

    marc.open(link(school, marc_at))
    sign(school, marc, marc_at)
    marc.sees_title("Votre réponse est enregistrée")
    anne.open(PAGE)
    anne.sees("Le quitus est donné")
    anne.sees("Léa Parent (parent d’élève), Marc Voisin (enseignant ou enseignante)")
    shoot(anne, f"given-{tag}")
    assert anne.read("Imprimer le quitus")[:5] == b"%PDF-"
    anne.follow("Passer à la suite")
    anne.sees("Donné sans papier")
    shoot(anne, f"papers-{tag}")


def test_the_page_is_printed_signed_scanned_and_voided_by_a_change(school, come, script, tmp_path):
    account = school.cooperative(worked)
    anne = come(account, script=script, width=320, height=640)
    anne.open(PAGE)
    shoot(anne, "paper-320")
    button = anne.page.get_by_role("button", name="Imprimer cette page Quitus")
    form = button.locator("xpath=ancestor::form")
    fields = {each.get_attribute("name"): each.get_attribute("value") for each in form.locator("input").all()}
    answer = anne.context.request.post(
        f"{school.url}/compte-rendu/quitus/imprimer/", form=fields, headers={"Referer": school.url + PAGE}
    )
    assert answer.body()[:5] == b"%PDF-"
    if SHOTS:
        (Path(SHOTS) / "quitus.pdf").write_bytes(answer.body())
    anne.open(PAGE)
    for place, (name, quality) in enumerate(
        (("Léa Parent", "parent d’élève"), ("Marc Voisin", "enseignant ou enseignante")), 1
    ):
        anne.page.locator(f"#signe-name_{place}").fill(name)
        anne.page.locator(f"#signe-quality_{place}").select_option(label=quality)
    scan = tmp_path / "quitus.jpg"
    scan.write_bytes(picture("Quitus signé"))
    anne.drop("Choisir un fichier", scan)
    if script:
        expect(anne.page.locator("[data-upload-done] li")).to_have_count(1)
    shoot(anne, "sign-320")
    anne.press("Déposer le quitus signé")
    anne.sees("Le quitus est donné")
    anne.follow("Passer à la suite")
    anne.sees("Page Quitus")
    need = anne.page.locator("[data-need='bank:banque']")
    need.get_by_label("Choisir un fichier").set_input_files([scan])
    if not script:
        need.get_by_role("button", name="Envoyer l’image").click()
    expect(anne.page.locator("[data-need='bank:banque'][data-state='received']")).to_be_visible()
    anne.sees("Tous les documents sont là")
    shoot(anne, "papers-320")

    anne.open("/ecritures/nouvelle/?annee=2024-2025&je=complet")
    anne.type("Date", "31/08/2025")
    anne.type("Libellé", "Feutres")
    anne.type("Sortie banque", "1,00")
    anne.page.get_by_label("6180 Charges des activités éducatives").fill("1,00")
    anne.press("Valider et calculer cette opération comptable")
    anne.open(PAGE)
    anne.sees("Ce quitus ne vaut plus")
    anne.sees("les écritures, les montants des écritures ou le report à nouveau")
    shoot(anne, "void-320")
