"""Messages between supervisor and worker."""

from __future__ import annotations

import os
import socket

from bindctl.server.worker.frames import (
    Drain,
    FrameReader,
    Listening,
    Message,
    NewListeners,
    encode_frame,
)


def test_frames_survive_any_cut() -> None:
    """A large plan arrives in many pieces."""
    left, right = socket.socketpair()
    with left, right:
        reader = FrameReader(right)
        octets = encode_frame(Drain(1.5)) + encode_frame(Listening(7))
        seen: list[Message] = []
        for octet in octets:
            left.sendall(bytes([octet]))
            assert reader.receive()
            seen.extend(reader.messages())
        assert seen == [Drain(1.5), Listening(7)]
        left.close()
        assert not reader.receive()


def test_descriptors_arrive_with_their_frame() -> None:
    """A worker would listen on the wrong socket."""
    left, right = socket.socketpair()
    with left, right, socket.socket() as sent:
        socket.send_fds(left, [encode_frame(NewListeners(()))], [sent.fileno()])
        reader = FrameReader(right)
        assert reader.receive()
        (descriptor,) = reader.take_descriptors(1)
        assert os.fstat(descriptor).st_ino == os.fstat(sent.fileno()).st_ino
        os.close(descriptor)
