"""A session that ended while somebody wrote: what was written comes back, and so does the page it stood on."""

import pytest
from django.test import Client

from tests.township import Township

pytestmark = pytest.mark.django_db

WRITTEN = "会溪桥头的路灯昨晚起不亮了"


def test_what_was_written_comes_back_with_the_way_to_sign_in(wuxi: Township) -> None:
    for address in ("/new", "/field/report/"):
        answer = Client().post(address, {"text": f"{WRITTEN}<i>", "key": "5c6e8f0a"})
        page = answer.content.decode()
        assert answer.status_code == 401
        assert f"{WRITTEN}&lt;i&gt;" in page
        assert f'href="/sign-in/?next={address}"' in page
        assert "5c6e8f0a" not in page


def test_a_form_leads_back_to_the_page_it_stands_on_and_to_no_other_site(wuxi: Township) -> None:
    for came, way in (
        ("http://testserver/duty/log?command=3", "/sign-in/?next=/duty/log%3Fcommand%3D3"),
        ("https://evil.example/duty/log", "/sign-in/?next=/duty/log/note"),
        ("http://testserver//evil.example/x", "/sign-in/?next=/duty/log/note"),
    ):
        answer = Client().post("/duty/log/note", {"command": "3"}, headers={"Referer": came})
        assert (answer.status_code, answer["Location"]) == (302, way)


def test_a_part_of_a_page_keeps_its_place(wuxi: Township) -> None:
    answer = Client().post("/cases/x/urge", {"text": WRITTEN}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer


def test_a_form_with_an_old_token_gives_back_what_was_written_on_our_own_page_alone(wuxi: Township) -> None:
    client = Client(enforce_csrf_checks=True)
    for site, shown in (("same-origin", True), ("cross-site", False), ("same-site", False)):
        answer = client.post("/p/query/", {"code": WRITTEN}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
        assert (WRITTEN in answer.content.decode()) is shown
