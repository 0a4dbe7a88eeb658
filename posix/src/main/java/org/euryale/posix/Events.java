package org.euryale.posix;

/** The bits of {@code poll(2)} and {@code epoll(7)}, with Linux's values, which both calls share. */
public final class Events {
    public static final int IN = 0x001;
    /** Accepted and never reported: {@code java.nio} has no exceptional condition (urgent data). */
    public static final int PRI = 0x002;

    public static final int OUT = 0x004;
    public static final int ERR = 0x008;
    public static final int HUP = 0x010;
    public static final int NVAL = 0x020;
    public static final int RDNORM = 0x040;
    public static final int RDBAND = 0x080;
    public static final int WRNORM = 0x100;
    public static final int WRBAND = 0x200;
    public static final int RDHUP = 0x2000;

    /** Reported whether asked for or not. */
    static final int UNASKED = ERR | HUP;

    static final int READ = IN | RDNORM | RDHUP;
    static final int WRITE = OUT | WRNORM;

    /** What each poll reports beside IN and OUT for those who ask by the older names. */
    static int withSynonyms(int events) {
        int all = events;
        if ((events & IN) != 0) {
            all |= RDNORM;
        }
        if ((events & OUT) != 0) {
            all |= WRNORM;
        }
        return all;
    }

    private Events() {}
}
