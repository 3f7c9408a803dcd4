"""`intnet groups`: how far services have read, and setting one back."""

from typing import Annotated, get_args

import typer

from deploy.cli import settings, show
from deploy.cli.door import Consuming
from deploy.cli.options import Json

app = typer.Typer(no_args_is_help=True)

Service = Annotated[
    Consuming, typer.Argument(metavar="SERVICE", help=f"{', '.join(get_args(Consuming))}.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; otherwise it is only shown.")]


@app.callback()
def noun() -> None:
    """Consumer groups: one per service, with the service's name."""


@app.command()
def lag(as_json: Json = False) -> None:
    """Show how many records of each topic every service has not committed."""
    from deploy.cli import cluster  # the Kafka client loads slowly, and few nouns need it

    found = cluster.groups(settings.cluster())
    if as_json:
        show.document(found)
        return
    rows = [(group, topic, str(n)) for group, lags in found.items() for topic, n in lags.items()]
    show.table(("Group", "Topic", "Records"), rows)


@app.command()
def rewind(service: Service, yes: Yes = False) -> None:
    """Let a service read again all that its topics keep; each of its processes must be stopped.

    What it has had it does not do again: it remembers ids for thirty days.
    """
    from deploy.cli import cluster

    if yes:
        again = cluster.rewind(settings.cluster(), service)
        show.sentence(f"{service} will see {again} records again: start it.")
    else:
        again = cluster.ahead(settings.cluster(), service)
        show.sentence(f"{service} would see {again} records again; --yes does it.")
