"""Small Caps, Tested: claims about the Russell 2000's resurgence, tested on public data."""
