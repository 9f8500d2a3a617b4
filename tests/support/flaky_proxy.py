"""A way to a server that breaks now and then, in the middle of a question or an answer."""

import socket
import struct
import threading
from random import Random

FEWEST_PACKETS, MOST_PACKETS = 100, 1_500
RESET = struct.pack("ii", 1, 0)


class FlakyProxy:
    """Passes connections on to a server and cuts each off after a while."""

    def __init__(self, host: str, port: int, seed: int = 7) -> None:
        self.target = (host, port)
        self.chance = Random(seed)
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Take no further connections."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def _accept(self) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.target)
            except OSError:
                client.close()
                continue
            for left, right in ((client, server), (server, client)):
                left.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                packets = self.chance.randint(FEWEST_PACKETS, MOST_PACKETS)
                threading.Thread(
                    target=self._pass_on, args=(left, right, packets), daemon=True
                ).start()

    def _pass_on(self, left: socket.socket, right: socket.socket, packets: int) -> None:
        """Pass packets on one way; the last one gets lost, and with it both ways."""
        try:
            while block := left.recv(65_536):
                packets -= 1
                if not packets:
                    self.cuts += 1
                    break
                right.sendall(block)
        except OSError:
            pass
        for end in (left, right):
            try:
                # Closed at once and without a farewell.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
