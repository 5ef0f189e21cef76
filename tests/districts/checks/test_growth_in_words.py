"""Growth that is stated and is not."""

import pytest

from apps.districts.checks import growth_in_words
from tests.districts.checks.support import a_return, counted, figure, published, relate, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _said(comparison, now="11.40", before="10.00", **values):
    published(figure("spending", before, 2022))
    return a_return(figure("spending", now, comparison=comparison, **values))


@pytest.mark.parametrize(
    "comparison",
    [
        "同比+14%",
        "同比+14.0%",
        "比2022年+14%",
        "增长14%",
        "同比增长14%",
        "较上年增长14%",
        "增长",
        "历史新高",
        "创历年新高",
        "高于全国平均15%",
        "连续三年>50%",
        "三年翻番",
        "全市首个",
        "",
        "同比+14%|历史新高",
    ],
)
def test_true_and_other_words_pass(comparison):
    assert sentences(growth_in_words, _said(comparison)) == []


@pytest.mark.parametrize(
    "comparison",
    [
        "同比+15%",
        "同比-14%",
        "比2022年+41%",
        "同比下降14%",
        "增长1.4%",
        "翻番",
        "下降",
        "零的突破",
        "历史新高|同比+41%",
    ],
)
def test_untrue_words_ask(comparison):
    ((severity, sentence),) = sentences(growth_in_words, _said(comparison))

    assert severity == "explain"
    assert sentence == (
        f"指标spending is said to be “{comparison.split('|')[-1]}”, but it is 11.40亿元 after"
        " 10.00亿元 (14.0%). Correct the words or the figure."
    )


@pytest.mark.parametrize("comparison", ["增长", "同比增长", "历史新高", "翻番", "同比+14%"])
def test_growth_with_a_fall_asks(comparison):
    assert len(sentences(growth_in_words, _said(comparison, now="8.60"))) == 1


@pytest.mark.parametrize(
    ("comparison", "now", "found"),
    [
        ("下降", "8.60", 0),
        ("同比下降14%", "8.60", 0),
        ("同比-14%", "8.60", 0),
        ("翻番", "19.90", 0),
        ("翻两番", "39", 0),
        ("翻两番", "30", 1),
        ("零的突破", None, 0),
    ],
)
def test_falls_and_multiples(comparison, now, found):
    assert len(sentences(growth_in_words, _said(comparison, now=now))) == found


@pytest.mark.parametrize(("comparison", "found"), [("零的突破", 0), ("同比+14%", 0), ("翻番", 0)])
def test_growth_from_nought_has_no_rate(comparison, found):
    assert len(sentences(growth_in_words, _said(comparison, before="0"))) == found


def test_record_over_nought_passes():
    assert sentences(growth_in_words, _said("历史新高", before="0")) == []


def test_first_time_after_nought_only():
    published(figure("spending", "0.5", 2022))

    assert (
        len(sentences(growth_in_words, a_return(figure("spending", "3", comparison="零的突破"))))
        == 1
    )


@pytest.mark.parametrize(("now", "found"), [("21", 0), ("15", 1)])
def test_doubling_over_years_looks_back_so_far(now, found):
    published(figure("spending", "10", 2020), year=2020)
    revision = a_return(figure("spending", now, comparison="三年翻番"))

    assert len(sentences(growth_in_words, revision)) == found


@pytest.mark.parametrize(("growth", "found"), [("同比+14%", 0), ("同比+20%", 1)])
def test_last_year_as_this_return_tells_it_will_do(growth, found):
    revision = a_return(
        figure("spending", "10.00", 2022),
        figure("spending", "11.40", comparison=growth),
        figure("spending", "1", 2022, subject="甬江实验室"),
    )

    assert len(sentences(growth_in_words, revision)) == found


def test_nothing_known_of_last_year_passes():
    assert sentences(growth_in_words, a_return(figure("spending", "9", comparison="翻番"))) == []


def _growth(rate, now, before="10.00", year=2023):
    growth = counted("growth", units=["%"], value_type="percent", measure="growth", precision=1)
    base = counted("base", units=["亿元"], value_type="decimal", precision=2)
    relate("growth", growth, ("base", base))
    if before is not None:
        published(figure(base, before, 2022))
    return a_return(figure(growth, rate, year), figure(base, now, year))


@pytest.mark.parametrize(
    ("rate", "now", "before", "year"),
    [
        ("14", "11.40", "10.00", 2023),
        ("14", None, "10.00", 2023),
        (None, "11.40", "10.00", 2023),
        ("14", "11.40", None, 2023),
        ("14", "11.40", "0", 2023),
        ("90", "11.40", "10.00", 2021),
    ],
)
def test_right_growth_figure_passes(rate, now, before, year):
    assert sentences(growth_in_words, _growth(rate, now, before, year)) == []


def test_wrong_growth_figure_asks():
    assert sentences(growth_in_words, _growth("41", "11.40")) == [
        (
            "explain",
            "指标growth is 41%, but from 10.00亿元 to 11.40亿元 it is 14.0%. Correct the growth or the"
            " figure.",
        )
    ]
