import pytest

from apps.intake.cells import (
    PERSON,
    award_parts,
    has_inner_blank,
    has_padded_name,
    is_blank_sign,
    looks_like_two_names,
    normalise_number,
    one_line,
    read_people,
    rejoin_lines,
    separators_used,
    split_award_category,
    split_list,
    split_organisations,
    split_people,
    split_title_note,
    tidy_person,
)
from apps.intake.makes import class_of


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
    ("cell", "title", "note"),
    [
        ("《管理办法》", "管理办法", ""),
        ("《管理办法》（修订）", "管理办法", "修订"),
        ("《若干政策（2023版）配套实施细则》", "若干政策（2023版）配套实施细则", ""),
        ("《若干政策》配套实施细则", "《若干政策》配套实施细则", ""),
        ("《甲办法》和《乙办法》", "《甲办法》和《乙办法》", ""),
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


# --- more


@pytest.mark.parametrize(
    ("cell", "names", "codes"),
    [
        ("宁波大学、天津大学", ["宁波大学", "天津大学"], []),
        (
            "甲研究院；乙、丙联合队；丁大学",
            ["甲研究院", "乙、丙联合队", "丁大学"],
            ["separator-in-name", "mixed-separator"],
        ),
        (
            "宁波市农业、林业技术推广总站、宁波大学",
            ["宁波市农业、林业技术推广总站", "宁波大学"],
            ["separator-in-name"],
        ),
        ("ABC Co., Ltd.、宁波大学", ["ABC Co., Ltd.", "宁波大学"], ["mixed-separator"]),
        ("宁波某某有限公司 天津大学", ["宁波某某有限公司", "天津大学"], ["blank-separator"]),
        ("宁波大学、天津\n大学", ["宁波大学", "天津大学"], ["line-break"]),
        ("宁波大学、\n天津大学", ["宁波大学", "天津大学"], []),
        ("宁波大学、乙公司\n天津大学", ["宁波大学", "乙公司", "天津大学"], ["mixed-separator"]),
        ("甲公司；乙公司、丙公司", ["甲公司", "乙公司", "丙公司"], ["mixed-separator"]),
        ("甲公司、甲公司", ["甲公司", "甲公司"], ["possible-duplicate"]),
        ("宁波大学、什么东西", ["宁波大学", "什么东西"], ["not-like-an-organisation"]),
        ("", [], []),
    ],
)
def test_split_organisations(cell, names, codes):
    assert split_organisations(cell) == (names, codes)


@pytest.mark.parametrize(
    ("cell", "names", "codes"),
    [
        ("张三、李四光", ["张三", "李四光"], []),
        ("张 伟 李明 王 芳", ["张伟", "李明", "王芳"], ["blank-separator"]),
        ("欧阳 娜娜", ["欧阳", "娜娜"], ["blank-separator", "possibly-one-name"]),
        ("李 四、王五", ["李四", "王五"], ["blank-removed"]),
        ("张三、李\n四光、王五", ["张三", "李四光", "王五"], ["line-break"]),
        ("张三；Smith, John 3", ["张三", "Smith, John 3"], ["mixed-separator", "not-like-a-name"]),
        ("张三丰李四光", ["张三丰李四光"], ["possibly-two-names"]),
        ("张 三 丰", ["张三丰"], ["blank-removed"]),
        ("张 三丰", ["张三丰"], ["blank-removed"]),
    ],
)
def test_read_people(cell, names, codes):
    assert read_people(cell) == (names, codes)


def test_rejoin_lines_tells_a_separator_from_the_end_of_a_line():
    assert rejoin_lines("张三、李四\n王五", PERSON) == ("张三、李四\n王五", False)
    assert rejoin_lines("张三、Giam paolo\n2nd", PERSON) == ("张三、Giam paolo 2nd", True)


@pytest.mark.parametrize(
    ("cell", "award_class", "grade", "rest"),
    [
        ("省科技进步一等奖", "科学技术进步奖", "一等奖", ""),
        ("一等奖（自然科学奖）", "自然科学奖", "一等奖", ""),
        ("二等", "", "二等奖", ""),
        ("技术发明奖/三等奖", "技术发明奖", "三等奖", ""),
        ("国家科学技术进步奖特等奖", "科学技术进步奖", "特等奖", ""),
        ("某某大奖", "", "", "某某大"),
    ],
)
def test_award_parts(cell, award_class, grade, rest):
    found = award_parts(cell)

    assert (found[0], found[1], found[3]) == (award_class, grade, rest)


def test_one_line_joins_chinese_lines_without_a_blank_and_latin_ones_with():
    assert one_line("高性能\n材料") == ("高性能材料", True)
    assert one_line("AI\nchip") == ("AI chip", True)
    assert one_line("材料") == ("材料", False)


@pytest.mark.parametrize("sign", ["—", "——", "/", "无", "-", "N/A", "…"])
def test_is_blank_sign(sign):
    assert is_blank_sign(sign)


@pytest.mark.parametrize(
    ("cell", "make"),
    [
        ("", ""),
        ("12", "number"),
        ("98.5%", "number"),
        ("2023年5月", "date"),
        ("北仑区", "district"),
        ("宁波大学、甲公司", "organisation"),
        ("张三、李四", "people"),
        ("一等奖", "text"),
        ("某某关键技术研究及产业化示范应用", "text"),
    ],
)
def test_class_of(cell, make):
    assert class_of(cell) == make


@pytest.mark.parametrize(
    ("text", "is_marked"),
    [
        ("绍兴零部件股份有限公司（甬江厂区）绍兴智能装备有限公司", True),
        ("绍兴零部件有限公司绍兴智能装备股份有限公司", True),
        ("绍兴零部件有限公司（甬江、东钱湖厂区）", False),
        ("宁波大学附属第一医院", False),
        ("中国石化有限公司镇海炼化分公司", False),
    ],
)
def test_two_firms_in_one_name_are_doubtful(text, is_marked):
    names, found = split_organisations(text)

    assert names == [text]
    assert ("possibly-two-names" in found) is is_marked
