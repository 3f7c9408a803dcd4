"""The stores that hold people: each as its service composes it, who lives there, how one leaves."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from deploy.bench import erasures, lives
from deploy.bench.agency import Agency, Kind
from deploy.bench.stage import Stage
from libs.common.auditkeys import AuditKeys
from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from services.consent import app as consent
from services.consent import store as ledger
from services.consent.domain.audit.notary import Notary
from services.insights import app as insights
from services.insights import handlers as of_calls
from services.insights import store as calls
from services.insights.domain import scorecard
from services.matcher import app as matcher
from services.matcher import handlers as of_customers
from services.matcher import store as customers
from services.messaging import app as messaging
from services.messaging import handlers as of_texts
from services.messaging import store as texts
from services.messaging.domain import prices, rules


@dataclass(frozen=True)
class Home:
    """A service, a person there (who gives the names they have), and how one is erased."""

    kind: Kind[Any]
    live: Callable[[Agency[Any]], Awaitable[list[str]]]
    erase: erasures.Erase


def all_of(stage: Stage) -> tuple[Home, ...]:
    """The gateway keeps nobody but the agency's own people, and ingest nobody by their code."""
    return (
        Home(_matcher(), lives.at_matcher, erasures.by_order(of_customers.erase)),
        Home(_insights(), lives.at_insights, erasures.by_order(of_calls.erase)),
        Home(_messaging(), lives.at_messaging, erasures.by_order(of_texts.erase)),
        Home(_consent(stage), lives.at_consent, erasures.in_ledger),
    )


def _matcher() -> Kind[customers.Store]:
    return Kind("matcher", customers.ENTITIES, (), matcher.EMITS, customers.Store)


def _insights() -> Kind[calls.Store]:
    card = scorecard.parse(_shipped(scorecard, "scorecard.yaml"))

    def store(scope: TenantScope, keys: Keys) -> calls.Store:
        return calls.Store(scope, keys, card)

    return Kind("insights", calls.ENTITIES, (), insights.EMITS, store)


def _messaging() -> Kind[texts.Store]:
    rule_book = rules.parse(_shipped(rules, "rules.yaml"))
    price_book = prices.parse(_shipped(prices, "prices.yaml"))
    desk = texts.Desk(rule_book, price_book, 10.0, 10)

    def store(scope: TenantScope, keys: Keys) -> texts.Store:
        return texts.Store(scope, keys, desk)

    return Kind("messaging", texts.ENTITIES, texts.SHARED, messaging.EMITS, store)


def _consent(stage: Stage) -> Kind[ledger.Store]:
    notary = Notary("bench", AuditKeys(stage.files.audit_keys))

    def store(scope: TenantScope, keys: Keys) -> ledger.Store:
        return ledger.Store(scope, keys, notary)

    return Kind("consent", ledger.ENTITIES, ledger.SHARED, consent.EMITS, store)


def _shipped(module: ModuleType, name: str) -> str:
    """What lies beside the domain's module."""
    return Path(str(module.__file__)).with_name(name).read_text()
