package org.euryale.posix;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One answer of {@code getaddrinfo(3)}.
 *
 * @param family AF_INET or AF_INET6, as the platform numbers them
 * @param canonicalName null where it was not asked for, and in all answers but the first
 * @param address without a scope; a mapped one stays IPv6
 * @param scope the interface's number of an IPv6 address, 0 for none
 */
public record AddressInfo(
        int family, int type, int protocol, @Nullable String canonicalName, InetAddress address, int port, int scope) {}
