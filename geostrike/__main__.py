"""`python -m geostrike` is the command `geostrike`."""

from geostrike.cli import main

if __name__ == "__main__":
    main()
