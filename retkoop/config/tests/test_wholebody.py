"""A form is read whole or not at all."""

import io

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError

from retkoop.config.wholebody import CutShort, WholeBody
from retkoop.config.wsgi import application


def form(body: bytes, announced: int) -> WSGIRequest:
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(announced),
        "wsgi.input": WholeBody(io.BytesIO(body), announced),
    }
    return WSGIRequest(environ)


def test_a_whole_form_is_read():
    assert form(b"sortie=123", 10).POST["sortie"] == "123"


def test_an_amount_cut_on_its_way_is_not_a_smaller_amount():
    with pytest.raises(UnreadablePostError):
        form(b"sortie=12", 10).POST.get("sortie")


def test_bytes_after_the_announced_length_belong_to_the_next_request():
    source = io.BytesIO(b"abcdef")
    body = WholeBody(source, 4)
    assert (body.read(), body.read(), source.read()) == (b"abcd", b"", b"ef")


def test_lines_are_read_to_the_announced_length_and_no_further():
    body = WholeBody(io.BytesIO(b"ab\ncd"), 5)
    assert [body.readline(), body.readline(), body.readline()] == [b"ab\n", b"cd", b""]
    with pytest.raises(CutShort):
        WholeBody(io.BytesIO(b"ab"), 3).readline()


@pytest.mark.django_db
def test_the_served_application_reads_so():
    answers: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/absent/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "CONTENT_LENGTH": "10",
        "wsgi.input": io.BytesIO(b"sortie=12"),
    }
    application(environ, lambda status, headers: answers.append(status))
    assert isinstance(environ["wsgi.input"], WholeBody)
    assert len(answers) == 1
