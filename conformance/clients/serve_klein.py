"""A site on klein; the loopback port for HTTP, the one for HTTPS, and the file of a certificate and its key.

Runs on the interpreter that is measured."""

import json
import sys

from klein import Klein, Plating
from twisted.internet import endpoints, reactor, task
from twisted.web.server import Site
from twisted.web.template import slot, tags

app = Klein()
page = Plating(tags=tags.html(tags.body(tags.h1(slot('title')), slot(Plating.CONTENT))))


@app.route('/')
def home(request):
    return 'Hello, world!'


@app.route('/name/<string:name>', methods=['GET'])
def name(request, name):
    request.setHeader('Content-Type', 'text/plain; charset=utf-8')
    return (u'Hello, %s!' % name).encode('utf-8')


@app.route('/square/<int:number>')
def square(request, number):
    return str(number * number)


@app.route('/echo', methods=['POST', 'PUT'])
def echo(request):
    request.setHeader('Content-Type', request.getHeader('Content-Type') or 'application/octet-stream')
    return request.content.read()


@app.route('/form', methods=['POST'])
def form(request):
    request.setHeader('Content-Type', 'application/json')
    return json.dumps(dict((key.decode('utf-8'), [value.decode('utf-8') for value in values])
                           for key, values in request.args.items()), sort_keys=True)


@app.route('/later')
def later(request):
    return task.deferLater(reactor, 0.05, lambda: 'at last')


@app.route('/never')
def never(request):
    return task.deferLater(reactor, 3600, lambda: 'never')


@app.route('/much/<int:blocks>')
def much(request, blocks):

    def write():
        for _ in range(blocks):
            request.write('x' * 100000)
            yield None

    return task.cooperate(write()).whenDone().addCallback(lambda done: '')


@app.route('/away')
def away(request):
    request.redirect('/')


@app.route('/cookie')
def cookie(request):
    seen = request.getCookie('seen') or '0'
    request.addCookie('seen', str(int(seen) + 1))
    return seen


@app.route('/secret')
def secret(request):
    if (request.getUser(), request.getPassword()) != ('user', 'pass'):
        request.setResponseCode(401)
        request.setHeader('WWW-Authenticate', 'Basic realm="here"')
    return request.getUser()


@app.route('/wrong')
def wrong(request):
    raise ValueError('not that')


@app.handle_errors(ValueError)
def refused(request, failure):
    request.setResponseCode(400)
    return 'refused: %s' % failure.getErrorMessage()


with app.subroute('/below') as below:

    @below.route('/here')
    def here(request):
        return 'here'


@page.routed(app.route('/plated/<title>'), tags.p(slot('text')))
def plated(request, title):
    return {'title': title, 'text': u'caf\xe9 <&>'}


if __name__ == '__main__':
    port, secure, pair = sys.argv[1:]
    site = Site(app.resource())
    for description in ('tcp:%s:interface=127.0.0.1' % port,
                        'ssl:%s:interface=127.0.0.1:privateKey=%s:certKey=%s' % (secure, pair, pair)):
        endpoints.serverFromString(reactor, description).listen(site)
    reactor.run()
