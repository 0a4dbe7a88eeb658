/*
 * loadgen: load for a TCP echo or an HTTP server on loopback, and the server's CPU time while it lasts (Linux, C11, one
 * thread).
 *
 * It opens idle connections (-i), each used for one echo and then left alone, then active ones (-c), each of which sends
 * a message as soon as its last one has come back whole (closed loop). Every byte that comes back is compared with what
 * was sent. With -n each message has a connection of its own, which is closed when the echo is there. With -u the message
 * is a GET request and its answer has to be, in length and body, the one that was got before the run; the connections are
 * kept. With -b the answer to a message is not its echo but so many MiB of the same pattern. With -k it then keeps what
 * it opened until its standard input ends. With -t all of it goes over TLS 1.3, in a loadgen that was compiled with -DTLS
 * (libssl); the server's certificate is not looked at. With -r a connection resumes a session as soon as the
 * server has given one.
 *
 * The result is one JSON line on standard output; times are in seconds, latencies in microseconds. CPU times are those
 * of the whole process, to the nanosecond (its CPU-time clock, which user and system time of /proc/PID/stat add up to).
 * other_s is what the rest of the machine used: busy time of all cores (/proc/stat) less server and load.
 *
 * Only 127.0.0.0/8 is accepted as a target; time and counts are bounded.
 * Exit status: 0 ok, 1 failed or the echo was wrong, 2 usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/ssl.h>
#endif

#define MAX_SIZE (256 * 1024)
#define MAX_ANSWER (128 * 1024 * 1024)
#define MAX_EVENTS 512
#define BATCH 64        /* idle connections opened before their echoes are awaited */
#define DRAIN_NS 500000000u

static struct {
    int port, conns, idle, size, addrs, server, keep, lines, fresh, tls, resume, bulk;
    const char *path;
    double secs, warm;
} opt = {.conns = 50, .size = 64, .addrs = 1, .secs = 2, .warm = 0.5};

static struct sockaddr_in target = {.sin_family = AF_INET};
static char pattern[MAX_SIZE]; /* the message */
static char received[MAX_SIZE];
static char answer[MAX_ANSWER]; /* with -u and -b */
static const char *due = pattern; /* what has to come back, and from where on it is compared */
static int due_size, compared_from;

static void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "loadgen: ");
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    exit(1);
}

static uint64_t clock_ns(clockid_t id)
{
    struct timespec t;
    if (clock_gettime(id, &t) < 0)
        die("clock: %s", strerror(errno));
    return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

static uint64_t now(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* ---- histogram: log-linear, error below 1.6 % */

#define SUB 64
#define BUCKETS (SUB * 40)

static struct {
    uint64_t n[BUCKETS], count;
} latency;

static double msgs; /* those whose latency was noted; of long ones, parts count as well */

static void latency_add(uint64_t v)
{
    int i = v;
    if (v >= SUB) {
        int e = 63 - __builtin_clzll(v) - 6; /* v >> e is in 64..127 */
        i = (e + 1) * SUB + (int)((v >> e) - SUB);
    }
    latency.n[i < BUCKETS ? i : BUCKETS - 1]++;
    latency.count++;
}

static double bucket_us(int i) /* its middle */
{
    if (i < SUB)
        return i / 1e3;
    int e = i / SUB - 1;
    return (((uint64_t)(i % SUB + SUB) << e) + ((1ull << e) >> 1)) / 1e3;
}

static double percentile_us(double p)
{
    uint64_t want = p * latency.count + 0.5, seen = 0;
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += latency.n[i]) >= want && seen)
            return bucket_us(i);
    return 0;
}

/* ---- CPU time, seconds */

typedef struct {
    double server, load, busy, steal;
} cpu;

static cpu cpu_sample(void)
{
    static clockid_t clock;
    unsigned long v[8] = {0};
    double hz = sysconf(_SC_CLK_TCK);
    cpu c = {.load = clock_ns(CLOCK_PROCESS_CPUTIME_ID) / 1e9};
    if (opt.server) {
        if (!clock && (errno = clock_getcpuclockid(opt.server, &clock)))
            die("process %d: %s", opt.server, strerror(errno));
        c.server = clock_ns(clock) / 1e9;
    }
    FILE *f = fopen("/proc/stat", "r");
    if (!f || fscanf(f, "cpu %lu %lu %lu %lu %lu %lu %lu %lu", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7) != 8)
        die("cannot read /proc/stat");
    fclose(f);
    c.busy = (v[0] + v[1] + v[2] + v[5] + v[6]) / hz;
    c.steal = v[7] / hz;
    return c;
}

