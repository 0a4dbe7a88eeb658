"""Index pages that are what PEP 503 says; and fetches wheels from pip's index without pip, which would take longer to
start than to fetch three files.

That is done only where pip's settings are plain: an index, certificates, directories that do not have the files.
Whatever is not known here, or goes wrong, is left to pip.
"""

import ConfigParser
import HTMLParser
import hashlib
import os
import re
import sys
import threading
import urllib2
import urlparse

SHA256 = {
    'pip-20.3.4-py2.py3-none-any.whl': '217ae5161a0e08c0fb873858806e3478c9775caffce5168b50ec885e358c199d',
    'setuptools-44.1.1-py2.py3-none-any.whl': '27a714c09253134e60a6fa68130f78c7037e5562c4f21f8f318f2ae900d152d5',
    'wheel-0.33.6-py2.py3-none-any.whl': 'f4da1763d3becf2e2cd92a14a7c920f0f00eca30fdde9ea992c836685b9faf28',
}

# Settings that make no difference to such a fetch.
INDIFFERENT = set((
    'timeout', 'default-timeout', 'disable-pip-version-check', 'no-input', 'quiet', 'verbose', 'no-color', 'cache-dir',
    'no-cache-dir', 'progress-bar', 'config-file', 'constraint', 'user', 'target', 'prefix', 'root',
    'require-virtualenv', 'requirement', 'only-binary', 'no-binary', 'no-deps', 'log', 'pre', 'compile', 'no-compile',
    'no-warn-script-location', 'use-pep517', 'no-build-isolation', 'exists-action'))

ATTRIBUTE = re.compile(r'\s([a-zA-Z-]+)="([^"<>]*)"')
LINK = re.compile(r'<a((?:\s[a-zA-Z-]+="[^"<>]*")*)\s?>([^<&]*)</a>')
PLAIN = re.compile(r'<(?:!DOCTYPE html|/?(?:html|head|title|meta|body|h1|br)(?:\s[^<>]*)?)/?>|<!--[^<>]*-->')


class NotPlain(Exception):
    """pip has to do it."""


def fetch(pins, directory):
    """Whether the wheels of pins ('name==version') have been fetched, and are those that SHA256 knows."""
    try:
        index, certificates = settings()
        results = []
        threads = [threading.Thread(target=lambda p: results.append(attempt(index, certificates, p, directory)),
                                    args=[pin]) for pin in pins]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results == [True] * len(pins)
    except (NotPlain, EnvironmentError, ConfigParser.Error, ValueError):
        return False


def attempt(index, certificates, pin, directory):
    """Whether a wheel has been fetched."""
    try:
        fetch_one(index, certificates, pin, directory)
        return True
    except Exception:  # pip says what is wrong, if it is that for pip
        return False


def fetch_one(index, certificates, pin, directory):
    """Fetches a wheel."""
    import ssl
    name = pin.split('==')[0]
    file = pin.replace('==', '-') + '-py2.py3-none-any.whl'
    context = ssl.create_default_context(cafile=certificates)
    page = urllib2.urlopen('%s/%s/' % (index.rstrip('/'), name), timeout=30, context=context)
    found = [link['href'] for link in links(page.read()) or [] if link.text == file and 'href' in link]
    link = urlparse.urljoin(page.geturl(), found[0])
    content = urllib2.urlopen(link, timeout=30, context=context).read()
    if hashlib.sha256(content).hexdigest() != SHA256[file]:
        raise NotPlain(file)
    with open(os.path.join(directory, file), 'wb') as f:
        f.write(content)


class Link(dict):
    """A link: its attributes, and its text."""
    text = ''


def links(page):
    """The links of an index page as PEP 503 has it, or None if there is more in it than links of ASCII and headings."""
    found = LINK.findall(page)
    rest = PLAIN.sub('', LINK.sub('', page))
    if '<' in rest or '&' in rest or re.search('[^\t-~]', page):
        return None
    unescape = HTMLParser.HTMLParser().unescape
    result = []
    for attributes, text in found:
        link = Link((name.lower(), unescape(value) if '&' in value else value)
                    for name, value in ATTRIBUTE.findall(attributes))
        link.text = text.strip()
        result.append(link)
    return result


def settings():
    """(index, file of certificates or None) by pip's settings: NotPlain where there is more to them."""
    found = {}
    for file in configuration_files():
        parser = ConfigParser.RawConfigParser()
        parser.read([file])
        for section in 'global', 'download':
            if parser.has_section(section):
                found.update((key.replace('_', '-'), value) for key, value in parser.items(section))
    found.update((name[len('PIP_'):].lower().replace('_', '-'), value) for name, value in os.environ.items()
                 if name.startswith('PIP_') and value)
    for name in INDIFFERENT:
        found.pop(name, None)
    index = found.pop('index-url', 'https://pypi.org/simple')
    certificates = found.pop('cert', None)
    for place in found.pop('find-links', '').split():
        if '://' in place or os.path.isdir(place) and set(os.listdir(place)) & set(SHA256):
            raise NotPlain(place)
    parts = urlparse.urlsplit(index)
    if found or parts.scheme != 'https' or '@' in parts.netloc:
        raise NotPlain(index)
    return index, certificates


def configuration_files():
    """The configuration files that pip reads on Linux, the most general first."""
    special = os.environ.get('PIP_CONFIG_FILE')
    if special == os.devnull:
        return []
    home = os.path.expanduser('~')
    config = os.environ.get('XDG_CONFIG_HOME') or os.path.join(home, '.config')
    shared = [os.path.join(directory, 'pip', 'pip.conf')
              for directory in os.environ.get('XDG_CONFIG_DIRS', '/etc/xdg').split(os.pathsep)]
    return shared + ['/etc/pip.conf', os.path.join(home, '.pip', 'pip.conf'), os.path.join(config, 'pip', 'pip.conf'),
                     os.path.join(sys.prefix, 'pip.conf')] + ([special] if special else [])
