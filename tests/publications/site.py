"""A small published site, and the address of one page of every public kind."""

from django.urls import URLPattern

from apps.cases.domain.requests import send_request
from apps.cases.kinds import listed_record_kinds, record_kinds
from apps.cases.models import Mention
from apps.publications.urls import urlpatterns
from tests import factories

# Files, feeds and fragments: what is no page of its own.
NO_PAGES = {
    "robots",
    "sitemap",
    "sitemap_part",
    "suggest",
    "feed",
    "feed_of_kind",
    "manifest",
    "content_json",
    "content_canonical",
    "release_package",
    "release_file",
    "catalogue",
    "dictionary",
    "indicators_csv",
    "indicators_json",
}
# Rows of the longest list.
LONG = 24


def page_names() -> set[str]:
    """Return the names of all public pages that ``urls.py`` knows."""
    return {
        pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern) and pattern.name
    } - NO_PAGES


def _figures(year: int) -> None:
    """Publish what three districts report of a year, in two sections."""
    for place, slug in enumerate(("beilun", "haishu", "zhenhai")):
        bureau = factories.district(slug)
        rows = [
            factories.figure_values(
                number,
                bureau,
                indicator=factories.indicator(
                    f"indicator-{number}",
                    name=f"研究与试验发展经费支出{number}",
                    name_en=f"Spending on research and development {number}",
                    section="科技投入" if number < 3 else "科技产出",
                ),
                value=f"{100 + 7 * number + 3 * place + year - 2022}.50",
                period=str(year),
            )
            for number in range(1, 5)
        ]
        factories.published_case("district-returns", rows, bureau=bureau, year=year)


def publish_site() -> dict[str, str]:
    """Publish rows of every kind, two years, a correction; return the pages by their names.

    A name of ``urls.py`` comes first, what is looked at there behind a blank.
    """
    _figures(2022)
    _figures(2023)
    factories.published_case(
        "awards",
        [
            factories.award_values(
                number,
                grade=("一等奖", "二等奖", "三等奖")[number % 3],
                award_year=2021 + number % 2,
            )
            for number in range(1, LONG + 1)
        ],
    )
    first = factories.published_case("awards", 2)
    corrected = factories.advance(
        factories.change_first_row(factories.successor_of(first)), "published"
    )
    for code in ("laureates", "certifications", "roster-entries", "policies", "events"):
        factories.published_case(code, 3)
    with factories.kind_with_notice("policies"):
        noticed = factories.case_in("on_notice", "policies", 2, year=2024)
    award = factories.records_of(corrected)[0]
    wish = send_request(record_kinds["awards"], award.uid, "等级应为二等奖。", "", "192.0.2.1")
    release = factories.release_of(corrected)
    organisation = Mention.objects.filter(revision=corrected)[0].name.organisation_id
    return {
        **{f"listing {kind.code}": f"/{kind.path}" for kind in listed_record_kinds()},
        "listing filtered": "/awards/?grade=一等奖&q=高端&sort=-award_year,title",
        "listing with none": "/awards/?q=毫不相干",
        "home": "/",
        "search": "/search/?q=宁波",
        "search with none": "/search/?q=毫不相干的词",
        "search blank": "/search/",
        "verify": "/verify/",
        "districts": "/districts/",
        "district": "/districts/beilun/2023/",
        "programme": f"/awards/programmes/{award.programme}/",
        "organisation": f"/organisations/{organisation}/",
        "revision": f"/cases/{corrected.case_id}/{corrected.number}/",
        "changes": f"/cases/{corrected.case_id}/{corrected.number}/changes/",
        "releases": "/releases/",
        "release": f"/releases/{release.number}/",
        "data": "/data/",
        "indicators": "/data/indicators/",
        "notices": "/notices/",
        "notice": f"/notices/{noticed.case_id}/",
        "record": f"/awards/{award.uid}/",
        "correction_new": f"/awards/{award.uid}/correction/",
        "corrections": "/corrections/",
        "correction": f"/corrections/{wish.number}/",
        "indicator": "/indicators/indicator-1/",
        "docs": "/api/v1/docs/",
        "bad question": "/awards/?page=x",
        "missing": "/releases/2099-001/",
    }