/* ---- connections */

typedef struct {
    void *tls; /* NULL without TLS */
    int fd, under_way;
    int sent, got; /* bytes of the message that is under way */
    uint64_t began;
} conn;

static int poller;

/* ---- bytes, in the open or over TLS: the results and errors of send(2) and recv(2) */

#ifdef TLS
static SSL_CTX *context;
static SSL_SESSION *session; /* with -r: the last that a server has given */

static int keep_session(SSL *tls, SSL_SESSION *given)
{
    (void)tls;
    SSL_SESSION_free(session);
    session = given;
    return 1;
}

static void *secured(int fd)
{
    if (!context) {
        if (!(context = SSL_CTX_new(TLS_client_method())) || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION))
            die("no TLS 1.3");
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        if (opt.resume)
            SSL_CTX_sess_set_new_cb(context, keep_session);
        SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE); /* and no read_ahead: what is not read stays in the kernel */
    }
    SSL *tls = SSL_new(context);
    SSL_SESSION *known = session ? SSL_SESSION_dup(session) : NULL; /* libssl never takes one that it has used again */
    if (!tls || !SSL_set_fd(tls, fd) || (known && !SSL_set_session(tls, known)) || SSL_connect(tls) != 1)
        die("the handshake failed");
    if (known && !SSL_session_reused(tls))
        die("the server does not resume its session");
    SSL_SESSION_free(known);
    return tls;
}

static ssize_t told(SSL *tls, int n)
{
    if (n > 0)
        return n;
    int why = SSL_get_error(tls, n);
    if (why == SSL_ERROR_ZERO_RETURN)
        return 0;
    errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
    return -1;
}

static ssize_t give(conn *c, const void *bytes, size_t n)
{
    return c->tls ? told(c->tls, SSL_write(c->tls, bytes, n)) : send(c->fd, bytes, n, MSG_NOSIGNAL);
}

static ssize_t get(conn *c, void *bytes, size_t n)
{
    return c->tls ? told(c->tls, SSL_read(c->tls, bytes, n)) : recv(c->fd, bytes, n, 0);
}

static void leave(conn *c)
{
    if (c->tls) {
        SSL_shutdown(c->tls);
        SSL_free(c->tls);
        c->tls = NULL;
    }
    close(c->fd);
    c->fd = -1;
}
#else
static void *secured(int fd)
{
    (void)fd;
    die("compiled without TLS");
    return NULL;
}

static ssize_t give(conn *c, const void *bytes, size_t n)
{
    return send(c->fd, bytes, n, MSG_NOSIGNAL);
}

static ssize_t get(conn *c, void *bytes, size_t n)
{
    return recv(c->fd, bytes, n, 0);
}

static void leave(conn *c)
{
    close(c->fd);
    c->fd = -1;
}
#endif

static int open_blocking(void)
{
    static unsigned opened;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = {20, 0};
    struct sockaddr_in from = {.sin_family = AF_INET};
    if (fd < 0)
        die("socket: %s", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (opt.addrs > 1) { /* 127.0.0.1, .2, ...: each has its own ports */
        from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + opened++ % opt.addrs);
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0)
            die("bind: %s", strerror(errno));
    }
    if (connect(fd, (struct sockaddr *)&target, sizeof target) < 0)
        die("connect: %s", strerror(errno));
    return fd;
}

static void compare(const char *bytes, int n, int offset)
{
    int skip = offset < compared_from ? compared_from - offset : 0;
    if (skip < n && memcmp(bytes + skip, due + offset + skip, n - skip))
        die(opt.path ? "the body differs from the first answer's" : "the echo differs from what was sent");
}

