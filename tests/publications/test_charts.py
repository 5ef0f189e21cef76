"""The shapes of the pictures: scales, places, shades and ranks."""

from decimal import Decimal

import pytest

from apps.publications.charts import (
    WIDTH,
    BarRow,
    Place,
    bar_chart,
    line_chart,
    shade_of,
    strip,
    tile_map,
)


def test_bars_share_a_scale_from_nought_and_parts_follow_one_another() -> None:
    chart = bar_chart("Won", [BarRow("A", [6, 2]), BarRow("B", [0, 4])], series=["1st", "2nd"])

    assert chart is not None
    long, short = chart.bars
    assert [(part.x, part.width) for part in long.parts] == [(0, WIDTH * 0.75), (270, 90)]
    assert [(part.series, part.x, part.width) for part in short.parts] == [(2, 0, WIDTH / 2)]
    assert long.cells == ["6", "2"]
    assert long.printed == "8"
    assert short.bar_y > long.bar_y
    assert chart.height > short.bar_y


def test_small_value_is_still_to_be_seen() -> None:
    chart = bar_chart("Won", [BarRow("A", [100_000]), BarRow("B", [1])])

    assert chart is not None
    assert chart.bars[1].parts[0].width == 1.5


@pytest.mark.parametrize("rows", [[], [BarRow("A", [0])]], ids=["no rows", "nothing"])
def test_nothing_to_show_is_no_chart(rows: list[BarRow]) -> None:
    assert bar_chart("Won", rows) is None
    assert tile_map("Where", [Place("A", "/", 1, 1, 0)]) is None


def test_less_than_nought_is_no_length() -> None:
    with pytest.raises(ValueError, match="less than nought"):
        bar_chart("Won", [BarRow("A", [-1])])
    assert line_chart("Trend", [(2022, -1, "-1"), (2023, 1, "1")]) is None


def test_line_sets_years_as_far_apart_as_they_are() -> None:
    line = line_chart("Trend", [(2023, Decimal(10), "10"), (2019, 0, "0"), (2021, 5, "5")])

    assert line is not None
    assert [point.label for point in line.points] == ["2019", "2021", "2023"]
    first, middle, last = line.points
    assert middle.x - first.x == last.x - middle.x
    assert first.y == line.base > middle.y > last.y
    [path] = line.paths
    assert path.count(",") == 3
    broken = line_chart("Trend", [(2019, 1, "1"), (2021, 5, "5"), (2023, 9, "9")], broken=[2023])
    assert broken is not None
    assert [path.count(",") for path in broken.paths] == [2, 1]
    assert middle.x < broken.breaks[0] < last.x


def test_one_year_is_no_line_and_level_nought_is_one() -> None:
    assert line_chart("Trend", [(2023, 1, "1")]) is None
    level = line_chart("Trend", [(2022, 0, "0"), (2023, 0, "0")])
    assert level is not None
    assert {point.y for point in level.points} == {level.base}


@pytest.mark.parametrize(
    ("value", "shade"), [(0, 0), (1, 1), (25, 1), (26, 2), (75, 3), (99, 4), (100, 4)]
)
def test_shade_grows_with_the_value(value: int, shade: int) -> None:
    assert shade_of(value, 100) == shade


@pytest.mark.parametrize(
    ("label", "short"), [("Jiangbei District", "Jiangbei"), ("江北区", "江北区")]
)
def test_a_tile_has_room_for_the_name_alone(label: str, short: str) -> None:
    chart = tile_map("Where", [Place(label, "/", 1, 1, 3)])
    assert chart
    assert (chart.tiles[0].label, chart.tiles[0].short) == (label, short)


def test_tiles_lie_in_their_rows_and_columns() -> None:
    chart = tile_map("Where", [Place("A", "/a", 1, 1, 3), Place("B", "/b", 2, 3, 1000)])

    assert chart is not None
    near, far = chart.tiles
    assert (near.x, near.y) == (0, 0)
    assert far.x == 2 * (chart.tile_width + 4)
    assert far.y == chart.tile_height + 4
    assert chart.width == far.x + chart.tile_width
    assert far.printed == "1,000"


def test_rank_counts_who_has_more_and_equals_share_the_better_one() -> None:
    place = strip(Decimal(5), [Decimal(9), Decimal(5), Decimal(1)])

    assert place is not None
    assert (place.rank, place.of) == (2, 4)
    assert place.marks == [93.0, place.own, 3.0]


def test_rank_among_two_says_nothing_and_among_equals_is_the_first() -> None:
    assert strip(5, [1]) is None
    place = strip(5, [5, 5])
    assert place is not None
    assert (place.rank, place.own) == (1, 48.0)
