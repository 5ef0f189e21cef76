"""Whether a table is surely enough of a kind to be taken unasked: people to be called are not."""

import pytest

from apps.intake.mapping import fits_well, guess
from apps.intake.own.tables import tables_of
from apps.intake.readers.text import read_text

CONTACTS = {
    "people": "姓名,联系电话,单位\n甲某某,13800001111,宁波大学\n乙某某,13900002222,宁波工程学院\n",
    "bodies": "名称,联系人,电话,地址\n宁波大学,张三丰,0574-87600000,甲路1号\n宁波工程学院,李四光,0574-87600001,乙路2号\n",
    "firms": "单位名称,联系电话\n宁波大学,0574-87600000\n宁波工程学院,0574-87600001\n",
    "centres": "中心名称,邮箱\n宁波甲中心,a@x.cn\n宁波乙中心,b@x.cn\n",
    "mail without a header": "机构,联系人,其他\n宁波大学,张三丰,a@x.cn\n宁波工程学院,李四光,b@x.cn\n",
}
LISTS = {
    "roster with telephones": "企业名称,所属区县,统一社会信用代码,联系电话\n宁波甲有限公司,海曙区,91330200MA2AAAAA1X,0574-87600000\n宁波乙有限公司,鄞州区,91330200MA2AAAAA2X,0574-87600001\n",
    "laureates": "姓名,工作单位,提名单位\n甲某某,宁波大学,宁波大学\n乙某某,宁波大学,宁波大学\n",
    "firms alone": "序号,企业名称\n1,宁波甲有限公司\n2,宁波乙有限公司\n",
    "said by the title": "2023年宁波市高新技术企业名单,\n企业名称,联系电话\n宁波甲有限公司,0574-87600000\n宁波乙有限公司,0574-87600001\n",
    "no header": "1,宁波甲有限公司,海曙区\n2,宁波乙有限公司,鄞州区\n3,宁波丙有限公司,江北区\n",
}


def fits(text):
    (table,) = tables_of(read_text(text))
    return fits_well(guess(table), table)


@pytest.mark.parametrize("name", CONTACTS)
def test_people_to_be_called_are_no_list(name):
    assert not fits(CONTACTS[name])


@pytest.mark.parametrize("name", LISTS)
def test_lists_fit(name):
    assert fits(LISTS[name])
