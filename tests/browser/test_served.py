"""The simplest journey: the site answers a real browser, in French, with its safety headers."""

import pytest


@pytest.mark.browser
@pytest.mark.smoke
def test_an_unknown_address_says_so_in_french_and_asks_nothing_of_other_hosts(page, empty_site):
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    answer = page.goto(f"{empty_site.url}/nulle-part/")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("h1").inner_text() == "Cette page n’existe pas"
    assert page.locator("html").get_attribute("lang") == "fr"
    assert hosts == {empty_site.url.split("/")[2]}
