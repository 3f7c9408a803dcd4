"""`intnet doctor`: whether the platform is well, and what to do where it is not."""

from deploy.cli.doctor.command import doctor

__all__ = ["doctor"]
