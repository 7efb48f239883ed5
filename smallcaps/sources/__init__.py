"""The publishers: the only code of the project that touches the network. `make data` runs it, no other target does."""
