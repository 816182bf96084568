"""`python -m latentscore`: the same as the `latentscore` command."""

from latentscore.cli.main import run

if __name__ == "__main__":
    run()
