"""The server of the built site: which ports it takes, and the address that it prints."""

from __future__ import annotations

from http.server import ThreadingHTTPServer

import pytest
from complaints import complaint

from smallcaps.book import paths
from smallcaps.book.serve import serve
from smallcaps.errors import BuildError, InputError


@pytest.mark.parametrize("port", [-1, 65536, 99999999])
def test_a_port_that_is_none_is_refused(port):
    assert complaint(InputError, lambda: serve(port=port)) == f"port={port}; allowed: 0 to 65535"


def test_without_a_site_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    assert "run make book first" in complaint(BuildError, lambda: serve(port=0))


@pytest.fixture
def small_site(tmp_path, monkeypatch):
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "index.html").write_text("<html></html>")
    monkeypatch.setattr(paths, "BUILD", tmp_path)


def test_the_address_names_the_port_that_was_found(small_site, monkeypatch, capsys):
    ports = []

    def stop(server):
        ports.append(server.server_port)
        raise KeyboardInterrupt

    monkeypatch.setattr(ThreadingHTTPServer, "serve_forever", stop)
    serve(port=0)
    assert ports[0] > 0
    assert capsys.readouterr().out == f"http://127.0.0.1:{ports[0]}/ (Ctrl-C ends it)\n"


def test_a_port_in_use_is_named(small_site):
    with ThreadingHTTPServer(("127.0.0.1", 0), None) as busy:
        text = complaint(InputError, lambda: serve(port=busy.server_port))
    assert text.startswith(f"port {busy.server_port} cannot be used") and text.endswith("choose another with PORT=")
