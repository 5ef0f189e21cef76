import pytest

from apps.intake import cells


@pytest.mark.parametrize(
    ("cell", "names", "code"),
    [
        ("甲海有限公司/乙山研究院", ["甲海有限公司", "乙山研究院"], "other-separator"),
        ("甲海有限公司 | 乙山研究院", ["甲海有限公司", "乙山研究院"], "other-separator"),
        ("甲海有限公司＋乙山研究院", ["甲海有限公司", "乙山研究院"], "other-separator"),
        ("①甲海有限公司②乙山研究院", ["甲海有限公司", "乙山研究院"], "numbered-names"),
        ("1.甲海有限公司 2.乙山研究院", ["甲海有限公司", "乙山研究院"], "numbered-names"),
        ("甲海有限公司（总部）、乙山研究院等", ["甲海有限公司（总部）", "乙山研究院"], "list-open"),
        ("甲海有限公司、乙山研究院等3家单位", ["甲海有限公司", "乙山研究院"], "list-open"),
        ("甲海有限公司和乙山河研究院", ["甲海有限公司", "乙山河研究院"], "possibly-two-names"),
        (
            "甲海有限公司和乙山河研究院（东区、西区）",
            ["甲海有限公司", "乙山河研究院（东区、西区）"],
            "possibly-two-names",
        ),
        # Not sure: left as it is, and said.
        ("甲海有限公司/乙山", ["甲海有限公司/乙山"], "other-separator"),
        ("甲海大学与乙山大学", ["甲海大学与乙山大学"], "possibly-two-names"),
    ],
)
def test_organisations_in_odd_lists(cell, names, code):
    found, codes = cells.split_organisations(cell)

    assert found == names
    assert code in codes


@pytest.mark.parametrize(
    "cell",
    ["浙江和平有限公司", "甲海有限公司（乙/丙）", "甲海和乙山发展有限公司", "3.0科技有限公司"],
)
def test_one_organisation_is_no_list(cell):
    assert cells.split_organisations(cell) == ([cell], [])


@pytest.mark.parametrize(
    ("cell", "names", "code"),
    [
        ("王伟/李娜/张三丰", ["王伟", "李娜", "张三丰"], "other-separator"),
        ("王伟、李娜和阿卜杜拉·买买提", ["王伟", "李娜", "阿卜杜拉·买买提"], "possibly-two-names"),
        ("①王伟②李娜", ["王伟", "李娜"], "numbered-names"),
        ("1、王伟 2、李娜", ["王伟", "李娜"], "numbered-names"),
        ("王伟、李娜、张三等", ["王伟", "李娜", "张三"], "list-open"),
        ("王伟、李娜等5人", ["王伟", "李娜"], "list-open"),
        ("王伟·李娜", ["王伟·李娜"], "possibly-two-names"),
    ],
)
def test_people_in_odd_lists(cell, names, code):
    found, codes = cells.read_people(cell)

    assert found == names
    assert code in codes


@pytest.mark.parametrize("name", ["阿卜杜拉·买买提", "古丽娜尔·阿不都拉", "John A. Smith"])
def test_one_person_is_no_list(name):
    assert cells.read_people(name) == ([name], [])
