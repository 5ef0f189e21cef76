import pytest

from apps.intake.cells import (
    has_inner_blank,
    has_padded_name,
    looks_like_two_names,
    normalise_number,
    read_year,
    separators_used,
    split_award_category,
    split_list,
    split_people,
    split_title_note,
    tidy_person,
)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("宁波大学、天津大学", ["宁波大学", "天津大学"]),
        ("宁波大学，天津大学", ["宁波大学", "天津大学"]),
        ("宁波大学, 天津大学", ["宁波大学", "天津大学"]),
        ("宁波大学；天津大学;同济大学", ["宁波大学", "天津大学", "同济大学"]),
        ("宁波大学\n天津大学", ["宁波大学", "天津大学"]),
        ("甲公司、乙公司,丙林场", ["甲公司", "乙公司", "丙林场"]),
        ("宁波（甲、乙）公司、丙公司", ["宁波（甲、乙）公司", "丙公司"]),
        ("甲(一,二)公司,乙公司", ["甲(一,二)公司", "乙公司"]),
        ("甲（一)公司、乙公司", ["甲（一)公司", "乙公司"]),
        ("甲（一公司、乙公司", ["甲（一公司", "乙公司"]),
        ("甲公司、、乙公司、", ["甲公司", "乙公司"]),
        ("", []),
    ],
)
def test_split_list(cell, names):
    assert split_list(cell) == names


def test_separators_used_counts_only_those_outside_brackets():
    assert separators_used("甲（一、二）公司,乙公司") == {","}


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("李 晔、刘  兵、明庭红", ["李晔", "刘兵", "明庭红"]),
        ("金明、Li-Ke Huang", ["金明", "Li-Ke Huang"]),
        ("张何、Christopher  Gerada", ["张何", "Christopher Gerada"]),
        ("张凌芷 (Cheong Ling Zhi)", ["张凌芷 (Cheong Ling Zhi)"]),
        ("张三 李四光 王小五", ["张三", "李四光", "王小五"]),
        ("李 晔", ["李晔"]),
    ],
)
def test_split_people(cell, names):
    assert split_people(cell) == names


def test_tidy_person_takes_full_width_blanks_out():
    assert tidy_person("李　晔") == "李晔"


def test_has_padded_name_is_not_misled_by_latin_names():
    assert has_padded_name("李 晔、刘兵")
    assert not has_padded_name("Li-Ke Huang、刘兵")


def test_has_inner_blank_sees_only_blanks_between_chinese_characters():
    assert has_inner_blank("绿色能源 厚植底色")
    assert not has_inner_blank("AI 芯片")


def test_looks_like_two_names():
    assert looks_like_two_names("张三丰李四光")
    assert not looks_like_two_names("上官文斌")


@pytest.mark.parametrize(
    ("cell", "number"),
    [("１２", "12"), ("ＧＲ２０２３３３１０００１", "GR20233310001"), ("９８．５％", "98.5%")],
)
def test_normalise_number_narrows_numbers_and_codes(cell, number):
    assert normalise_number(cell) == number


def test_normalise_number_leaves_names_alone():
    assert normalise_number("５８众创空间（一）") == "５８众创空间（一）"


@pytest.mark.parametrize(
    ("cell", "year"),
    [("2023年", "2023"), ("２０２３年度", "2023"), ("2023", "2023"), ("第3年", "第3年")],
)
def test_read_year(cell, year):
    assert read_year(cell) == year


@pytest.mark.parametrize(
    ("cell", "title", "note"),
    [
        ("《管理办法》", "管理办法", ""),
        ("《管理办法》（修订）", "管理办法", "修订"),
        ("《若干政策（2023版）配套实施细则》", "若干政策（2023版）配套实施细则", ""),
        ("《若干政策》配套实施细则", "《若干政策》配套实施细则", ""),
        ("管理办法", "管理办法", ""),
    ],
)
def test_split_title_note(cell, title, note):
    assert split_title_note(cell) == (title, note)


@pytest.mark.parametrize(
    ("cell", "award_class", "grade"),
    [
        ("省科技进步一等奖", "科学技术进步奖", "一等奖"),
        ("宁波市科学技术进步三等奖", "科学技术进步奖", "三等奖"),
        ("省技术发明奖一等奖", "技术发明奖", "一等奖"),
        ("自然科学特等奖", "自然科学奖", "特等奖"),
    ],
)
def test_split_award_category(cell, award_class, grade):
    assert split_award_category(cell) == (award_class, grade)


def test_split_award_category_refuses_another_text():
    with pytest.raises(ValueError, match="某项目名称"):
        split_award_category("某项目名称")
