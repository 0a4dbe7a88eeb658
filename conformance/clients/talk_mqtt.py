"""paho-mqtt against a mosquitto on the loopback port that is given: its select loop, its thread, every level."""

import sys
import threading
import time
import unittest

import paho.mqtt.client as mqtt

if mqtt.ssl is None:
    # paho asks the module ssl for names of exceptions at each EAGAIN, whether it has found it or not.
    class Ssl(object):
        class SSLWantReadError(Exception):
            pass

        SSLWantWriteError = SSLWantReadError

    mqtt.ssl = Ssl

PORT = int(sys.argv.pop())
SECONDS = 60


class Subscriber(object):
    """A client that has subscribed to a topic and collects what comes."""

    def __init__(self, topic, qos):
        self.received, self.topic, self.qos = [], topic, qos
        self.subscribed, self.got = threading.Event(), threading.Condition()
        self.client = mqtt.Client()
        self.client.on_connect = lambda client, data, flags, code: client.subscribe(topic, qos)
        self.client.on_subscribe = lambda *told: self.subscribed.set()
        self.client.on_message = self.on_message
        self.client.connect('127.0.0.1', PORT)

    def on_message(self, client, data, message):
        with self.got:
            self.received.append(message.payload)
            self.got.notifyAll()

    def await(self, count):
        end = time.time() + SECONDS
        with self.got:
            while len(self.received) < count and time.time() < end:
                self.got.wait(1)
        return self.received


class MqttTest(unittest.TestCase):

    def test_the_select_loop(self):
        subscriber = Subscriber('loop', 1)
        end = time.time() + SECONDS
        published = False
        while len(subscriber.received) < 20 and time.time() < end:
            self.assertEqual(mqtt.MQTT_ERR_SUCCESS, subscriber.client.loop(1))
            if subscriber.subscribed.is_set() and not published:
                published = True
                for i in range(20):
                    subscriber.client.publish('loop', str(i), 1)
        self.assertEqual([str(i) for i in range(20)], subscriber.received)
        subscriber.client.disconnect()

    def test_the_thread_and_every_level(self):
        for qos in 0, 1, 2:
            subscriber = Subscriber('level/%d' % qos, qos)
            subscriber.client.loop_start()
            self.assertTrue(subscriber.subscribed.wait(SECONDS))
            publisher = mqtt.Client()
            publisher.connect('127.0.0.1', PORT)
            publisher.loop_start()
            for i in range(50):
                told = publisher.publish('level/%d' % qos, str(i), qos)
            told.wait_for_publish()
            self.assertEqual([str(i) for i in range(50)], subscriber.await(50))
            for client in publisher, subscriber.client:
                client.disconnect()
                client.loop_stop()

    def test_much_at_once(self):
        payload = ''.join(map(chr, range(256))) * 4096
        subscriber = Subscriber('large', 1)
        subscriber.client.loop_start()
        self.assertTrue(subscriber.subscribed.wait(SECONDS))
        subscriber.client.publish('large', bytearray(payload), 1)
        self.assertTrue(subscriber.await(1) == [payload])
        subscriber.client.disconnect()
        subscriber.client.loop_stop()

    def test_keepalive(self):
        client = mqtt.Client()
        gone = threading.Event()
        client.on_disconnect = lambda *told: gone.set()
        client.connect('127.0.0.1', PORT, keepalive=1)
        client.loop_start()
        self.assertFalse(gone.wait(4))
        client.disconnect()
        client.loop_stop()


if __name__ == '__main__':
    unittest.main()
