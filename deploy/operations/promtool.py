"""promtool, where it is or can be made. The rules' tests pass by Debian's 2.42 and by 3.16."""

from pathlib import Path

from deploy.programs import Program

PROMTOOL = Program(
    "promtool",
    "github.com/prometheus/prometheus/cmd/promtool",
    Path(__file__).parent / "source",
    # Else all service discovery is compiled too, and one of its modules cannot be had.
    tags="remove_all_sd",
    debian="prometheus",
)
