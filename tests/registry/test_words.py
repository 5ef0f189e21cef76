"""Search finds what ``LIKE`` finds: any piece of any name, and names by their sound."""

import random
from collections.abc import Iterable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.cases.kinds import record_kinds
from apps.publications.marks import excerpt, marked
from apps.registry.models import Organisation, OrganisationName
from apps.registry.sounds import readings, sounds_of, spelled
from apps.registry.words import Holds, Near, folded, holds_each, near_question, spellings, words_of
from tests import factories

PARTS = [
    "宁波",
    "江丰",
    "电子",
    "材料",
    "股份",
    "有限公司",
    "（慈溪）",
    "【甬】",
    "A&B",
    "3M",
    "“智造”",
    "'s",
    "\\",
    "%",
    "_",
    "重庆",
    "银行",
    "ＧＱＹ",
    "5G·云",
    "—",
    "😀",
    "(",
    ")",
    ":",
    "*",
    "!",
    "|",
    "<",
    ">",
]


def names(count: int, seed: int) -> list[str]:
    choose = random.Random(seed)
    return [
        f"{''.join(choose.choices(PARTS, k=choose.randint(2, 6)))}{number % 97}"
        for number in range(count)
    ]


def store(texts: Iterable[str]) -> None:
    organisation = Organisation.objects.create(name="甬")
    OrganisationName.objects.bulk_create(
        OrganisationName(organisation=organisation, name=text, key=f"{number}")
        for number, text in enumerate(texts)
    )


def found(word: str, *, indexed: bool = True) -> set[str]:
    rows = OrganisationName.objects.filter(Holds(word, indexed=indexed))
    return set(rows.values_list("key", flat=True))


