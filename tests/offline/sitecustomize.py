"""Refuse the network to whatever Python starts with this folder on its path: the tests, and every kernel they start."""

from __future__ import annotations

import ipaddress
import socket


class NetworkBlockedError(OSError):
    """A test tried to leave this machine."""


def _refuse_foreign(address: object) -> None:
    if isinstance(address, tuple):
        host = address[0]
        try:
            allowed = ipaddress.ip_address(host).is_loopback
        except ValueError:
            allowed = host in ("localhost", "")
        if not allowed:
            raise NetworkBlockedError(f"the tests are offline: {host!r} is not loopback")


def _guarded(method):
    def call(self, address, *rest):
        _refuse_foreign(address)
        return method(self, address, *rest)

    return call


def _guarded_lookup(host, *rest, **options):
    if host is not None:
        _refuse_foreign((host.decode() if isinstance(host, bytes) else host, None))
    return _lookup(host, *rest, **options)


_lookup = socket.getaddrinfo
socket.getaddrinfo = _guarded_lookup
socket.socket.connect = _guarded(socket.socket.connect)
socket.socket.connect_ex = _guarded(socket.socket.connect_ex)
