"""`python -m deploy.cli`."""

from deploy.cli.app import app

if __name__ == "__main__":
    app(prog_name="intnet")
