"""How offices head the columns of each kind of list, and how they title the list.

Data, not rules: a new word is added here, and the next document with it is understood. Headers
are compared without blanks, brackets and marks; a pattern must match the whole header.
"""

from apps.intake.synonyms.awards import AWARDS, LAUREATES
from apps.intake.synonyms.enterprises import ROSTER_ENTRIES
from apps.intake.synonyms.figures import INDICATOR_VALUES
from apps.intake.synonyms.gazette import EVENTS, POLICIES
from apps.intake.synonyms.platforms import CERTIFICATIONS
from apps.intake.synonyms.words import KindWords

KINDS: dict[str, KindWords] = {
    "awards": AWARDS,
    "laureates": LAUREATES,
    "certifications": CERTIFICATIONS,
    "roster-entries": ROSTER_ENTRIES,
    "indicator-values": INDICATOR_VALUES,
    "policies": POLICIES,
    "events": EVENTS,
}
