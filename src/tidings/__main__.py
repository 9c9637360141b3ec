"""`python -m tidings` is `tidings`."""

from tidings.cli.main import app

if __name__ == "__main__":
    app()
