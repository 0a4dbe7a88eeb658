"""What the launcher runs while the JVM notes the classes that a class data archive is to hold.

It does in little what servers and tools do at their start. Classes that it never meets are not in
the archive, and are then loaded from their jars as without one. It opens loopback sockets alone.
"""

import argparse
import ast
import asynchat
import asyncore
import BaseHTTPServer
import base64
import codecs
import ConfigParser
import contextlib
import cookielib
import copy
import csv
import cStringIO
import ctypes
import datetime
import decimal
import email.parser
import functools
import getopt
import getpass
import glob
import hashlib
import heapq
import httplib
import inspect
import json
import logging
import logging.handlers
import mimetypes
import numbers
import optparse
import os
import pdb
import pickle
import platform
import pprint
import Queue
import random
import re
import select
import shutil
import signal
import SimpleHTTPServer
import smtplib
import socket
import SocketServer
import ssl
import string
import StringIO
import struct
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import traceback
import tty
import unicodedata
import unittest
import urllib
import urllib2
import urlparse
import uuid
import warnings
import weakref
import xml.dom.minidom
import xml.sax
import xmlrpclib
import zipfile
import zlib
from collections import defaultdict, deque, namedtuple, OrderedDict

from java.lang import Class, ClassLoader, System, Throwable
from java.util.jar import JarFile
from org.euryale.jython import TwistedReactor
import OpenSSL.SSL

SOURCE = '''
from __future__ import division, print_function, unicode_literals
import os as system, sys
from re import compile as pattern

@classmethod
def decorated(cls, first, second=2, *rest, **named):
    """Documented."""
    global changed
    changed = [item ** 2 for item in rest if item and not item < 0 or None]
    with open(system.devnull) as lines:
        for number, line in enumerate(lines):
            if number % 2 == 0:
                continue
            yield {'line': line, "more": (number, 1.5, 2j, 10 ** 20)}
    assert named is not None, 'said'
    try:
        value = lambda x, y=1: x + -y if x >= y else ~x
        while value:
            value = None
            break
        del value
        raise ValueError('raised')
    except (ValueError, KeyError) as e:
        print(e, sys.argv[1:2], file=sys.stderr) if not e else None
    except Exception:
        raise
    finally:
        rest += (first[0].attribute,) if rest else ()

class Old:
    slot = {1, 2} | set()

class New(Old, object):
    __slots__ = ()
    def __init__(self): super(New, self).__init__()
    method = property(lambda self: {key: value for key, value in {}.items()})
'''


class Echo(asyncore.dispatcher):

    def __init__(self, sock, map):
        asyncore.dispatcher.__init__(self, sock, map)
        self.buffer = ''

    def handle_read(self):
        self.buffer += self.recv(8192)

    def writable(self):
        return bool(self.buffer)

    def handle_write(self):
        self.buffer = self.buffer[self.send(self.buffer):]

    def handle_close(self):
        self.close()


class Listener(asyncore.dispatcher):

    def __init__(self, map):
        asyncore.dispatcher.__init__(self, map=map)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(('127.0.0.1', 0))
        self.listen(5)
        self.address = self.getsockname()

    def handle_accept(self):
        sock, _ = self.accept()
        Echo(sock, self._map)
        self.close()


def talk():
    """One echo on asyncore's loops, and what epoll tells of it."""
    for use_poll in False, True:
        connections = {}
        client = socket.create_connection(Listener(connections).address)
        client.sendall('hello')
        client.shutdown(socket.SHUT_WR)
        epoll = select.epoll()
        epoll.register(client, select.EPOLLIN)
        limit = time.time() + 10
        while connections and time.time() < limit:
            asyncore.loop(0.1, use_poll, connections, 1)
        epoll.poll(0)
        client.recv(100)
        client.close()
        epoll.close()


def secretly():
    """A handshake that ends with the server's lack of a certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    client = socket.create_connection(listener.getsockname())
    client.setblocking(False)
    client = context.wrap_socket(client, do_handshake_on_connect=False)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS).wrap_socket(listener.accept()[0], server_side=True,
                                                          do_handshake_on_connect=False)
    for end in client, server, client:
        try:
            end.do_handshake()
        except ssl.SSLError:
            pass
    client.close()
    server.close()
    listener.close()


class Named(object):
    """In the place of any class or function of Twisted's."""


class Names(object):
    """In the place of what tells the Java side of a reactor Twisted's names."""

    def __getattr__(self, name):
        return Named


def react():
    """The classes that a reactor for Twisted is made of; it never runs."""
    class Transport(object):
        def _closeSocket(self, orderly):
            pass

    class Port(object):
        pass

    class Protocol(object):
        pass

    class Call(object):
        pass
    TwistedReactor.transports(Transport, Named)
    TwistedReactor.unixTransports(Transport)
    TwistedReactor.datagrams(Port, Names())
    TwistedReactor.secured(Protocol, Names())
    TwistedReactor.delayedCalls(Call)
    TwistedReactor(Named(), Names())
    OpenSSL.SSL.Context(OpenSSL.SSL.TLSv1_2_METHOD)


def kept():
    """A module that is compiled, and then loaded from what was kept of it."""
    directory = tempfile.mkdtemp()
    source = os.path.join(directory, 'trained_module.py')
    with open(source, 'w') as f:
        f.write(SOURCE)
    sys.path.insert(0, directory)
    sys.dont_write_bytecode = False
    try:
        import trained_module
        del sys.modules['trained_module']
        import trained_module
    finally:
        sys.dont_write_bytecode = True
        sys.path.remove(directory)
        shutil.rmtree(directory)


def load(jar):
    """Every class of a jar of the class path, which is not run."""
    for entry in JarFile(jar).entries():
        name, extension = os.path.splitext(entry.getName())
        if extension == '.class' and not name.startswith('META-INF/'):
            try:
                Class.forName(name.replace('/', '.'), False, ClassLoader.getSystemClassLoader())
            except Throwable:   # what stands on classes that are not there
                pass


def work():
    codecs.lookup('utf-8'), codecs.lookup('latin-1')
    exec compile(SOURCE, '<training>', 'exec') in {'__name__': 'trained'}
    pickle.loads(pickle.dumps(json.loads(json.dumps({'a': [1, None, u'\xe9']})), 2))
    re.sub(r'(?P<word>\w+)\s*', lambda match: match.group('word').upper(), 'some words')
    namedtuple('Pair', 'one two')(1, 2)
    '%s %d %5.2f {0}' % ('text', 3, 1.5), '{0:>10} {1!r}'.format('a', u'b'), u'\xe9'.encode('utf-8')
    datetime.datetime.now().isoformat(), time.strftime('%Y'), random.random()
    hashlib.sha1('text').hexdigest(), base64.b64encode(zlib.compress('text')), struct.pack('!I', 1)
    os.getpid(), os.path.exists(__file__), os.listdir(os.path.dirname(os.path.abspath(__file__)))
    with open(__file__) as f:
        f.read()
    thread = threading.Thread(target=talk)
    thread.start()
    thread.join()
    secretly()
    react()
    kept()
    for jar in glob.glob(os.path.join(System.getProperty('python.home'), 'lib', '*.jar')):
        if os.path.basename(jar).startswith('euryale-'):
            load(jar)
    xml.sax.parseString('<a b="c"><d/>text</a>', xml.sax.ContentHandler())
    unicodedata.normalize('NFKC', u'\xe9\u2160'), u'b\xfccher'.encode('idna'), decimal.Decimal('1.5') + 1
    ast.parse('a = 1')
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        {}['missing']
    except KeyError:
        traceback.format_exc()


work()
