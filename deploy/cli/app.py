"""The nouns of the command line, and how a failure ends."""

from typing import Any

import typer
from typer.core import TyperGroup

from deploy.cli import (
    admins,
    connections,
    dead,
    doctor,
    groups,
    keys,
    numbers,
    privacy,
    profiles,
    quarantine,
    sms,
    tenants,
    topics,
)
from deploy.cli.failures import Failure

_EPILOG = """\b
Exit codes:
  0  done, or done already
  1  refused: the service's own sentence says why
  2  wrong usage, or a setting or file that cannot be used
  3  a service cannot be reached, or is not ready: try again
  4  doctor alone: nothing fails, and something is worth a look
`privacy scan` tells by its code what it found: see its own help.

\b
Settings, from the environment or else from the local stack's file
(INTNET_STACK, by default .local/stack.json):
  INTNET_GATEWAY_URL, INTNET_INGEST_URL, INTNET_MATCHER_URL, INTNET_INSIGHTS_URL,
  INTNET_MESSAGING_URL, INTNET_CONSENT_URL,
  and for doctor the same with ADMIN, such as INTNET_GATEWAY_ADMIN_URL,
  INTNET_OPERATOR_KEY_FILE, INTNET_OPERATOR,
  KAFKA_URL, MONGO_URL, KEYS_FILE, JWKS_FILE, GATEWAY_SIGNING_KEY_FILE, CLOCK_FILE

NO_COLOR is respected. Nothing is ever asked: what is missing is an error."""


class Nouns(TyperGroup):
    """Ends a failure with one sentence and its exit code; a traceback is a defect."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except Failure as failure:
            typer.echo(f"intnet: {failure}", err=True)
            raise typer.Exit(failure.code) from None


app = typer.Typer(
    cls=Nouns,
    name="intnet",
    help="Tenants, their numbers, and the ground they stand on: for operators.",
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
# Each noun has a callback: without one, Typer makes a noun of one verb that verb.
app.add_typer(tenants.app, name="tenant")
app.add_typer(numbers.app, name="number")
app.add_typer(connections.app, name="connection")
app.add_typer(profiles.app, name="profile")
app.add_typer(admins.app, name="admin")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(dead.app, name="dead")
app.add_typer(sms.app, name="sms")
app.add_typer(topics.app, name="topics")
app.add_typer(groups.app, name="groups")
app.add_typer(keys.app, name="keys")
app.add_typer(privacy.app, name="privacy")
app.command("doctor")(doctor.doctor)
