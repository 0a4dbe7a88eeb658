package org.euryale.openssl;

import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Bouncy Castle's algorithms, for what the JDK lacks (curves, old digests). Made when first used, and given to nobody else. */
final class Provider {
    static final BouncyCastleProvider BOUNCY_CASTLE = new BouncyCastleProvider();

    private Provider() {}
}
