"""A small web shop: it sells, remembers what it sold, and says which host and room answered.

    POST /buy      item and quantity, as JSON or as a form -> 201 with the order
    GET  /orders   this host's orders, the newest last (?limit=100)
    GET  /healthz  200 when it can take orders, else 503
    GET  /slow     the answer of /whoami, after ?ms=1000
    GET  /version  GET /whoami  GET /

Its settings come from the environment (/etc/shop/env by the unit): ROOM, PORT, LOG_LEVEL, and for rehearsals
SHOP_FAULT: exit-at-start | die-after-SECONDSs | never-healthy | slow-MILLISECONDSms.
"""

import html
import json
import os
import re
import signal
import socket
import sys
import threading
import time
import urllib.parse
import uuid
from datetime import datetime, timezone
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOST = socket.gethostname()
ROOM = os.environ.get("ROOM", "")
FAULT = os.environ.get("SHOP_FAULT", "")
LEVELS = ("debug", "info", "warning", "error")
MAX_BODY = 64 * 1024
MAX_QUANTITY = 1000
ITEM = re.compile(r"[\w][\w .,'()-]{0,99}", re.UNICODE)


class Refusal(Exception):
    """A request that is not granted: the answer's status and a sentence."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status


class Log:
    """Lines with a time, to a file that may be rotated away under us."""

    def __init__(self, path, level):
        self._path = path
        self._least = LEVELS.index(level) if level in LEVELS else LEVELS.index("info")
        self._lock = threading.Lock()

    def write(self, level, text):
        if LEVELS.index(level) < self._least:
            return
        line = f"{now()} {level.upper()} host={HOST} room={ROOM} {text}\n"
        with self._lock, open(self._path, "a", encoding="utf-8") as file:
            file.write(line)


class Orders:
    """Orders on disk, one JSON document a line, only ever added to. An order counts once its line is on disk."""

    def __init__(self, path):
        self._path = path
        self._lock = threading.Lock()
        self._orders = []
        self.garbage = 0
        self._read()
        # In binary, unbuffered: one write is one line, and a crash leaves at most one line without its end.
        self._file = open(path, "ab", buffering=0)
        self._half_a_line = self._ends_in_half_a_line()

    def add(self, item, quantity):
        order = {
            "id": uuid.uuid4().hex,
            "item": item,
            "quantity": quantity,
            "host": HOST,
            "room": ROOM,
            "at": now(),
        }
        line = json.dumps(order, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            self._append(line)
            self._orders.append(order)
        return order

    def _append(self, line):
        # After a write that failed (the disk was full, say) half a line may be there: it must not swallow this one.
        data = b"\n" + line if self._half_a_line else line
        self._half_a_line = True
        if self._file.write(data) != len(data):
            raise OSError("the order was cut short")
        os.fsync(self._file.fileno())
        self._half_a_line = False

    def last(self, limit):
        with self._lock:
            return len(self._orders), self._orders[-limit:] if limit else []

    def _read(self):
        if not self._path.exists():
            return
        with open(self._path, "rb") as file:
            for line in file:
                order = parse_order(line)
                if order is None:
                    self.garbage += line != b"\n"
                else:
                    self._orders.append(order)

    def _ends_in_half_a_line(self):
        size = self._path.stat().st_size
        if size == 0:
            return False
        with open(self._path, "rb") as file:
            file.seek(size - 1)
            return file.read(1) != b"\n"


def parse_order(line):
    try:
        order = json.loads(line)
    except ValueError:
        return None
    return order if isinstance(order, dict) and isinstance(order.get("id"), str) else None


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_version():
    try:
        return (HERE / "VERSION").read_text(encoding="utf-8").strip()
    except OSError:
        return "unknown"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "shop"
    # A silent client gives its thread back.
    timeout = 30
    # Head and body of an answer are two writes: without this the second waits for the client's delayed ACK.
    disable_nagle_algorithm = True

    def do_GET(self):
        self.answer({
            "/": self.page,
            "/healthz": self.health,
            "/orders": self.orders,
            "/version": lambda query: (HTTPStatus.OK, {"version": self.server.version}),
            "/slow": self.slow,
            "/whoami": lambda query: (HTTPStatus.OK, {"host": HOST, "room": ROOM}),
        })

    def do_POST(self):
        self.answer({"/buy": self.buy})

    def slow(self, query):
        time.sleep(whole_number(query.get("ms", ["1000"])[-1], "ms", 0, 20_000) / 1000)
        return HTTPStatus.OK, {"host": HOST, "room": ROOM}

    def page(self, _query):
        body = (
            f"<!doctype html><title>shop</title><h1>shop</h1>"
            f"<p>You are served by <b>{html.escape(HOST)}</b> in room <b>{html.escape(ROOM)}</b>.</p>"
            f'<form method="post" action="/buy"><input name="item" value="tea">'
            f'<input name="quantity" value="1"><button>Buy</button></form>'
        )
        return HTTPStatus.OK, body

    def health(self, _query):
        if FAULT == "never-healthy":
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "unhealthy by SHOP_FAULT")
        return HTTPStatus.OK, {"status": "ok", "host": HOST, "room": ROOM}

    def orders(self, query):
        limit = whole_number(query.get("limit", ["100"])[-1], "limit", 0, 10_000)
        count, orders = self.server.orders.last(limit)
        return HTTPStatus.OK, {"host": HOST, "room": ROOM, "count": count, "orders": orders}

    def buy(self, _query):
        fields = self.read_fields()
        item = fields.get("item")
        if not isinstance(item, str) or not ITEM.fullmatch(item):
            raise Refusal(HTTPStatus.BAD_REQUEST, "item is the name of a thing, up to 100 characters")
        quantity = whole_number(fields.get("quantity", 1), "quantity", 1, MAX_QUANTITY)
        try:
            return HTTPStatus.CREATED, self.server.orders.add(item, quantity)
        except OSError as error:
            self.server.log.write("error", f"order not kept: {error}")
            raise Refusal(HTTPStatus.INSUFFICIENT_STORAGE, "the order cannot be kept") from error

    def read_fields(self):
        length = whole_number(self.headers.get("Content-Length", "0"), "Content-Length", 0, MAX_BODY)
        body = self.rfile.read(length)
        try:
            text = body.decode()
            # By its look: curl -d says "form" of JSON, too.
            if not text.lstrip().startswith("{"):
                return {key: values[-1] for key, values in urllib.parse.parse_qs(text).items()}
            fields = json.loads(text)
        except ValueError as error:
            raise Refusal(HTTPStatus.BAD_REQUEST, "the body is neither JSON nor a form") from error
        if not isinstance(fields, dict):
            raise Refusal(HTTPStatus.BAD_REQUEST, "the body is no JSON object")
        return fields

    def answer(self, routes):
        with self.server.busy:
            self.answer_now(routes)

    def answer_now(self, routes):
        began = time.monotonic()
        slow = re.fullmatch(r"slow-(\d+)ms", FAULT)
        if slow:
            time.sleep(int(slow[1]) / 1000)
        url = urllib.parse.urlsplit(self.path)
        route = routes.get(url.path)
        try:
            if route is None:
                raise Refusal(HTTPStatus.NOT_FOUND, "there is nothing here")
            status, content = route(urllib.parse.parse_qs(url.query))
        except Refusal as refusal:
            # What was not read of the body would be taken for the next request.
            self.close_connection = True
            status, content = refusal.status, {"error": str(refusal)}
        self.send(status, content)
        level = "debug" if url.path == "/healthz" and status == HTTPStatus.OK else "info"
        self.server.log.write(
            level,
            f"client={self.client_address[0]} method={self.command} path={json.dumps(self.path)} "
            f"status={int(status)} ms={(time.monotonic() - began) * 1000:.1f}",
        )

    def send(self, status, content):
        is_page = isinstance(content, str)
        body = (content if is_page else json.dumps(content, ensure_ascii=False) + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8" if is_page else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Served-By", HOST)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        """What the base class would print: requests it could not read."""
        self.server.log.write("warning", f"client={self.client_address[0]} {json.dumps(format % args)}")

    def log_request(self, code="-", size="-"):
        """answer() logs requests, with their time."""


class Busy:
    """Counts requests that are being answered, so that a stop can wait for them."""

    def __init__(self):
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self):
        with self._changed:
            self._count += 1

    def __exit__(self, *_):
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait_for_none(self, seconds):
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0, timeout=seconds)


class Shop(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, log, orders):
        self.log = log
        self.orders = orders
        self.busy = Busy()
        self.version = read_version()
        super().__init__(("", port), Handler)

    def server_bind(self):
        # The base class would look our own name up in the DNS.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request, client_address):
        """A client that went away is no event."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            self.log.write("error", f"client={client_address[0]} {json.dumps(repr(error))}")


