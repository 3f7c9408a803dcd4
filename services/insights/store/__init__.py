"""Mongo out: call records with their latest cards, feedback, objections, and what is gone."""

from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from libs.common.privacy import PERIODS, REMOVALS, Eraser, Periods, Removals
from services.insights.domain.scorecard import Scorecard
from services.insights.store.calls import CALLS, MOST_NAMING, Calls
from services.insights.store.cards import Cards
from services.insights.store.erasing import Erasing
from services.insights.store.feedback import FEEDBACK, Feedback
from services.insights.store.gone import GONE, Gone
from services.insights.store.objections import OBJECTIONS, Objections
from services.insights.store.telling import Telling

ENTITIES = (CALLS, FEEDBACK, OBJECTIONS, GONE, REMOVALS, PERIODS)


class Store:
    """One tenant's calls and cards, and who wants none made of them."""

    def __init__(self, scope: TenantScope, keys: Keys, scorecard: Scorecard) -> None:
        self.scorecard = scorecard
        self.calls = Calls(scope, scorecard.lookback)
        self.cards = Cards(scope)
        self.feedback = Feedback(scope)
        self.objections = Objections(scope)
        self.gone = Gone(scope)
        self.removals = Removals(scope)
        self.erasing = Erasing(scope, self.gone, self.feedback, self.objections)
        self.eraser = Eraser(scope, keys)
        self.telling = Telling(scope, keys, self.feedback)
        self.periods = Periods(scope)


__all__ = ["ENTITIES", "MOST_NAMING", "Store"]
