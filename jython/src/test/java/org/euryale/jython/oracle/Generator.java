package org.euryale.jython.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws sequences of calls. A seed gives the same sequence on every machine (SplittableRandom's algorithm is part of
 * its specification). It keeps a rough idea of what each descriptor is, assuming that every call succeeds, so that most
 * calls are made where they mean something; one in ten is made anywhere.
 */
final class Generator {
    /** What a sequence's descriptors are believed to be. */
    private enum Role {
        FREE,
        FRESH,
        LISTENER,
        CONNECTION,
        EPOLL
    }

    private static final Kind[] KINDS = Kind.values();
    private static final int MOST_DESCRIPTORS = 9;

    private final SplittableRandom random;
    private final int length;
    private final List<Role> roles = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final int totalWeight;

    /** How many connections in the sequence wait to be accepted. */
    private int waiting;

    private Generator(long seed, int length) {
        random = new SplittableRandom(seed);
        this.length = length;
        int total = 0;
        for (Kind kind : KINDS) {
            total += kind.weight();
        }
        totalWeight = total;
    }

    /** The sequence of a seed. */
    static List<Step> sequence(long seed, int length) {
        return new Generator(seed, length).sequence();
    }

    private List<Step> sequence() {
        begin();
        while (steps.size() < length) {
            draw();
        }
        return List.copyOf(steps);
    }

    /** Most sequences begin with a connection, some with a refused one, some with nothing. */
    private void begin() {
        int style = random.nextInt(10);
        boolean ipv6 = random.nextInt(3) == 0;
        Kind socket = ipv6 ? Kind.SOCKET_6 : Kind.SOCKET_4;
        if (style < 7) {
            add(socket, 0, 0, 0);
            add(random.nextInt(4) == 0 ? Kind.BIND_WILDCARD : Kind.BIND_LOOPBACK, 0, 0, 0);
            add(Kind.LISTEN, 0, 0, random.nextInt(5));
            add(random.nextInt(8) == 0 ? Kind.SOCKET_4 : socket, 1, 0, 0);
            add(Kind.CONNECT, 1, 0, 0);
            if (style < 6) {
                add(Kind.ACCEPT, 0, 0, 0);
            }
        } else if (style == 7) {
            add(socket, 0, 0, 0);
            add(Kind.CONNECT_REFUSED, 0, 0, 0);
        }
    }

    private void draw() {
        Kind kind = kind();
        if (kind == Kind.FILL) {
            fillAndDrain();
            return;
        }
        int on = 0;
        int with = 0;
        switch (kind.operand()) {
            case NONE, ALL -> {}
            case SOCKET -> on = random.nextBoolean() ? pick(Role.CONNECTION) : pick(anyRole());
            case LISTENER -> on = pick(Role.LISTENER);
            case CONNECTION -> on = pick(Role.CONNECTION);
            case SOCKET_AND_LISTENER -> {
                on = pick(random.nextInt(4) == 0 ? Role.CONNECTION : Role.FRESH);
                with = pick(Role.LISTENER);
            }
            case TWO -> {
                on = pick(random.nextInt(3) == 0 ? anyRole() : Role.FRESH);
                with = pick(anyRole());
            }
            case EPOLL -> {
                on = pick(random.nextInt(3) == 0 ? anyRole() : Role.CONNECTION);
                with = pick(Role.EPOLL);
            }
        }
        add(kind, on, with, random.nextInt(1000));
    }

    /** Between the two, how much is on its way differs from world to world, so that nothing is received there. */
    private void fillAndDrain() {
        int sender = pick(Role.CONNECTION);
        add(Kind.FILL, sender, 0, 0);
        if (random.nextInt(3) == 0) {
            add(Kind.SHUT_WRITE, sender, 0, 0);
        }
        for (int i = 0; i < roles.size(); i++) {
            if (roles.get(i) == Role.CONNECTION) {
                add(Kind.DRAIN, i, 0, 0);
            }
        }
    }

    private Kind kind() {
        for (; ; ) {
            int at = random.nextInt(totalWeight);
            int i = 0;
            while (at >= KINDS[i].weight()) {
                at -= KINDS[i].weight();
                i++;
            }
            if (isWorthwhile(KINDS[i])) {
                return KINDS[i];
            }
        }
    }

    private boolean isWorthwhile(Kind kind) {
        boolean creates = switch (kind) {
            case SOCKET_4, SOCKET_6, DUP, EPOLL -> true;
            default -> false;
        };
        long open = roles.stream().filter(r -> r != Role.FREE).count();
        if (creates && open >= MOST_DESCRIPTORS) {
            return false;
        }
        boolean needed = switch (kind.operand()) {
            case EPOLL -> roles.contains(Role.EPOLL);
            case LISTENER -> roles.contains(Role.LISTENER) && (waiting > 0 || random.nextInt(5) == 0);
            case SOCKET_AND_LISTENER -> roles.contains(Role.LISTENER);
            case CONNECTION -> roles.contains(Role.CONNECTION) || random.nextInt(10) == 0;
            default -> true;
        };
        return needed;
    }

    private Role anyRole() {
        return roles.isEmpty() ? Role.FREE : roles.get(random.nextInt(roles.size()));
    }

    /** A descriptor of the role, or, one time in ten and where there is none, any one, or one that is not open. */
    private int pick(Role role) {
        List<Integer> fitting = new ArrayList<>();
        if (random.nextInt(10) != 0) {
            for (int i = 0; i < roles.size(); i++) {
                if (roles.get(i) == role) {
                    fitting.add(i);
                }
            }
        }
        return fitting.isEmpty() ? random.nextInt(roles.size() + 1) : fitting.get(random.nextInt(fitting.size()));
    }

    private void add(Kind kind, int on, int with, int value) {
        steps.add(new Step(kind, on, with, value));
        switch (kind) {
            case SOCKET_4, SOCKET_6 -> place(Role.FRESH);
            case EPOLL -> place(Role.EPOLL);
            case DUP -> {
                if (on < roles.size()) {
                    place(roles.get(on));
                }
            }
            case ACCEPT -> {
                if (waiting > 0) {
                    waiting--;
                    place(Role.CONNECTION);
                }
            }
            case CLOSE, ABORT -> become(on, Role.FREE);
            case LISTEN -> begin(on, Role.LISTENER);
            case CONNECT, CONNECT_TO_WILDCARD -> {
                waiting++;
                begin(on, Role.CONNECTION);
            }
            case CONNECT_REFUSED, CONNECT_TO_ANYTHING -> begin(on, Role.CONNECTION);
            default -> {}
        }
    }

    private void place(Role role) {
        int free = roles.indexOf(Role.FREE);
        if (free < 0) {
            roles.add(role);
        } else {
            roles.set(free, role);
        }
    }

    private void begin(int descriptor, Role role) {
        if (descriptor < roles.size() && roles.get(descriptor) == Role.FRESH) {
            roles.set(descriptor, role);
        }
    }

    private void become(int descriptor, Role role) {
        if (descriptor < roles.size() && roles.get(descriptor) != Role.FREE) {
            roles.set(descriptor, role);
        }
    }
}
