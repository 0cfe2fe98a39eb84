"""Public archives on this machine: a CONNECT proxy before a TLS server that plays all hosts.

Clients run unmodified; they find the proxy by HTTPS_PROXY and the test authority by
REQUESTS_CA_BUNDLE. A host that is not listed is refused and fails the test.
"""

import os
import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import trustme


class Archives:
    """Hosts and what they answer.

    ``answers`` maps a host to a function of a `Request` that returns a `Reply`. ``asked`` lists all
    requests; ``strays`` the hosts that nobody listed.
    """

    def __init__(self, folder, **answers):
        self.folder, self.answers = folder, {k.replace("__", "."): v for k, v in answers.items()}
        self.asked, self.strays = [], []

    @property
    def environment(self):
        """Variables that lead a client here, without any login of the machine."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("EARTHDATA_") and name.lower() not in ("no_proxy", "https_proxy")
        }
        address = f"http://127.0.0.1:{self.proxy.server_address[1]}"
        return kept | {
            "HTTPS_PROXY": address,
            "https_proxy": address,
            "HTTP_PROXY": address,
            "http_proxy": address,
            "REQUESTS_CA_BUNDLE": str(self.folder / "authority.pem"),
            "NETRC": str(self.folder / "netrc"),
        }

    @contextmanager
    def open(self):
        """Serve while the block lasts."""
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.folder / "authority.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*self.answers).configure_cert(context)
        self.server = _Server(("127.0.0.1", 0), _Archive)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.proxy = _Server(("127.0.0.1", 0), _Proxy)
        self.server.archives = self.proxy.archives = self
        for server in (self.server, self.proxy):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            for server in (self.server, self.proxy):
                server.shutdown()
                server.server_close()
        assert self.strays == [], f"hosts that no test listed were asked: {self.strays}"

    def count(self, host, part=""):
        """Requests to a host whose path has ``part``."""
        return sum(r.host == host and part in r.path for r in self.asked)


class Request:
    """What came: host, path, query {name: [values]}, headers, method."""

    def __init__(self, handler):
        parts = urlsplit(handler.path)
        self.method, self.path, self.query = handler.command, parts.path, parse_qs(parts.query)
        self.headers = handler.headers
        self.host = handler.headers["Host"].partition(":")[0]


class Reply:
    """What goes back. ``cut`` closes the connection after so many bytes of the body.

    With ``hold``, an Event, the connection stays open and silent there until it is set.
    """

    def __init__(self, body=b"", status=200, cut=None, hold=None, **headers):
        self.hold = hold
        self.body = body.encode() if isinstance(body, str) else body
        self.status, self.cut = status, cut
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def ranged(request, body, tag='"one"', cut=None, **headers):
    """Reply with a body, or with the part that is asked for, as RFC 9110 (section 14) has it."""
    wanted, valid = request.headers.get("Range"), request.headers.get("If-Range")
    if wanted and valid in (None, tag):
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        first, last = int(first), min(int(last or len(body)), len(body) - 1)
        if first >= len(body):
            return Reply(b"", 416, Content_Range=f"bytes */{len(body)}")
        span = f"bytes {first}-{last}/{len(body)}"
        return Reply(body[first : last + 1], 206, cut, ETag=tag, Content_Range=span, **headers)
    return Reply(body, 200, cut, ETag=tag, Accept_Ranges="bytes", **headers)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        """A client that hangs up is no error here."""


class _Archive(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self)
        self.server.archives.asked.append(request)
        reply = self.server.archives.answers[request.host](request)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body[: reply.cut])
            if reply.hold:
                reply.hold.wait(60)
        if reply.cut is not None:
            self.close_connection = True

    do_POST = do_HEAD = do_GET

    def log_message(self, *_):
        """Silent."""


class _Proxy(BaseHTTPRequestHandler):
    def do_CONNECT(self):
        host = self.path.partition(":")[0]
        archives = self.server.archives
        if host not in archives.answers:
            archives.strays.append(host)
            self.send_error(403)
            return
        with socket.create_connection(archives.server.server_address) as far:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pour, args=(far, self.connection), daemon=True)
            back.start()
            _pour(self.connection, far)
            back.join(5)
        self.close_connection = True

    def do_GET(self):
        self.server.archives.strays.append(self.path)
        self.send_error(403)

    do_POST = do_HEAD = do_GET

    def log_message(self, *_):
        """Silent."""


def _pour(source, target):
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