def whole_number(value, name, least, most):
    text = str(value)
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or isinstance(value, bool) or not least <= int(text) <= most:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"{name} is a whole number from {least} to {most}")
    return int(text)


def plan_fault():
    if FAULT == "exit-at-start":
        sys.exit("SHOP_FAULT: exit-at-start")
    dies = re.fullmatch(r"die-after-(\d+)s", FAULT)
    if dies:
        timer = threading.Timer(int(dies[1]), os._exit, [1])
        timer.daemon = True
        timer.start()


def main():
    plan_fault()
    log = Log(Path(os.environ.get("LOGS_DIRECTORY", "/var/log/shop")) / "access.log",
              os.environ.get("LOG_LEVEL", "info"))
    orders = Orders(Path(os.environ.get("STATE_DIRECTORY", "/var/lib/shop")) / "orders.jsonl")
    port = whole_number(os.environ.get("PORT", "8080"), "PORT", 1, 65535)
    shop = Shop(port, log, orders)
    # shutdown() waits for the loop in serve_forever(), which is where a signal finds us.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=shop.shutdown).start())
    print(f"shop {shop.version} on port {port}, room {ROOM or '-'}, {orders.last(0)[0]} orders", flush=True)
    if orders.garbage:
        log.write("warning", f"{orders.garbage} lines of orders.jsonl are no orders; left alone")
    log.write("info", f"started version={shop.version} port={port}")
    shop.serve_forever(poll_interval=0.2)
    shop.server_close()
    shop.busy.wait_for_none(seconds=10)
    log.write("info", "stopped")


if __name__ == "__main__":
    main()
