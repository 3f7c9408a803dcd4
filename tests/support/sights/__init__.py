"""Everything that the console can look like, so that each of it is judged in a real browser.

A new page is one line in the file of its kind: `Sight("usage", "/usage", "usage.html", "form")`.
"""

from tests.support.sights.live import LIVE
from tests.support.sights.office import OFFICE
from tests.support.sights.people import PEOPLE
from tests.support.sights.programs import PROGRAMS
from tests.support.sights.sight import Sight
from tests.support.sights.strangers import STRANGERS
from tests.support.sights.work import WORK

SIGHTS: tuple[Sight, ...] = (*STRANGERS, *LIVE, *WORK, *OFFICE, *PROGRAMS, *PEOPLE)
