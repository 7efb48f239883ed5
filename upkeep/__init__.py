"""What keeps the project in order over time: known faults of pinned packages, and packages that are newer."""
