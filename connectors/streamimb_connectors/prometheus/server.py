"""A small HTTP server on threads of its own: GET only, bounded in time, threads and bytes.

A hostile or slow client uses a few threads for a few seconds, and does not delay the runner.
"""

import logging
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Page = Callable[[], tuple[int, str, bytes]]  # status, content type, body

AT_ONCE = 8  # open requests; further ones are closed without an answer
STEP_S = 5.0  # a client that is silent for longer is disconnected
WHOLE_S = 15.0  # limit for a whole request, also for one sent byte by byte
_log = logging.getLogger("streamimb.metrics")


class PageServer(ThreadingHTTPServer):
    """Serves pages until it is closed.

    Raises
    ------
    ValueError
        At construction, where the address cannot be listened on.

    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 16

    def __init__(self, host: str, port: int, pages: Mapping[str, Page]) -> None:
        self.pages = dict(pages)
        self._room = threading.BoundedSemaphore(AT_ONCE)
        if ":" in host:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            raise ValueError(
                f"host = '{host}', port = {port} cannot be listened on ({error.strerror}): "
                "give another port, or 0 for any"
            ) from error
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="metrics", daemon=True)

    @property
    def port(self) -> int:
        """The port listened on."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Starts to answer, on a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stops answering and closes the port. A second call does nothing."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handles a request on a thread of its own, or closes it where too many are open."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Handles one request, and ends it by force when it takes too long."""
        ending = threading.Timer(WHOLE_S, _end, (request,))
        ending.daemon = True
        ending.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            ending.cancel()
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores a client that disconnected or was disconnected; logs any other error."""
        if not isinstance(sys.exception(), OSError):
            _log.exception("a request failed")


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    timeout = STEP_S
    server_version = "streamimb"
    sys_version = ""

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path.partition("?")[0])
        try:
            status, kind, body = (404, "text/plain", b"not found\n") if page is None else page()
        except Exception:  # noqa: BLE001  (the scraper gets an answer, and the log the place)
            _log.exception("a page failed")
            status, kind, body = 500, "text/plain", b"failed, see the log\n"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing, because a request contains text of the client."""


def _end(request: socket.socket) -> None:
    try:
        request.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it ended by itself
