"""A network that can be cut: everything that goes to a server goes through here."""

from __future__ import annotations

import select
import socket
import threading


class Network:
    """Carries bytes between `port` and the server's; while it is cut, nobody gets through and nothing arrives."""

    def __init__(self, server_port: int) -> None:
        """Carry from now on."""
        self.server_port = server_port
        self.door = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self.door.getsockname()[1])
        self.pairs: dict[socket.socket, socket.socket] = {}
        self.is_cut = self.is_over = False
        self.thread = threading.Thread(target=self._carry, daemon=True)
        self.thread.start()

    def cut(self) -> None:
        """Cut it: connections break, new ones break at once."""
        self.is_cut = True

    def heal(self) -> None:
        """Let everybody through again."""
        self.is_cut = False

    def close(self) -> None:
        """End."""
        self.is_over = True
        self.thread.join(timeout=5)
        self.door.close()

    def _carry(self) -> None:
        while not self.is_over:
            if self.is_cut:
                for one in list(self.pairs):
                    self._break(one)
            ready, _writable, _failed = select.select([self.door, *self.pairs], [], [], 0.02)
            for one in ready:
                if one is self.door:
                    self._let_in()
                elif one in self.pairs:
                    self._pass_on(one)
        for one in list(self.pairs):
            self._break(one)

    def _let_in(self) -> None:
        client, _address = self.door.accept()
        try:
            if self.is_cut:
                raise ConnectionError
            server = socket.create_connection(("127.0.0.1", self.server_port), timeout=5)
        except OSError:
            client.close()
            return
        self.pairs[client], self.pairs[server] = server, client

    def _pass_on(self, one: socket.socket) -> None:
        try:
            data = one.recv(65536)
            if not data:
                raise ConnectionError
            self.pairs[one].sendall(data)
        except OSError:
            self._break(one)

    def _break(self, one: socket.socket) -> None:
        other = self.pairs.pop(one, None)
        if other is not None:
            self.pairs.pop(other, None)
            other.close()
        one.close()
