"""What a Twisted reactor's calls cost. Prints `READY PID p`, then reads commands, and answers with a line of JSON:

    later SECS      callLater and cancel, with 100,000 other calls pending; a call is cancelled one turn of the loop
                    after it was made, as a time-out is that was not needed
    thread SECS     another thread has a function called in the reactor's, and waits for its result
"""
import json
import os
import sys
import time

from twisted.internet import reactor, threads

PENDING = 100000
BATCH = 100


def nothing():
    pass


def later(secs, done):
    pending = [reactor.callLater(1000 + i % 1000, nothing) for i in range(PENDING)]
    made = []
    count = [0]
    begin = time.time()

    def turn():
        for call in made:
            call.cancel()
        count[0] += len(made)
        made[:] = [reactor.callLater(30 + i % 10, nothing) for i in range(BATCH)]
        if time.time() - begin < secs:
            reactor.callLater(0, turn)
            return
        for call in made + pending:
            call.cancel()
        done({'msgs': count[0], 'secs': time.time() - begin})

    turn()


def thread(secs):
    count = 0
    begin = time.time()
    while time.time() - begin < secs:
        threads.blockingCallFromThread(reactor, nothing)
        count += 1
    return {'msgs': count, 'secs': time.time() - begin}


def commands():
    for line in iter(sys.stdin.readline, ''):
        words = line.split()
        if words[0] == 'thread':
            answer(thread(float(words[1])))
        else:
            reactor.callFromThread(later, float(words[1]), answer)


def answer(result):
    sys.stdout.write(json.dumps(result) + '\n')
    sys.stdout.flush()


sys.stdout.write('READY PID %d\n' % os.getpid())
sys.stdout.flush()
reactor.callInThread(commands)
reactor.run()