/* Gets the answer that all later ones are compared with; its headers may tell the time, so that only their length counts. */
static void ask_first(void)
{
    int fd = open_blocking(), got = 0, body = -1;
    opt.size = snprintf(pattern, sizeof pattern, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", opt.path, opt.port);
    if (send(fd, pattern, opt.size, MSG_NOSIGNAL) != opt.size)
        die("send: %s", strerror(errno));
    while (body < 0 || got < due_size) {
        ssize_t n = recv(fd, answer + got, MAX_ANSWER - 1 - got, 0);
        if (n <= 0)
            die("the first answer: %s", n ? strerror(errno) : got == MAX_ANSWER - 1 ? "too long" : "cut short");
        got += n;
        char *end = strstr(answer, "\r\n\r\n"), *length = strcasestr(answer, "\r\nContent-Length:");
        if (body < 0 && end) {
            if (strncmp(answer, "HTTP/1.1 200 ", 13) || !length || length > end)
                die("the first answer is no HTTP/1.1 200 with a Content-Length");
            body = end + 4 - answer;
            due_size = body + atoi(length + 17);
            if (due_size > MAX_ANSWER - 1)
                die("the first answer is too long");
        }
    }
    close(fd);
    due = answer;
    compared_from = body;
}

static conn opened_blocking(void)
{
    conn c = {.fd = open_blocking()};
    c.tls = opt.tls ? secured(c.fd) : NULL;
    return c;
}

static void open_idle(void)
{
    conn batch[BATCH];
    for (int left = opt.idle, n; left; left -= n) {
        n = left < BATCH ? left : BATCH;
        for (int i = 0; i < n; i++) {
            batch[i] = opened_blocking();
            if (give(&batch[i], pattern, opt.size) != opt.size)
                die("send on an idle connection: %s", strerror(errno));
        }
        for (int i = 0; i < n; i++) {
            ssize_t k;
            for (; batch[i].got < opt.size; batch[i].got += k) {
                k = get(&batch[i], received, opt.size - batch[i].got);
                if (k <= 0)
                    die("echo on an idle connection: %s", k < 0 ? strerror(errno) : "cut short");
                compare(received, k, batch[i].got);
            }
        }
    }
}

static void watch(conn *c, int op, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (epoll_ctl(poller, op, c->fd, &e) < 0)
        die("epoll_ctl: %s", strerror(errno));
}

static void open_one(conn *c)
{
    *c = opened_blocking();
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

static conn *open_active(void)
{
    conn *all = calloc(opt.conns + 1, sizeof *all);
    if ((poller = epoll_create1(EPOLL_CLOEXEC)) < 0)
        die("epoll_create1: %s", strerror(errno));
    for (int i = 0; i < opt.conns; i++)
        open_one(&all[i]);
    return all;
}

static void flush(conn *c)
{
    while (c->sent < opt.size) {
        ssize_t n = give(c, pattern + c->sent, opt.size - c->sent);
        if (n < 0) {
            if (errno != EAGAIN)
                die("send: %s", strerror(errno));
            watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            return;
        }
        c->sent += n;
    }
}

static void start(conn *c)
{
    uint64_t began = now();
    if (c->fd < 0)
        open_one(c);
    c->under_way = 1;
    c->sent = c->got = 0;
    c->began = began;
    flush(c);
}

/* Reads once; of TLS, a record. Once all that is due has come back, notes its latency if `measure`. */
static void take(conn *c, int measure)
{
    ssize_t n = get(c, received, sizeof received);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0)
        die("recv: %s", n ? strerror(errno) : "the server closed the connection");
    if (c->got + n > (due == answer ? due_size : c->sent))
        die("more came back than %s", opt.path ? "the first answer had" : opt.bulk ? "was due" : "was sent");
    compare(received, n, c->got);
    if (measure)
        msgs += opt.bulk ? (double)n / due_size : 0;
    if ((c->got += n) == due_size) {
        c->under_way = 0;
        if (opt.fresh)
            leave(c);
        if (measure)
            latency_add(now() - c->began);
        if (measure && !opt.bulk)
            msgs++;
    }
}

/* ---- the run */

typedef struct {
    double secs;
    cpu used;
} result;

static result run(conn *all)
{
    enum { WARM, MEASURE, DRAIN } phase = WARM;
    struct epoll_event events[MAX_EVENTS];
    cpu before = {0};
    result r = {0};
    uint64_t began = now(), end = began + opt.warm * 1e9;
    int under_way = opt.conns;

    for (int i = 0; i < opt.conns; i++)
        start(&all[i]);
    for (;;) {
        if (phase == WARM && now() >= end) {
            phase = MEASURE;
            before = cpu_sample();
            began = now();
            end = began + opt.secs * 1e9;
        } else if (phase == MEASURE && now() >= end) {
            phase = DRAIN;
            cpu after = cpu_sample();
            r.secs = (now() - began) / 1e9;
            r.used = (cpu){after.server - before.server, after.load - before.load, after.busy - before.busy,
                           after.steal - before.steal};
            end += DRAIN_NS;
        } else if (phase == DRAIN && (!under_way || now() >= end)) {
            return r; /* nothing is left under way, so that the server sees a plain end and no reset */
        }
        int n = epoll_wait(poller, events, MAX_EVENTS, 20);
        for (int i = 0; i < n; i++) {
            conn *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) {
                watch(c, EPOLL_CTL_MOD, EPOLLIN);
                flush(c);
            }
            if (events[i].events & ~EPOLLOUT)
                take(c, phase == MEASURE);
            if (!c->under_way) {
                if (phase == DRAIN)
                    under_way--;
                else
                    start(c);
            }
        }
    }
}

