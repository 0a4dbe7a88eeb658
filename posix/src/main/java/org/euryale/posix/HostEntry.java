package org.euryale.posix;

import java.net.InetAddress;
import java.util.List;

/**
 * What {@code gethostbyname(3)} and {@code gethostbyaddr(3)} tell of a host.
 *
 * @param family AF_INET or AF_INET6, as the platform numbers them
 */
public record HostEntry(int family, String name, List<String> aliases, List<InetAddress> addresses) {
    public HostEntry {
        aliases = List.copyOf(aliases);
        addresses = List.copyOf(addresses);
    }
}
