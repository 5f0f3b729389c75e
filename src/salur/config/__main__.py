"""`python -m salur.config …` is the `salur` command."""

from .command import main

if __name__ == "__main__":
    main()
