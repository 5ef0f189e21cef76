"""Doubts in words: what a flag ``field:code`` says about a value that stands as printed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.cases.desk.values import field_label
from apps.cases.models import Record

MEANINGS: dict[str, Promise] = {
    "added-from-other-line": _("Taken from another line of the source than the name."),
    "also-in-comparison": _("The same number stands in the comparison of another row."),
    "as-printed": _("Not one of the usual values; it stands as printed."),
    "award-year": _(
        "Told as this year's, while the award belongs to the year before and was announced "
        "this year."
    ),
    "award-year-not-stated": _(
        "The year of the award is not stated; the source's lists are those of the year before."
    ),
    "bearer-named": _("The source names who was recognised, and no name of the thing itself."),
    "bearer-understood": _("The bearer is meant by the sentence without being named in it."),
    "blank-removed": _("A blank that padded a name was taken out."),
    "by-origin": _("Counts a person for the place of birth, not of work."),
    "category-glued": _(
        "The category was printed once more at the end of the title and was taken off. "
    ),
    "comma-separator": _("The names are separated by commas where the table uses another sign."),
    "contradictory": _("The qualifying words contradict one another."),
    "counted-from-names": _("No number is printed: the names were counted."),
    "cumulative-below-year": _(
        "The cumulative number is smaller than the year's; the two may be counted differently."
    ),
    "denominator-implied": _("A ratio whose denominator is not printed."),
    "differs": _("The printed measure word differs from the dictionary's."),
    "differs-elsewhere": _("The source says something else about this in another place."),
    "differs-from-twin": _(
        "The same project is printed in the other award list, and this differs there. "
    ),
    "doubtful-name": _("The name seems to lack a part."),
    "doubtful-wording-left-out": _(
        "A part of the line that cannot be right as printed was not taken over. "
    ),
    "first-cell-restored": _("The row had lost its blank first cell; its cells were moved back."),
    "forecast-in-closed-year": _("The year is over, and the number is still a forecast."),
    "from-fraction": _("Printed as a fraction, written here as a percentage."),
    "from-name": _("Taken from the body's own name."),
    "from-words": _("Printed in words, written here as a number."),
    "generic-name": _("The words are a description rather than a name."),
    "heading-disagrees": _(
        "The line stands under the heading of another month; the printed date is trusted. "
    ),
    "implied": _("Not stated here, but follows from a neighbouring clause."),
    "in-city-list": _("Not stated here, but one of the city's lists names the holder."),
    "inferred": _("Not printed in so many words; it follows from the context."),
    "inner-blank": _("A blank stands between two characters, where the printed line was broken."),
    "latin-name-doubtful": _("A Latin name is broken by a blank in an unlikely place."),
    "level-not-scope": _(
        "The printed word is the level of certification, not a statistical scope. "
    ),
    "level-not-stated": _("Whether national, provincial or municipal is not said."),
    "list-told-differently": _("The city prints a list of another name, length or title."),
    "may-be-partial": _("Counted from one body named in passing; the total may be larger."),
    "mixed-separator": _("One cell separates its names in more than one way."),
    "more-cells-than-header": _("The row has more cells than the table has headers."),
    "name-differs": _(
        "The printed name differs from the dictionary's and is taken to be the same. "
    ),
    "name-differs-elsewhere": _(
        "The source names the same thing a little differently in another place. "
    ),
    "name-in-brackets": _("The Latin name in brackets belongs to the person before it."),
    "namesake": _(
        "The same name is printed for another project with no organisation in common: surely "
        "another person."
    ),
    "new-and-cumulative": _("The same number is called both new and cumulative."),
    "not-an-outcome": _("A count of papers or services, not a result."),
    "not-in-force": _("The text was planned, not issued, in the year."),
    "not-named": _("Whose figure it is is not named."),
    "not-stated": _("It would be expected and is not printed."),
    "not-yet-approved": _("The source tells of an application only."),
    "part-of-month": _("A third of a month is printed and was turned into its first and last day."),
    "part-of-total": _("A part of another figure of the same item; the two are never added."),
    "place-not-stated": _("A place in front is claimed without a number."),
    "plan-year-2024": _("Done in 2023 for the plan of 2024."),
    "possible-duplicate": _("The same name stands twice in one cell."),
    "possible-twin": _("Another row may be the same body under another name."),
    "possibly-two-names": _("Too long for one name; a separator may be missing."),
    "range": _("Several days are printed."),
    "rare-character": _("The name holds an unusual character that may be a misreading."),
    "ratio-mismatch": _("The printed ratio does not agree with the printed numbers."),
    "reach-unclear": _("Which item of a list this covers is not clear."),
    "recognition-not-stated": _("The level stands in the name, but no recognition is told."),
    "remark-in-brackets": _("The words in brackets are a remark, not part of the name."),
    "same-name-other-employer": _(
        "The same name is printed for another project with another company of the group: "
        "perhaps the same person."
    ),
    "shared-with-city": _("The city counts the same project as its own."),
    "short-name": _("The source uses a short name."),
    "tie": _("Another district states the same figure."),
    "told-differently": _("The source tells this differently in another place; both are kept."),
    "twice-in-list": _("It stands twice in the same list."),
    "year-of-acceptance": _("The year of the acceptance inspection, not of the recognition."),
    "year-of-evaluation": _("The year of an evaluation, not of the recognition."),
}


def meaning(code: str) -> str:
    """Return what a flag's code says, in the reader's language; an unknown code stands as it is."""
    return str(MEANINGS.get(code, code.replace("-", " ")))


def told(row: Record) -> list[dict[str, str]]:
    """Return the doubts that nobody settled about a stored row: each with its field, in words."""
    found = []
    for flag in row.flags:
        name, _colon, code = flag.rpartition(":")
        is_field = name in {field.name for field in row._meta.get_fields()}
        label = field_label(type(row), name) if is_field else ""
        found.append({"label": label, "text": meaning(code)})
    return found
