"""Writing a section of the narrative: saving, inserting, marking, versions, both texts."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.cases.models import State
from apps.districts.models import NarrativeSection
from apps.registry.models import NarrativeLimit
from tests import factories as f
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}


@pytest.fixture
def draft():
    return f.open_return(rows=2)


@pytest.fixture
def section(draft):
    return f.records_of(draft, "narrative-sections")[0]


@pytest.fixture
def filler(draft):
    return signed_in(f.filler_of(draft))


def _url(section, tail=""):
    return f"/desk/returns/{section.revision.case_id}/narrative/{section.uid}/{tail}"


def _send(client, section, text, **data):
    data = {"heading": section.heading, "version": section.version, "text": text, **data}
    headers = data.pop("headers", {})
    return client.post(_url(section), data, headers=headers)


def _stored(section):
    return NarrativeSection.objects.get(pk=section.pk)


def test_section_is_saved_by_hand_and_the_rules_speak(filler, section):
    answer = _send(filler, section, "全年新增57家企业。")

    assert answer["Location"] == _url(section)
    assert (_stored(section).text, _stored(section).version) == ("全年新增57家企业。", 2)
    [finding] = section.revision.findings.all()
    assert finding.rule == "number_not_in_figures"
    assert "no figure of the return" in said(filler.get(answer["Location"]))


def test_enter_in_the_heading_saves_and_no_column_is_named_like_a_release(draft, section):
    client = signed_in(f.filler_of(draft))
    _send(client, section, "全年新增57家企业。")

    page = client.get(_url(section), headers={"accept-language": "zh-hans"}).content.decode()

    form = page[page.index("<form", page.index("<main")) :]
    # Without a script a browser presses the first button of the form.
    assert 'name="save"' in form[form.index("<button") : form.index("</button>")]
    assert "发布号" not in form


def test_section_saves_itself_with_its_version_and_the_time(filler, section):
    answer = _send(filler, section, "全年工作。", headers=JSON)

    stored = _stored(section)
    assert answer.json() == {
        "version": 2,
        "saved": f"{stored.updated_at.astimezone():%H:%M}",
        "url": _url(section),
    }
    again = _send(filler, section, "全年工作，继续。", version=2, headers=JSON)
    assert again.json()["version"] == 3


def test_stale_save_answers_with_both_texts_who_and_when(filler, section):
    other = f.person(Role.DISTRICT_FILLER, full_name="同事")
    _send(signed_in(other), section, "同事写的。")

    stale = _send(filler, section, "我写的。", headers=JSON)
    by_hand = _send(filler, section, "我写的。")

    assert stale.status_code == by_hand.status_code == 409
    told = stale.json()
    assert (told["theirs"]["text"], told["by"], told["version"]) == ("同事写的。", "同事", 2)
    words = said(by_hand)
    assert "同事写的。" in words
    assert "我写的。" in by_hand.content.decode()
    assert _stored(section).text == "同事写的。"


@pytest.mark.parametrize(("choice", "text"), [("yours", "我写的。"), ("theirs", "同事写的。")])
def test_choice_between_two_texts_is_one_click(filler, section, choice, text):
    _send(signed_in(f.person(Role.DISTRICT_FILLER)), section, "同事写的。")
    page = _send(filler, section, "我写的。")
    version = page.context["form"]["version"].value()

    chosen = _send(filler, section, "我写的。", version=version, choice=choice)

    assert chosen.status_code == 302
    assert _stored(section).text == text


def test_new_section_sent_twice_is_one(filler, draft):
    address = f"/desk/returns/{draft.case_id}/narrative/new/"
    page = filler.get(address)
    data = {"heading": "人才", "text": "全年引才。", "once": page.context["once"]}

    first = filler.post(address, data, headers=JSON)
    second = filler.post(address, data)

    assert first.json()["url"] == second["Location"]
    assert NarrativeSection.objects.filter(revision=draft, heading="人才").count() == 1


def test_figure_is_inserted_without_a_script_and_nothing_is_stored_by_it(filler, section):
    page = filler.get(_url(section))
    [(_group, choices)] = page.context["choices"]
    assert [choice.token for choice in choices] == ["{{indicator-1}}", "{{indicator-2}}"]

    inserted = _send(filler, section, "经费{{}}，增长。", insert="1", figure="{{indicator-1}}")
    nothing = _send(filler, section, "经费", insert="1", figure="")

    assert inserted.context["form"]["text"].value() == "经费{{indicator-1}}，增长。"
    assert inserted.context["told"] == "经费13.50亿元，增长。"
    assert nothing.context["form"]["text"].value() == "经费"
    assert _stored(section).version == 1


def test_number_is_marked_as_no_figure_with_one_click_and_unmarked_with_another(filler, section):
    _send(filler, section, "走访57家企业。")
    page = filler.get(_url(section))
    [number] = page.context["said"]
    assert (number.text, number.status, number.may_be_marked) == ("57家", "unknown", True)

    _send(filler, section, "走访57家企业。", version=2, mark=f"{number.start}:{number.text}")

    assert _stored(section).text == "走访{{=57家}}企业。"
    assert not section.revision.findings.exclude(status="closed").exists()
    [marked] = filler.get(_url(section)).context["said"]
    assert marked.status == "marked"
    _send(
        filler,
        section,
        _stored(section).text,
        version=3,
        unmark=f"{marked.start}:{marked.text}",
    )
    assert _stored(section).text == "走访57家企业。"
    assert section.revision.findings.exclude(status="closed").count() == 1


@pytest.mark.parametrize("button", ["9:57家", "x", "2:58家"])
def test_mark_of_a_number_that_moved_is_refused_and_the_text_kept(filler, section, button):
    refused = _send(filler, section, "走访57家企业。", mark=button)

    assert refused.status_code == 422
    assert "The text was changed since the numbers were listed" in said(refused)
    assert refused.context["form"]["text"].value() == "走访57家企业。"


def test_numbers_are_told_by_what_they_are(filler, section):
    text = "甲{{indicator-1}}、{{none}}、13.50亿元、57家"
    _send(filler, section, text)

    statuses = [each.status for each in filler.get(_url(section)).context["said"]]

    assert statuses == ["reference", "unknown_reference", "figure", "unknown"]


def test_count_and_limit_stand_beside_the_text(filler, section):
    NarrativeLimit.objects.create(heading="", least=2, most=6)

    page = filler.get(_url(section))
    _send(filler, section, "经费{{indicator-1}}。")

    assert page.context["count"] == 14
    assert "of 2 to 6" in said(page)
    assert filler.get(_url(section)).context["count"] == 6


def test_versions_show_who_wrote_what_and_an_older_one_is_put_back_as_a_new_save(filler, section):
    other = signed_in(f.person(Role.DISTRICT_FILLER, full_name="同事"))
    _send(other, section, "同事写的。")
    page = filler.get(_url(section, "versions/"))
    newest, oldest = page.context["versions"]
    assert (newest.number, str(newest.event.updated_by)) == (2, "同事")
    assert newest.is_current
    restore = {"restore": oldest.event.pgh_id, "version": 2}

    answer = filler.post(_url(section, "versions/"), restore)

    assert answer["Location"] == _url(section)
    assert (_stored(section).text, _stored(section).version) == (section.text, 3)
    stale = filler.post(_url(section, "versions/"), {**restore, "restore": newest.event.pgh_id})
    assert stale.status_code == 409
    nonsense = {"restore": newest.event.pgh_id, "version": "x"}
    assert filler.post(_url(section, "versions/"), nonsense).status_code == 409
    assert filler.post(_url(section, "versions/"), {"restore": "0"}).status_code == 404


def test_faults_are_said_and_the_text_kept(filler, section):
    by_hand = _send(filler, section, "内容", heading="")
    by_itself = _send(filler, section, "内容", heading="", headers=JSON)

    assert by_hand.status_code == by_itself.status_code == 422
    assert "内容" in by_hand.content.decode()
    assert "heading" in by_itself.json()["errors"]
    assert _stored(section).version == 1


def test_case_handed_over_meanwhile_refuses_and_keeps_the_text(filler, section):
    f.take("hand_over", section.revision)

    by_hand = _send(filler, section, "来不及了。")
    by_itself = _send(filler, section, "来不及了。", headers=JSON)

    assert by_hand.status_code == by_itself.status_code == 409
    assert "来不及了。" in by_hand.content.decode()
    assert "cannot be written" in by_itself.json()["refused"]


def test_others_read_and_strangers_do_not(section):
    signatory = signed_in(f.staff(Role.DISTRICT_SIGNATORY))
    page = signatory.get(_url(section))
    assert page.status_code == 200
    assert "data-narrative" not in page.content.decode()
    assert section.text in said(page)
    assert "Put this version back" not in said(signatory.get(_url(section, "versions/")))
    stranger = signed_in(f.staff(Role.DISTRICT_FILLER, f.district("cixi")))
    assert stranger.get(_url(section)).status_code == 404
    city = f.open_award_list()
    editor = signed_in(f.filler_of(city))
    assert editor.get(f"/desk/returns/{city.case_id}/narrative/new/").status_code == 404
    foreign = f"/desk/returns/{section.revision.case_id}/narrative/{section.revision.pk:032x}/"
    assert signatory.get(foreign).status_code == 404


def test_public_page_table_and_exports_tell_the_figure(filler, section):
    _send(filler, section, "全年经费{{indicator-1}}。")
    revision = f.advance(f.fresh(section.revision), State.PUBLISHED)
    reader = signed_in(f.staff(Role.AUDITOR))

    district = said(reader.get("/districts/beilun/2023/"))
    whole = said(reader.get(f"/cases/{revision.case_id}/1/"))

    assert "全年经费13.50亿元。" in district
    assert "全年经费13.50亿元。" in whole
    content = reader.get(f"/releases/{f.release_of(revision).number}/{revision.case_id}.json")
    told = json.loads(b"".join(content.streaming_content))
    assert told["records"]["narrative-sections"][0]["text"] == "全年经费{{indicator-1}}。"
    assert NarrativeSection.objects.get(revision=revision).told == "全年经费13.50亿元。"


@pytest.mark.parametrize("rows", [1, 60])
def test_no_figure_costs_a_query(rows):
    draft = f.open_return(rows=rows)
    section = f.records_of(draft, "narrative-sections")[0]
    client = signed_in(f.filler_of(draft))
    client.get(_url(section))

    with CaptureQueriesContext(connection) as queries:
        client.get(_url(section))

    assert len(queries) == 12