def liked(word: str) -> set[str]:
    """Return the rows that hold ``word`` by a plain LIKE over the normalised name, or its sound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT yongke_fold(%s)", [word])
        (plain,) = cursor.fetchone()
        pattern = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        sql = "SELECT key FROM registry_organisationname WHERE yongke_fold(name) LIKE %s"
        params = [f"%{pattern}%"]
        for _question, piece in spellings(word):
            sql += " OR sounds LIKE %s"
            params.append(f"%{piece}%")
        cursor.execute(sql, params)
        return {key for (key,) in cursor.fetchall()}


@pytest.mark.django_db
def test_every_piece_of_any_name_is_found_as_like_finds_it() -> None:
    texts = names(300, seed=1)
    store(texts)
    choose = random.Random(2)
    hits = 0

    asked: list[str] = []
    while len(asked) < 500:
        text = choose.choice(texts)
        start = choose.randrange(len(text))
        # All lengths from 1 to 8 in turn; a name may end before.
        word = text[start : start + 1 + len(asked) % 8]
        if word.strip():
            asked.append(word)
            expected = liked(word)
            assert found(word) == expected, word
            hits += len(expected)

    assert {len(word) for word in asked} == set(range(1, 9))
    assert any(not character.isalnum() for word in asked for character in word)
    assert hits > 500


@pytest.mark.django_db
def test_question_without_the_index_finds_the_same() -> None:
    store(names(100, seed=3))

    for word in ("江丰", "公司", "nb", "jfdz", "(", "😀", "\\", "'"):
        assert found(word, indexed=False) == found(word) == liked(word)


SIGNS = st.text(
    st.sampled_from("宁波江丰电子 AbＣ1２'\"\\&|!:*<>()（）【】%_—·、\t\n😀é")
    | st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    max_size=12,
)


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(SIGNS.filter(bool), min_size=1, max_size=5),
    start=st.integers(0, 8),
    length=st.integers(1, 8),
)
def test_any_characters_at_all(texts: list[str], start: int, length: int) -> None:
    word = texts[0][start : start + length] or texts[0][:1]
    with transaction.atomic():
        store(texts)
        with connection.cursor() as cursor:
            cursor.execute("SELECT yongke_fold(%s)", [word])
            (plain,) = cursor.fetchone()
        if plain:
            assert found(word) == liked(word)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("jfdz", "宁波江丰电子材料股份有限公司"),
        ("JFDZ", "宁波江丰电子材料股份有限公司"),
        ("nbjfdzclgf", "宁波江丰电子材料股份有限公司"),
        ("jiangfeng", "宁波江丰电子材料股份有限公司"),
        ("jiangfengdianz", "宁波江丰电子材料股份有限公司"),
        ("chongqing", "重庆银行股份有限公司"),
        ("yinhang", "重庆银行股份有限公司"),
        ("xian", "西安交通大学"),
        ("nbgqysx", "宁波GQY视讯"),
        ("ｇｑｙ", "宁波GQY视讯"),
        ("〔宁波〕", "万华化学（宁波）有限公司"),
        ("“智造”", "「智造」研究院"),
        ("有 限", "有　限"),
    ],
)
@pytest.mark.django_db
def test_name_is_found_by_sound_and_by_any_variant(word: str, name: str) -> None:
    store([name, "别的单位"])

    assert found(word) == {"0"}


@pytest.mark.parametrize("word", ["an", "feng jiang", "fdz江", "ian", "jd"])
@pytest.mark.django_db
def test_sound_begins_with_a_syllable(word: str) -> None:
    store(["宁波江丰电子"])

    assert found(word) == set()


@pytest.mark.django_db
def test_text_of_any_length_is_searched_to_its_end() -> None:
    tail = "最末一句话有个僻字"
    store([])
    revision = factories.open_return()
    kind = record_kinds["narrative-sections"]
    text = "科技创新公司" * 330
    section = kind.model.objects.get(revision=revision)
    kind.model.objects.filter(pk=section.pk).update(text=f"{text}{tail}")

    rows = kind.model.objects.filter(revision=revision)
    assert rows.filter(holds_each(["公司科技", "末一句话有个僻字"])).exists()
    assert not rows.filter(holds_each(["公司创新"])).exists()
    assert rows.filter(Holds("字")).exists()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("江丰 电子 江丰", ["江丰", "电子"]),
        ('"江丰 电子" 材料', ["江丰 电子", "材料"]),
        ('江丰" 电子', ['江丰"', "电子"]),
        ('" "', []),
        ("", []),
        ("\t\n", []),
    ],
)
def test_question_is_read_as_words(question: str, words: list[str]) -> None:
    assert words_of(question) == words


@pytest.mark.parametrize("question", ["\x00", "x" * 101, "a b c d e f g h i"])
def test_question_that_cannot_be_read_is_refused(question: str) -> None:
    with pytest.raises(ValidationError):
        words_of(question)


def test_sounds_are_spelled_line_by_line() -> None:
    assert sounds_of(["宁波", ["江丰", "2023"], None, ""]) == " ning bo NB\n jiang feng JF"
    assert spelled("吕") == " lv L"
    assert spelled("𠀀") in {"", " he H"}


def test_letters_are_read_as_syllables() -> None:
    assert readings("xian") == [("xian",), ("xia", "n"), ("xi", "an"), ("xi", "a", "n")]
    assert readings("jfdz") == readings("n") == readings("宁") == readings("x" * 61) == []
    assert len(readings("xianxianxianxian")) == 8


@pytest.mark.django_db
def test_what_resembles_a_word_is_near() -> None:
    store(["江丰电子材料", "别的单位", "江浙电子"])
    rows = OrganisationName.objects.all()

    assert set(rows.filter(Near("江锋电子")).values_list("key", flat=True)) == {"0", "2"}
    assert near_question("") == ""
    assert not rows.filter(Near("'\\完全不同")).exists()


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("宁波江丰电子", ["江丰"], "宁波<mark>江丰</mark>电子"),
        ("宁波江丰电子", ["jfd"], "宁波<mark>江丰电</mark>子"),
        ("宁波江丰电子", ["jiangf"], "宁波<mark>江丰</mark>电子"),
        ("ＧＱＹ<b>", ["gqy", "b"], "<mark>ＧＱＹ</mark>&lt;<mark>b</mark>&gt;"),
        ("（宁波）", ["[宁"], "<mark>（宁</mark>波）"),
        ("江江江", ["江", "江江"], "<mark>江江江</mark>"),
        ("有  限", ["有 限"], "<mark>有  限</mark>"),
        ("&", [], "&amp;"),
        ("无", ["有"], "无"),
    ],
)
def test_hits_are_marked(text: str, words: list[str], shown: str) -> None:
    assert marked(text, words) == shown


def test_excerpt_shows_the_first_hit() -> None:
    text = "前" * 50 + "江丰" + "后" * 90

    assert excerpt(text, ["江丰"]) == "…" + "前" * 30 + "江丰" + "后" * 58 + "…"
    assert excerpt("短文", ["无"]) == "短文"


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=SIGNS)
def test_text_is_folded_alike_here_and_in_the_database(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT yongke_fold(%s)", [text])
        assert " ".join(cursor.fetchone()[0].split()) == folded(text)


def _in_database(expression: str, value: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}", [value])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fields=st.lists(SIGNS | st.none(), max_size=4))
def test_index_holds_every_pair_of_neighbours_and_the_last_character(
    fields: list[str | None],
) -> None:
    # This one stands between the fields while they are folded.
    fields = [field and field.replace("\uffff", "") for field in fields]
    lines = "\n".join(
        str(_in_database("yongke_fold(%s::text)", field)) for field in fields if field
    )

    assert _in_database("yongke_lines(%s::text[])", fields) == lines
    pairs = _in_database("tsvector_to_array(yongke_pairs(%s::text))", lines)
    assert set(pairs) == {lines[place : place + 2] for place in range(len(lines))}


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fields=st.lists(st.text("宁波江丰重庆银行吕 Gqy1·", max_size=9), max_size=3))
def test_index_holds_every_syllable_and_the_initials_from_every_place(fields: list[str]) -> None:
    sounds = sounds_of(fields)
    words = sounds.split()

    expected = {f" {word}" for word in words if word.islower()}
    for word in words:
        if word.isupper():
            expected |= {word[place : place + 4] for place in range(len(word))}

    assert set(_in_database("tsvector_to_array(yongke_spelling(%s))", sounds)) == expected
