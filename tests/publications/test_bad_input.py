"""Whatever an address brings, every public page answers rightly or with a sentence; none fails."""

import re

import pytest
from django.test import Client

from tests import factories
from tests.publications.site import publish_site

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}
LONG = "长" * 3000
ODD = [
    "page=0&year=0",
    "page=-1&year=-1&against=-1",
    "page=1e3&year=20x3&what=none",
    "page=99999999999999999999&year=99999999999999999999",
    "page=٣&year=٢٠٢٣&against=٣",
    "page=9999999&as_of=2001-01-01",
    "as_of=2001-02-30&after=x",
    "as_of=9999-12-31T23:59:59Z&before=x",
    "as_of=2001-06-18T07:04:17-19:28",
    "after=00000000-0000-0000-0000-000000000000",
    "q=%00&hash=%00&number=%00",
    "q=%01%02%1F%7F&hash=%01&number=%01",
    "q=%EF%BF%BE%E2%80%AE%F0%9F%98%80&number=%E2%80%AE",
    "q=%ED%A0%80%FF%FE&%FF=%FE&joined=%FF",
    f"q={LONG}&hash={LONG}&number={LONG}&joined={LONG}",
    "q=%2525%27%22%5C%3Cscript%3E&sort=%27&columns=%27",
    "q=a&q=b&page=1&page=2&grade=1&grade=2",
    "_export=exe&form=exe",
    "&&&=&?&%",
]
ODD_PATHS = [
    "/awards/programmes/%FF%FE/",
    "/awards/programmes/%00/",
    f"/awards/programmes/{'x' * 3000}/",
    "/awards/00000000-0000-0000-0000-000000000000/",
    "/awards/00000000-0000-0000-0000-000000000000/correction/",
    "/awards/nothing/",
    "/organisations/99999999999999999999999/",
    "/organisations/0/",
    "/districts/nothing/2023/",
    "/districts/beilun/99999999999999999999/",
    "/districts/beilun/0/",
    "/cases/99999999999999999999/1/",
    "/cases/1/99999999999999999999/changes/",
    "/releases/2099-001/manifest.json",
    "/releases/9999-9999999/data.zip",
    "/releases/2099-001/99999999999999999999.json",
    "/indicators/nothing/",
    "/notices/99999999999999999999/",
    "/corrections/NOTHING-0000/",
    "/sitemap-awards.xml?p=99999999999",
    "/sitemap-awards.xml?p=x",
    "/awards/%2e%2e/%2e%2e/etc/passwd",
    "/%E0%A4%A",
    "/api/v1/awards/99999/",
    "/api/v1/awards/%C3%87%0A/",
]
# Pages that read what stands behind the question mark; the listings are one page.
ASKING = {
    "listing awards",
    "search",
    "verify",
    "districts",
    "changes",
    "releases",
    "record",
    "indicators",
    "notice",
    "corrections",
    "organisation",
}


def sentence_of(page: str) -> str:
    """Return what a page that refuses says in its main part."""
    main = page[page.index("<main") : page.index("</main>")]
    paragraphs = [re.sub(r"<[^>]+>", "", part) for part in re.findall(r"<p[ >].*?</p>", main, re.S)]
    return " ".join(paragraphs).strip()


def test_odd_questions_are_answered_on_every_page(client: Client) -> None:
    wrong = []
    for name, path in publish_site().items():
        for query in ODD if name in ASKING else ODD[::7]:
            answer = client.get(f"{path.partition('?')[0]}?{query}", headers=EN)
            if answer.status_code in {200, 301, 302}:
                continue
            if answer.status_code not in {400, 404} or (
                name != "docs" and len(sentence_of(answer.content.decode())) < 20
            ):
                wrong.append((name, query[:60], answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("path", ODD_PATHS, ids=lambda path: path[:60])
def test_odd_address_is_not_found_and_says_so(client: Client, path: str) -> None:
    factories.published_case("awards", 1)

    answer = client.get(path, headers=EN, follow=True)

    assert answer.status_code in {400, 404}
    said = answer.json()["detail"] if path.startswith("/api/") else answer.content.decode()
    assert len(said) > 20
