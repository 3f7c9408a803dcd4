"""`intnet topics`: the topics of the catalogue, on the cluster."""

from typing import Annotated

import typer

from deploy.cli import settings, show
from deploy.cli.options import Json

app = typer.Typer(no_args_is_help=True)

Replicas = Annotated[
    int, typer.Option(min=1, metavar="N", help="Copies of each topic: 3 in production.")
]


@app.callback()
def noun() -> None:
    """Kafka topics that the services need."""


@app.command()
def apply(replicas: Replicas = 1, as_json: Json = False) -> None:
    """Create the topics that are missing; those that are there stay as they are."""
    from deploy.cli import cluster  # the Kafka client loads slowly, and no other noun needs it

    created = cluster.create(settings.cluster(), replicas)
    if as_json:
        show.document({"created": created})
    else:
        show.sentence(f"Created {', '.join(created)}." if created else "All topics are there.")


@app.command()
def check(as_json: Json = False) -> None:
    """Say which topics are missing, if any."""
    from deploy.cli import cluster

    topics = cluster.check(settings.cluster())
    if as_json:
        show.document({"topics": topics})
    else:
        show.sentence("All topics are there.")
