"""`make bench`: runs every measurement that needs no other program."""

from benchmarks import playable, start

if __name__ == "__main__":
    start.main()
    playable.main()
