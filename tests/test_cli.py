"""The `retkoop` command: what it says, what it leaves, its exit codes."""

import json
import re
import subprocess

import pytest
from django.db import connection

from retkoop.config.cli import COMMANDS, main, parser
from retkoop.identity.models import AccessLink, Cooperative, Federation, Mandate
from retkoop.ledger.export import book_bytes
from retkoop.ledger.models import Treasury
from retkoop.ledger.tests.books import make_desk
from tests.server import retkoop

LINK = re.compile(r"http://127\.0\.0\.1:8000/acces/[\w-]{43}/\n$")


@pytest.fixture
def run(committed_db, capsys):
    """Run a sub-command on the test's own database, in this process: what it answered."""

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        code = main(arguments)
        told = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, told.out, told.err)

    return call


def test_every_command_has_a_sentence_and_its_own_function():
    assert [command.name for command in COMMANDS if not command.help] == []
    assert len({command.run for command in COMMANDS}) == len(COMMANDS)
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as leaving:
        parser().parse_args([command.name, "--help"])
    assert leaving.value.code == 0
    assert command.help in " ".join(capsys.readouterr().out.split())


def test_a_federation_an_ad_and_a_cooperative_are_created_each_with_a_link(run):
    for arguments in (("create-federation",), ("create-ad", "085", "--name", "OCCE 85"), ("create-cooperative", "085-101")):
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert LINK.search(done.stdout)
    assert Federation.objects.get().demo is False
    cooperative = Cooperative.objects.get()
    assert cooperative.identifier == "085-101"
    assert sorted(Treasury.objects.values_list("slug", flat=True)) == ["banque", "caisse"]
    assert sorted(Mandate.objects.values_list("role", flat=True)) == ["ad_accountant", "federation", "mandataire"]
    assert AccessLink.objects.filter(used_at__isnull=True).count() == 3


def test_creating_what_exists_or_has_no_parent_is_refused_and_leaves_nothing(run):
    orphan = run("create-cooperative", "085-101")
    assert (orphan.returncode, orphan.stdout) == (1, "")
    assert "créez-la par « retkoop create-ad »" in orphan.stderr
    assert run("create-ad", "085").returncode == 1
    assert run("create-federation").returncode == 0
    again = run("create-federation")
    assert (again.returncode, again.stderr) == (1, "La fédération existe déjà.\n")
    assert Mandate.objects.count() == 1


def test_sound_books_are_checked_in_silence(run):
    desk = make_desk()
    desk.pay(12_34)
    done = run("check-books")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_falsified_history_is_told_and_fails(run):
    desk = make_desk()
    desk.pay(12_34)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_bookhead SET hash = 'x'")
    done = run("check-books")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert (found["cooperative"], found["invariant"]) == ("085-099", "chain")


def test_the_exported_book_is_the_canonical_one_and_comes_back_in_another_cooperative(run, tmp_path):
    desk = make_desk()
    desk.pay(12_34)
    desk.receive(50_00)
    exported = run("export-book", "085-099", "2024-2025")
    assert exported.stdout.encode() == book_bytes(desk.year)
    file = tmp_path / "book.json"
    file.write_text(exported.stdout)
    run("create-federation")
    assert run("create-cooperative", "085-101").returncode == 0
    tried = run("import-book", "085-101", "2024-2025", str(file), "--dry-run")
    assert (tried.returncode, tried.stdout) == (0, "2024-2025 : 2 écritures.\nEssai : rien n’a été écrit.\n")
    assert Cooperative.objects.get(number="101").years.count() == 0
    assert run("import-book", "085-101", "2024-2025", str(file)).returncode == 0
    assert run("export-book", "085-101", "2024-2025").stdout == exported.stdout
    assert run("check-books").stdout == ""


def test_bad_lines_of_a_csv_are_named_and_nothing_is_written(run, tmp_path):
    make_desk()
    file = tmp_path / "annee.csv"
    lines = [
        "Pièce;Date;Libellé;Entrée banque;Sortie banque;6180;7560",
        "1;15/10/2024;Sortie;;12,00;12,00;",
        "2;31/02/2025;Quête;5,00;;;5,00",
    ]
    file.write_bytes("\r\n".join(lines).encode("cp1252"))
    done = run("import-book", "085-099", "2024-2025", str(file))
    assert done.returncode == 1
    assert done.stderr.startswith("ligne 3 : ")
    assert done.stderr.endswith("Rien n’a été importé : corrigez ces lignes, puis recommencez.\n")
    assert run("export-book", "085-099", "2024-2025").stdout.count('"label":"Sortie"') == 0


def test_an_unknown_cooperative_or_year_is_told(run):
    make_desk()
    assert run("export-book", "085-777", "2024-2025").stderr == "Il n’y a pas de coopérative 085-777 ici.\n"
    assert run("export-book", "085-099", "2024").stderr == "« 2024 » n’est pas un exercice : écrivez par exemple 2025-2026.\n"
    assert run("export-book", "085-099", "2019-2020").stderr == "085-099 n’a pas d’exercice 2019-2020.\n"


def test_a_backup_restored_elsewhere_gives_the_same_books(run, new_installation, tmp_path):
    desk = make_desk()
    desk.pay(12_34)
    saved = run("backup", str(tmp_path / "saved"))
    assert saved.returncode == 0
    back = retkoop("restore", saved.stdout.strip(), data_dir=new_installation.data_dir, env=new_installation.env)
    assert (back.returncode, back.stderr) == (0, "")
    there = retkoop("export-book", "085-099", "2024-2025", data_dir=new_installation.data_dir, env=new_installation.env)
    assert there.stdout.encode() == book_bytes(desk.year)


def test_production_refuses_to_start_without_its_secret_its_hosts_or_on_demo_data(committed_db):
    def prepare(**env: str) -> subprocess.CompletedProcess[str]:
        return retkoop("prepare", data_dir=committed_db.data_dir, env={**committed_db.env, "RETKOOP_ENV": "production", **env})

    bare = prepare()
    assert bare.returncode == 1
    assert [name in bare.stderr for name in ("RETKOOP_SECRET_KEY", "RETKOOP_HOSTS")] == [True, True]
    own = {"RETKOOP_SECRET_KEY": "s" * 60, "RETKOOP_HOSTS": "coop.example"}
    assert prepare(**own).returncode == 0
    Federation.objects.create(name="Démonstration", demo=True)
    refused = prepare(**own)
    assert refused.returncode == 1
    assert "Cette base contient la démonstration" in refused.stderr


def test_the_pages_are_listed_with_their_permission_and_roles(run):
    pages = json.loads(run("list-pages", "--json").stdout)
    login = next(page for page in pages if page["pattern"] == "/connexion/")
    assert login["permission"] == "public"
    assert [page["pattern"] for page in pages if not page["permission"]] == []


def test_the_demonstration_is_never_added_to_real_data(run):
    run("create-federation")
    done = run("demo")
    assert (done.returncode, done.stderr) == (
        1,
        "Cette base contient de vraies données : la démonstration n’y est pas ajoutée.\n",
    )
    assert Cooperative.objects.count() == 0
