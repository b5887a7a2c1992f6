"""What a browser may keep of the files beside the pages."""

import re
from pathlib import Path

import pytest

from idp.static_files import KEPT_FOR_GOOD, Versions
from tests.idp.login.visitor import Site


def test_every_file_of_a_page_is_kept_for_good(site: Site) -> None:
    client = site.app.test_client()
    page = client.get("/sandbox/messages").get_data(as_text=True)
    addresses = re.findall(r'"(/static/[^"]+)"', page)
    assert {address.partition("?")[0].rpartition(".")[2] for address in addresses} >= {"css", "svg"}
    for address in addresses:
        with client.get(address) as answer:
            assert answer.headers["Cache-Control"] == KEPT_FOR_GOOD, address
            assert "Set-Cookie" not in answer.headers
        with client.get(address, headers={"If-None-Match": answer.headers["ETag"]}) as again:
            assert (again.status_code, again.headers["Cache-Control"]) == (304, KEPT_FOR_GOOD)


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789abcdef"])
def test_an_address_of_another_release_is_asked_for_again(site: Site, query: str) -> None:
    with site.app.test_client().get(f"/static/css/yitong.css{query}") as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_what_is_not_there_is_not_kept(site: Site) -> None:
    answer = site.app.test_client().get("/static/css/none.css?v=0123456789abcdef")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_a_version_follows_from_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = Versions(tmp_path).of("a.css")
    (tmp_path / "a.css").write_text("b{}")
    after = Versions(tmp_path).of("a.css")
    assert before is not None
    assert after is not None
    assert before != after


@pytest.mark.parametrize("filename", ["none.css", "../secret.css", "", "."])
def test_nothing_outside_the_folder_has_a_version(tmp_path: Path, filename: str) -> None:
    (tmp_path / "secret.css").write_text("")
    folder = tmp_path / "static"
    folder.mkdir()
    assert Versions(folder).of(filename) is None
