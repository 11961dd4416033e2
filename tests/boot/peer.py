#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# A host behind QEMU's -netdev socket,udp= or stream: answers ARP and pings for
# every address, each after a random time, so that no two runs are alike.
#
#   peer.py SEED LIMIT_MS udp       prints two free ports (ours, QEMU's) and goes
#                                   on until it is killed
#   peer.py SEED LIMIT_MS stream    prints its port, twice; in front of each answer
#                                   goes another frame, and both go in pieces
import random
import socket
import struct
import sys
import time

MAC = bytes.fromhex('525500000002')


def checksum(data):
    total = sum(int.from_bytes(data[i:i + 2], 'big')
                for i in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return (~total & 0xffff).to_bytes(2, 'big')


def answer(frame):
    """The answer to an Ethernet frame, None: it gets none."""
    ether = frame[6:12] + MAC + frame[12:14]
    if frame[12:14] == b'\x08\x06' and frame[20:22] == b'\0\1':
        return (ether + frame[14:20] + b'\0\2' + MAC + frame[38:42] +
                frame[22:32])
    # IPv4 without options, ICMP, an echo request
    if frame[12:15] == b'\x08\0E' and frame[23] == 1 and frame[34] == 8:
        length = int.from_bytes(frame[16:18], 'big')
        icmp = b'\0\0\0\0' + frame[38:14 + length]
        pad = icmp + b'\0' * (len(icmp) % 2)
        ip = frame[14:26] + frame[30:34] + frame[26:30]
        return ether + ip + icmp[:2] + checksum(pad) + icmp[4:]
    return None


def late(chance, limit):
    time.sleep(chance.random() * limit)


def free_port():
    """One that is still so when QEMU takes it: nobody gets it who wants any."""
    while True:
        port = random.randrange(10000, 32768)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            try:
                sock.bind(('127.0.0.1', port))
                return port
            except OSError:
                pass


def datagrams(chance, limit):
    ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ours.bind(('127.0.0.1', 0))
    address = ('127.0.0.1', free_port())
    print(ours.getsockname()[1], address[1], flush=True)
    while True:
        frame = answer(ours.recv(65536))
        if frame:
            late(chance, limit)
            ours.sendto(frame, address)


def receive(connection, length):
    data = b''
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            sys.exit()
        data += more
    return data


def stream(chance, limit):
    listener = socket.create_server(('127.0.0.1', 0))
    port = listener.getsockname()[1]
    print(port, port, flush=True)
    connection = listener.accept()[0]
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # An Ethernet type that nobody knows.
    other = b'\xff' * 6 + MAC + b'\x88\xb5' + bytes(46)
    while True:
        length, = struct.unpack('!I', receive(connection, 4))
        frame = answer(receive(connection, length))
        if not frame:
            continue
        data = b''.join(struct.pack('!I', len(each)) + each
                        for each in (other, frame))
        late(chance, limit)
        while data:
            size = chance.randint(1, len(data))
            connection.sendall(data[:size])
            data = data[size:]
            late(chance, limit / 10)


def main():
    chance = random.Random(int(sys.argv[1]))
    limit = int(sys.argv[2]) / 1000
    {'udp': datagrams, 'stream': stream}[sys.argv[3]](chance, limit)


main()
