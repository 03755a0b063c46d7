"""Speed and memory, as ratios within one run: ``make bench``, or one of them by its name."""
