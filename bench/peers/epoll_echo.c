/*
 * The limit: an echo server on epoll in C, one thread, one recv and one send an event, no allocation on the way.
 * Prints "PORT n PID p" and serves until it is ended.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_EVENTS 512

typedef struct {
    int fd;
    size_t length, sent; /* of what the kernel has not taken yet */
    char *pending;
} conn;

static int poller, one = 1;
static char buffer[65536];

static void watch(int op, int fd, uint32_t events, conn *c)
{
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (epoll_ctl(poller, op, fd, &e) < 0) {
        perror("epoll_ctl");
        exit(1);
    }
}

static void end(conn *c)
{
    close(c->fd);
    free(c->pending);
    free(c);
}

static void accept_all(int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        conn *c = calloc(1, sizeof *c);
        c->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(EPOLL_CTL_ADD, fd, EPOLLIN, c);
    }
}

static void readable(conn *c)
{
    ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
    if (n <= 0) {
        if (n == 0 || errno != EAGAIN)
            end(c);
        return;
    }
    ssize_t sent = send(c->fd, buffer, n, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        end(c);
    } else if (sent < n) { /* reads no more until the rest is out */
        sent = sent < 0 ? 0 : sent;
        c->length = n - sent;
        c->sent = 0;
        c->pending = malloc(c->length);
        memcpy(c->pending, buffer + sent, c->length);
        watch(EPOLL_CTL_MOD, c->fd, EPOLLOUT, c);
    }
}

static void writable(conn *c)
{
    ssize_t sent = send(c->fd, c->pending + c->sent, c->length - c->sent, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN)
            end(c);
        return;
    }
    if ((c->sent += sent) == c->length) {
        free(c->pending);
        c->pending = NULL;
        watch(EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
    }
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    struct epoll_event events[MAX_EVENTS];
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    signal(SIGPIPE, SIG_IGN);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096) ||
        getsockname(listener, (struct sockaddr *)&address, &length)) {
        perror("epoll_echo");
        return 1;
    }
    watch(EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    printf("PORT %d PID %d\n", ntohs(address.sin_port), getpid());
    fflush(stdout);
    for (;;) {
        int n = epoll_wait(poller, events, MAX_EVENTS, -1);
        for (int i = 0; i < n; i++) {
            conn *c = events[i].data.ptr;
            if (!c)
                accept_all(listener);
            else if (c->pending)
                writable(c);
            else
                readable(c);
        }
    }
}
