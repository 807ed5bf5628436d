"""The script that puts French spaces into the messages touches messages, and nothing else."""

import runpy
from pathlib import Path

import pytest

typeset = runpy.run_path(str(Path(__file__).parent.parent / "scripts" / "typeset.py"))["typeset"]


@pytest.mark.parametrize(
    ("source", "done"),
    [
        ('x = "Déjà pris : choisissez-en un autre."', 'x = "Déjà pris\u202f: choisissez-en un autre."'),
        ('x = f"L’année {a:%Y} : « {b} » ?"', 'x = f"L’année {a:%Y}\u202f: «\u202f{b}\u202f»\u202f?"'),
        ('x = f"{a} : « {b} »"', 'x = f"{a}\u202f: «\u202f{b}\u202f»"'),
        ('x = "Un document par ligne : lequel ?"', 'x = "Un document par ligne\u202f: lequel\u202f?"'),
        ('x = "Total à payer : 12 €"', 'x = "Total à payer\u202f: 12\u00a0€"'),
    ],
)
def test_a_message_takes_its_spaces(source, done):
    assert typeset(source) == done
    assert typeset(done) == done


@pytest.mark.parametrize(
    "source",
    [
        '"""Écrit « tel quel » : une docstring."""\n',
        "x = {'a' : 1}  # déjà : vu\n",
        'x = "a : b"\n',
        'x = "«\\u202fdéjà\\u202f»"\n',
        'x = "10:30, été"\n',
    ],
)
def test_docstrings_comments_code_and_english_are_left_alone(source):
    assert typeset(source) == source