static void fill(char *bytes, int n)
{
    for (int i = 0; i < n; i++)
        bytes[i] = 33 + (i * 7L + i / 64) % 90;
}

static void usage(void)
{
    fprintf(stderr, "usage: loadgen [options] PORT\n"
                    "  -c N      active connections (50); 0 with -i: only the idle ones\n"
                    "  -m BYTES  message size, at most 262144 (64)\n"
                    "  -d SECS   measured time, at most 600 (2)\n"
                    "  -w SECS   load before it is measured (0.5)\n"
                    "  -i N      idle connections, opened first\n"
                    "  -a N      source addresses 127.0.0.1 to 127.0.0.N (1)\n"
                    "  -s PID    the server, whose CPU time is wanted\n"
                    "  -n        a new connection for each message\n"
                    "  -l        the message is a line: it ends with CR LF\n"
                    "  -t        over TLS 1.3; not with -u\n"
                    "  -r        connections resume the last session that the server gave; with -t\n"
                    "  -b MIB    each message is answered by so many MiB, at most 128; not with -i, -l, -u\n"
                    "  -u PATH   GET PATH by HTTP/1.1 instead of an echo; not with -i, -m, -n, -l\n"
                    "  -k        keep what is open until standard input ends\n");
    exit(2);
}

int main(int argc, char **argv)
{
    int k;
    while ((k = getopt(argc, argv, "c:m:d:w:i:a:s:b:knltru:")) != -1)
        switch (k) {
        case 'c': opt.conns = atoi(optarg); break;
        case 'm': opt.size = atoi(optarg); break;
        case 'd': opt.secs = atof(optarg); break;
        case 'w': opt.warm = atof(optarg); break;
        case 'i': opt.idle = atoi(optarg); break;
        case 'a': opt.addrs = atoi(optarg); break;
        case 's': opt.server = atoi(optarg); break;
        case 'k': opt.keep = 1; break;
        case 'n': opt.fresh = 1; break;
        case 'l': opt.lines = 1; break;
        case 't': opt.tls = 1; break;
        case 'r': opt.resume = 1; break;
        case 'b': opt.bulk = atoi(optarg); break;
        case 'u': opt.path = optarg; break;
        default: usage();
        }
    if (optind + 1 != argc || (opt.port = atoi(argv[optind])) <= 0 || opt.size < 1 || opt.size > MAX_SIZE ||
        opt.conns < 0 || opt.idle < 0 || opt.conns + opt.idle < 1 || opt.addrs < 1 || opt.addrs > 250 ||
        opt.secs <= 0 || opt.secs > 600 || opt.warm < 0 || opt.warm > 600 || opt.server < 0 ||
        (opt.lines && opt.size < 3) || (opt.tls && opt.path) || (opt.resume && !opt.tls) || opt.bulk < 0 ||
        opt.bulk > MAX_ANSWER >> 20 || (opt.bulk && (opt.idle || opt.lines || opt.path)) ||
        (opt.path && (opt.idle || opt.fresh || opt.lines || strlen(opt.path) > 1000)))
        usage();
    target.sin_port = htons(opt.port);
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    signal(SIGPIPE, SIG_IGN);
    fill(pattern, opt.size);
    if (opt.lines)
        memcpy(pattern + opt.size - 2, "\r\n", 2);
    due_size = opt.size;
    if (opt.path)
        ask_first();
    if (opt.bulk) {
        due = answer;
        fill(answer, due_size = opt.bulk << 20);
    }

    uint64_t t = now();
    open_idle();
    double open_s = (now() - t) / 1e9;
    result r = {0};
    if (opt.conns)
        r = run(open_active());
    printf("{\"msgs\":%.3f,\"secs\":%.4f,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"server_s\":%.6f,"
           "\"load_s\":%.6f,\"other_s\":%.3f,\"steal_s\":%.3f,\"idle\":%d,\"open_s\":%.3f}\n",
           msgs, r.secs, percentile_us(.5), percentile_us(.9), percentile_us(.99), r.used.server,
           r.used.load, r.used.busy - r.used.server - r.used.load, r.used.steal, opt.idle, open_s);
    fflush(stdout);
    while (opt.keep && read(0, received, sizeof received) > 0)
        ;
    return 0;
}
