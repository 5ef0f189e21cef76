"""A number in the narrative that no figure bears out."""

import pytest

from apps.districts.checks import number_not_in_figures
from tests.districts.checks.support import a_return, counted, figure, published, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


NAME = "高新技术企业"


def _text(text, *rows, **values):
    firms = counted("firms", name=NAME, measure="stock", aliases=["高企总量"])
    return a_return(figure(firms, 376, **values), figure("spending", "29.87"), *rows, text=text)


@pytest.mark.parametrize(
    "text",
    [
        "高新技术企业376家。",
        "高企总量达376家",
        "全区共有376家高新技术企业。",
        "超370家",
        "近380家",
        "约380家",
        "研发经费29.87亿元",
        "研发经费29.9亿元",
        "研发经费298700万元",
        "经费近30亿元",
        "三百七十六家",
        "2023年5月6日，第十二届大会，“315”工程，8+4政策，甬科〔2016〕32号，5G，30强，全市第1。",
        "全年科技工作稳步推进。",
        "三项行动、四个方面、两个中心",
        "科创甬江2035",
        "另有{{=61人}}。",
        "高新技术企业{{firms}}",
    ],
)
def test_numbers_of_the_figures_and_no_figures_pass(text):
    assert sentences(number_not_in_figures, _text(text)) == []


@pytest.mark.parametrize(
    "said", ["377家", "3.76万家", "376亿元", "376%", "52万元", "三十二家", "百分之三"]
)
def test_number_that_no_figure_bears_out_asks(said):
    assert sentences(number_not_in_figures, _text(f"当年工作涉及{said}。")) == [
        (
            "explain",
            f"The text says {said}, which no figure of the return bears out. Enter the figure, correct"
            " the text, mark the number as no figure, or explain it.",
        )
    ]


def test_figure_that_the_text_names_must_be_its_own():
    revision = _text("高新技术企业50家。", figure(counted("others"), 50))

    assert sentences(number_not_in_figures, revision) == [
        (
            "explain",
            "The text says 高新技术企业：50家, which is not the figure of the return. Correct the text"
            " or the figure.",
        )
    ]


def test_all_numbers_of_a_section_are_one_finding():
    ((_severity, sentence),) = sentences(
        number_not_in_figures, _text("高新技术企业50家，另有61人、62人。")
    )

    assert sentence.startswith(
        "The text says 高新技术企业：50家, which is not the figure of the return, and 61人、62人,"
    )


def test_new_and_cumulative_words_name_other_measures():
    others = figure(counted("others"), 50)

    assert (
        sentences(number_not_in_figures, _text("高新技术企业增加50家、累计376家。", others)) == []
    )


def test_word_of_what_is_all_does_not_name_what_is_new():
    new = counted("new", name="新增众创空间", measure="new")
    revision = _text("新增众创空间累计376家，新增众创空间增加5家", figure(new, 5))

    assert sentences(number_not_in_figures, revision) == []


def test_sum_over_bodies_and_comparisons_are_known():
    firms = counted("firms", name=NAME)
    revision = _text(
        "3家单位，同比增长12.5%，全省仅20个",
        figure(firms, 1, subject="甲"),
        figure(firms, 2, subject="乙", comparison="同比+12.5%|全省仅20家"),
    )

    assert sentences(number_not_in_figures, revision) == []


def test_growth_since_last_year_is_known_and_last_years_value_where_it_is_named():
    published(figure(counted("firms", name=NAME), 300, 2022))

    assert sentences(number_not_in_figures, _text("总数由2022年的300家增长25.3%")) == []


def test_missing_value_bears_nothing_out():
    firms = counted("firms", name=NAME)

    assert len(sentences(number_not_in_figures, a_return(figure(firms, None), text="共3家"))) == 1


def test_return_without_a_narrative_passes():
    assert sentences(number_not_in_figures, a_return(figure("spending", 3))) == []


def test_name_of_two_indicators_names_none():
    one, other = counted("one", aliases=["科创平台"]), counted("other", aliases=["科创平台"])
    revision = a_return(figure(one, 3), figure(other, 4), text="科创平台4家")

    assert sentences(number_not_in_figures, revision) == []


def test_enumeration_takes_the_last_unit():
    ((_severity, sentence),) = sentences(number_not_in_figures, _text("分别为376、12和13家。"))

    assert "12、13家" in sentence
